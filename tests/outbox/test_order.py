"""Whose turn is it? By hand, where time does not matter, and from when, where it does."""

from datetime import timedelta

import pytest

from services.letters import IncidentNote, Letter, LetterState, OverrideCreate, TicketUpdate, Write
from services.outbox.order import WHOLE_SECONDS, in_turn
from tests.writing.desk import START, letter_of

EARLIER = START - timedelta(minutes=5)
QUEUED, UNKNOWN, SENT = LetterState.QUEUED, LetterState.UNKNOWN, LetterState.SENT


def ticket(number: int = 1) -> Write:
    return TicketUpdate(ticket_id=number, stamp=EARLIER, comment="x")


def page(id: str = "Q") -> Write:
    return IncidentNote(incident_id=id, text="x")


def letters(*wanted: tuple[str, Write, LetterState], **more: object) -> list[Letter]:
    """Letters of the actions named, in a row."""
    made = []
    for number, (action, write, state) in enumerate(wanted, start=1):
        letter = letter_of(write)
        fields = {name: getattr(letter, name) for name in letter.__struct_fields__}
        fields |= {"id": number, "action": action, "state": state, **more}
        made.append(Letter(**fields))
    return made


def turn(*wanted: tuple[str, Write, LetterState]) -> list[int]:
    return [one.letter.id for one in in_turn(letters(*wanted), START, ())]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        pytest.param([("a", ticket(), QUEUED), ("b", ticket(), QUEUED)], [1], id="one ticket"),
        pytest.param([("a", ticket(), QUEUED), ("b", ticket(2), QUEUED)], [1, 2], id="two"),
        pytest.param([("a", ticket(), UNKNOWN), ("b", ticket(), QUEUED)], [1], id="behind unknown"),
        pytest.param([("a", ticket(), SENT), ("b", ticket(), QUEUED)], [2], id="behind sent"),
        pytest.param([("a", ticket(), QUEUED), ("a", page(), QUEUED)], [1], id="one action"),
        pytest.param(
            [("a", ticket(), UNKNOWN), ("a", page(), QUEUED)], [1], id="not yet known to be slow"
        ),
        pytest.param(
            [("a", ticket(), LetterState.REFUSED), ("a", page(), QUEUED), ("b", page(), QUEUED)],
            [3],
            id="held up by a refusal, which holds up nobody else",
        ),
        pytest.param(
            [("a", ticket(), LetterState.CONFLICT), ("b", ticket(), QUEUED)], [2], id="other action"
        ),
    ],
)
def test_whose_turn_it_is(wanted: list[tuple[str, Write, LetterState]], ids: list[int]) -> None:
    assert turn(*wanted) == ids


def test_what_is_under_way_is_not_begun_again_and_keeps_its_place() -> None:
    row = letters(("a", ticket(), UNKNOWN), ("b", ticket(), QUEUED))

    assert in_turn(row, START, {1}) == []


def test_the_other_vendors_part_goes_on_when_one_is_in_trouble() -> None:
    override = OverrideCreate(schedule_id="S", user_id="U", start=START, end=START)
    row = letters(("a", page(), QUEUED), ("a", override, QUEUED), ("a", ticket(), QUEUED))
    row[0] = letters(("a", page(), UNKNOWN), next_try_at=START)[0]

    assert [one.letter.id for one in in_turn(row, START, ())] == [1]
    row[1] = letters(("a", ticket(), SENT), ("a", override, SENT))[1]

    assert [one.letter.id for one in in_turn(row, START, ())] == [1, 3]


def test_the_hold_the_next_try_and_the_second_of_the_stamp_are_waited_for() -> None:
    def due(write: Write, **more: object) -> timedelta:
        (waiting,) = in_turn(letters(("a", write, QUEUED), **more), START, ())
        return waiting.due - START

    later = START + timedelta(seconds=30)
    fresh = TicketUpdate(ticket_id=1, stamp=START, comment="x")
    ahead = TicketUpdate(ticket_id=1, stamp=START + timedelta(hours=1), comment="x")

    assert due(ticket()) == timedelta(0)
    assert due(ticket(), hold_until=later) == timedelta(seconds=30)
    assert due(ticket(), next_try_at=later) == timedelta(seconds=30)
    assert due(fresh) == WHOLE_SECONDS
    assert due(ahead) == timedelta(0), "our clock is behind: no reason to wait for an hour"
