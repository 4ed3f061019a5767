"""Pairs that are kept up to date are the very pairs that would be found from scratch."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.desk import Desk
from services.differences import differences
from services.domain import Incident, IncidentStatus, Issue, Status, Ticket
from services.half import Half
from services.pairing import PairingRules, Pairs, named_incident, pair
from tests.screen.stage import POLICY

T0 = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
RULES = PairingRules(prefixes=("[EMERGENCY]",))

TICKETS = st.integers(1, 6)
INCIDENTS = st.sampled_from(["PA", "PB", "PC", "PD"])
SUBJECTS = st.sampled_from(
    ["API down", "Re: api  down", "[Emergency] API down", "login", "Re: ", ""]
)
MINUTES = st.integers(0, 40)
TAGS = st.frozensets(
    st.sampled_from(["pd_pa", "pd_pb", "pd_pd", "pd_gone", "pd_none", "vip"]), max_size=2
)
STATUSES = st.sampled_from([Status.OPEN, Status.PENDING, Status.SOLVED])
NAMES = st.frozensets(st.sampled_from(["GONE", "PA"]), max_size=2)


def ticket(number: int, subject: str, after: int, tags: frozenset[str], status: Status) -> "Change":
    at = T0 + timedelta(minutes=after)
    told = Ticket(number, subject, status, at, at, tags=tags)
    return lambda world: world.ticket_half.put(number, told)


def incident(name: str, title: str, after: int, status: IncidentStatus) -> "Change":
    at = T0 + timedelta(minutes=after)
    told = Incident(name, 1, title, status, at, at)
    return lambda world: world.incident_half.put(name, told)


def touched(number: int) -> "Change":
    """A ticket changes in what no pair rests on."""

    def touch(world: "World") -> None:
        if number in world.tickets:
            later = world.tickets[number].updated_at + timedelta(minutes=1)
            world.ticket_half.put(number, replace(world.tickets[number], updated_at=later))

    return touch


CHANGES = st.one_of(
    st.builds(ticket, TICKETS, SUBJECTS, MINUTES, TAGS, STATUSES),
    st.builds(incident, INCIDENTS, SUBJECTS, MINUTES, st.sampled_from(IncidentStatus)),
    st.builds(touched, TICKETS),
    TICKETS.map(lambda number: lambda world: world.ticket_half.drop(number)),
    INCIDENTS.map(lambda name: lambda world: world.incident_half.drop(name)),
    NAMES.map(lambda void: lambda world: world.say_void(void)),
    TICKETS.map(lambda number: lambda world: world.forget(number)),
)
POLLS = st.lists(
    st.tuples(st.lists(CHANGES, min_size=1, max_size=5), st.integers(0, 10)), max_size=8
)


class Anew:
    """The reference: everything is decided from scratch each time."""

    def __init__(self, remembered: dict[int, str]) -> None:
        self.remembered = dict(remembered)

    def pairs(
        self, tickets: dict[int, Ticket], incidents: dict[str, Incident], void: frozenset[str]
    ) -> Pairs:
        found = pair(
            tickets.values(), incidents.values(), RULES, remembered=self.remembered, void=void
        )
        self.remembered |= found.by_subject
        return found

    def issues(
        self, tickets: dict[int, Ticket], incidents: dict[str, Incident], void: frozenset[str]
    ) -> dict[str, Issue]:
        pairs = self.pairs(tickets, incidents, void)
        halves: list[tuple[Ticket | None, Incident | None]] = [
            (t, incidents.get(pairs.incident_of.get(i, ""))) for i, t in tickets.items()
        ]
        lone = incidents.keys() - pairs.incident_of.values()
        halves += [(None, incidents[i]) for i in lone]
        made = [
            Issue(t, i, POLICY.promises(t, i), pairs.broken.get(t.id) if t else None)
            for t, i in halves
        ]
        return {issue.id: issue for issue in made}


class World:
    """What the vendors tell, a desk that keeps up with it, and one that decides anew."""

    def __init__(self, remembered: dict[int, str]) -> None:
        self.ticket_half: Half[int, Ticket] = Half()
        self.incident_half: Half[str, Incident] = Half()
        self.tickets, self.incidents = self.ticket_half.known, self.incident_half.known
        self.void: set[str] = set()
        self.desk = Desk(POLICY, RULES, remembered, self.ticket_half, self.incident_half, self.void)
        self.anew = Anew(remembered)
        self.told: tuple[Issue, ...] = self.desk.issues()

    def say_void(self, void: frozenset[str]) -> None:
        self.void.clear()
        self.void.update(void)

    def forget(self, number: int) -> None:
        self.finish()
        self.desk.pairs.forget(number)
        self.anew.remembered.pop(number, None)

    def begin(self, steps: int) -> None:
        """Begin what is done a little at a time; somebody else may come in between."""
        self.finish()
        self.anew.pairs(self.tickets, self.incidents, frozenset(self.void))
        self.desk._under_way = self.desk._steps()
        for _ in range(steps):
            next(self.desk._under_way, None)

    def finish(self) -> None:
        for _ in self.desk._under_way:
            pass

    def ask(self) -> None:
        desk, before = self.desk, self.told
        expected = self.anew.issues(self.tickets, self.incidents, frozenset(self.void))
        self.told = desk.issues()
        assert {i.id: i for i in (*self.told, *desk.done)} == expected
        assert len(self.told) + len(desk.done) == len(expected)
        assert all(not i.done for i in self.told)
        assert all(i.done for i in desk.done)
        self.check_remembered()
        assert desk.pairs.ticket_of == {i: t for t, i in desk.pairs.incident_of.items()}
        self.check_changes(before)
        self.check_unread()
        self.check_held()

    def check_changes(self, before: tuple[Issue, ...]) -> None:
        gone, come = differences(before, self.told)
        was, now = {id(i) for i in before}, {id(i) for i in self.told}
        assert {id(i) for i in gone} == was - now
        assert {id(i) for i in come} == now - was
        assert (self.told is before) == (was == now)
        assert self.desk.issues() is self.told

    def check_unread(self) -> None:
        known = {name.upper() for name in self.incidents}
        remembered = self.anew.remembered
        wanted = {
            name
            for t in self.tickets.values()
            if not t.status.done and (name := named_incident(t) or remembered.get(t.id))
        }
        assert self.desk.pairs.unread_incidents() == wanted - known
        assert self.desk.pairs.unread_tickets() == {
            i
            for i, name in remembered.items()
            if i not in self.tickets
            and name in self.incidents
            and not self.incidents[name].resolved
        }

    def check_remembered(self) -> None:
        pairs = self.desk.pairs
        assert pairs.remembered == self.anew.remembered
        for name in {*pairs.remembered.values(), *self.incidents}:
            expected = {i for i, other in pairs.remembered.items() if other == name}
            assert set(pairs._remembered_with.at(name)) == expected

    def check_held(self) -> None:
        """Held on to is who is done while the other half is not, or may be."""
        pairs = self.desk.pairs.incident_of.items()
        assert set(self.ticket_half.held) == {t for t, i in pairs if not self.incidents[i].resolved}
        assert set(self.incident_half.held) == {
            i for t, i in pairs if not self.tickets[t].status.done
        }


Change = Callable[[World], object]


@settings(max_examples=300)
@given(st.dictionaries(TICKETS, INCIDENTS, max_size=3), POLLS)
def test_what_is_kept_up_to_date_is_what_would_be_decided_anew(
    remembered: dict[int, str], polls: list[tuple[list[Change], int]]
) -> None:
    world = World(remembered)
    for changes, steps in polls:
        for change in changes:
            change(world)
        if steps:
            world.begin(steps)
        else:
            world.ask()
    world.ask()


def test_an_incident_that_is_set_free_finds_who_reads_alike() -> None:
    """Nothing of it has changed, nor of the ticket: only a third one has."""
    none = frozenset[str]()
    world = World({})
    for change in (
        ticket(1, "login", 0, frozenset({"pd_pa"}), Status.OPEN),
        ticket(2, "API down", 0, none, Status.OPEN),
        incident("PA", "API down", 9, IncidentStatus.TRIGGERED),
    ):
        change(world)
    world.ask()
    assert world.desk.pairs.incident_of == {1: "PA"}

    ticket(1, "login", 0, none, Status.OPEN)(world)
    world.ask()
    assert world.desk.pairs.incident_of == {2: "PA"}


def test_one_who_came_earlier_takes_a_pair_and_the_other_finds_the_next() -> None:
    """From one half to the next: the change is three steps away from who feels it."""
    none = frozenset[str]()
    world = World({})
    for change in (
        incident("PA", "API down", 0, IncidentStatus.TRIGGERED),
        ticket(2, "API down", 0, none, Status.OPEN),
        incident("PB", "API down", 4, IncidentStatus.TRIGGERED),
        ticket(3, "API down", 9, none, Status.OPEN),
    ):
        change(world)
    world.ask()
    assert world.desk.pairs.incident_of == {2: "PA", 3: "PB"}

    ticket(1, "login", 40, frozenset({"pd_pa"}), Status.OPEN)(world)
    world.ask()
    assert world.desk.pairs.incident_of == {1: "PA", 3: "PB"}

    ticket(3, "API down", 9, frozenset({"pd_none"}), Status.OPEN)(world)
    world.ask()
    assert world.desk.pairs.incident_of == {1: "PA", 2: "PB"}


def test_a_remembered_ticket_that_is_let_go_of_is_wanted_again_while_its_incident_is_open() -> None:
    world = World({1: "PA"})
    ticket(1, "login", 0, frozenset(), Status.SOLVED)(world)
    incident("PA", "API down", 0, IncidentStatus.TRIGGERED)(world)
    world.ask()
    assert world.desk.pairs.unread_tickets() == set()

    world.ticket_half.drop(1)
    world.ask()
    assert world.desk.pairs.unread_tickets() == {1}


@pytest.mark.parametrize("late", ["ticket", "incident"])
def test_what_turns_out_to_be_raised_at_another_time_is_paired_by_that(late: str) -> None:
    none = frozenset[str]()
    world = World({})
    moments = {"ticket": 0, "incident": 0, late: 40}
    for paired in (False, True):
        ticket(1, "login", moments["ticket"], none, Status.OPEN)(world)
        incident("PA", "login", moments["incident"], IncidentStatus.TRIGGERED)(world)
        world.ask()
        assert bool(world.desk.pairs.incident_of) is paired
        moments[late] = 0
