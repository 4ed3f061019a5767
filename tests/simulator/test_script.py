"""Scenarios as files: those that come with rota, one's own, and what is wrong with one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.clock import ManualClock
from services.errors import ConfigError
from services.simulator import hours, rehearsal, script
from services.simulator.scenario import DEMO_START
from services.simulator.world import World
from tui.arguments import SCENARIOS

HEAD = 'name = "mine"\nsummary = "Ours."\n'


def _own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _played(name: str, open_issues: int | None = None) -> tuple[ManualClock, World]:
    told = script.find(name)
    clock = ManualClock(told.start or DEMO_START)
    world = World(clock)
    rehearsal.play(world, told, open_issues)
    return clock, world


async def _pass(clock: ManualClock, world: World, seconds: float) -> None:
    await clock.advance(seconds)
    world.catch_up()


def test_the_help_names_the_scenarios_there_are() -> None:
    assert ", ".join(script.names()) == SCENARIOS


@pytest.mark.parametrize("name", script.names())
async def test_every_scenario_can_be_played_to_its_end(name: str) -> None:
    clock, world = _played(name, 5)

    await _pass(clock, world, 7200)

    assert script.find(name).name == name
    assert all(moment > clock.now() for moment in world.timeline.coming())


async def test_the_same_scenario_is_the_same_world() -> None:
    worlds = []
    for _ in range(2):
        clock, world = _played("boundary")
        await _pass(clock, world, 1800)
        worlds.append([(t.id, t.subject, t.updated_at) for t in world.zendesk.tickets.values()])

    assert worlds[0] == worlds[1]


async def test_a_storm_is_200_pages_within_a_minute() -> None:
    clock, world = _played("storm")
    before = len(world.pagerduty.incidents)

    await _pass(clock, world, 30 + 60)

    storm = list(world.pagerduty.incidents.values())[before:]
    assert len(storm) == 200
    assert max(i.created_at for i in storm) - min(i.created_at for i in storm) < timedelta(0, 60)


async def test_the_cause_of_a_storm_ends_it() -> None:
    clock, world = _played("storm", 0)

    await _pass(clock, world, 13 * 60)

    storm = [i for i in world.pagerduty.incidents.values() if i.title.startswith("No heartbeat")]
    assert {incident.status for incident in storm} == {"resolved"}


async def test_the_night_has_a_p1_on_both_sides() -> None:
    clock, world = _played("night", 0)

    await _pass(clock, world, 150)

    assert not hours.is_open(clock.now())
    ticket = next(iter(world.zendesk.tickets.values()))
    pages = [i for i in world.pagerduty.incidents.values() if i.title == ticket.subject]
    assert "p1" in ticket.tags
    priorities = world.pagerduty.priorities
    assert [priorities[page.priority_id or ""].name for page in pages] == ["P1"]


def test_the_boundary_is_a_quarter_to_five_before_days_without_support() -> None:
    start = script.find("boundary").start

    assert start is not None
    assert hours.is_open(start)
    assert not any(hours.is_open(start + timedelta(days=days)) for days in (1, 2, 3, 4))


async def test_events_bear_with_what_was_done_meanwhile() -> None:
    clock, world = _played("boundary", 0)
    await _pass(clock, world, 13 * 60 + 30)
    user = next(iter(world.pagerduty.users.values()))
    for incident in world.pagerduty.incidents.values():
        world.pagerduty.resolve(incident.id, user)
    for ticket in world.zendesk.tickets.values():
        world.zendesk.delete(ticket.id)

    await _pass(clock, world, 3600)

    assert {i.status for i in world.pagerduty.incidents.values()} == {"resolved"}


async def test_one_s_own_file_uses_every_event(tmp_path: Path) -> None:
    events = """
start = 2026-07-06T10:00:00
events = [
  { at = "3m", do = "solve", subject = "Disk" },
  { at = "0s", do = "ticket", subject = "Disk" },
  { at = "1m", do = "triage", subject = "Disk", severity = "P2" },
  { at = "2m", do = "reply", subject = "Disk", by = "colleague", text = "Looking." },
  { at = "0s", do = "page", subject = "Router", severity = "P3" },
  { at = "1m", do = "triage", subject = "Router", severity = "P1" },
  { at = "1m", do = "acknowledge", subject = "Router" },
]
"""
    told = script.find(str(_own(tmp_path, HEAD + events)))
    assert told.start is not None
    clock = ManualClock(told.start)
    world = World(clock)
    rehearsal.play(world, told)

    await _pass(clock, world, 200)

    assert told.start == datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
    (ticket,), (page,) = world.zendesk.tickets.values(), world.pagerduty.incidents.values()
    assert (ticket.status, ticket.tags) == ("solved", ("p2",))
    assert page.status == "acknowledged"
    assert world.pagerduty.priorities[page.priority_id or ""].name == "P1"


async def test_a_triage_overtakes_the_mail_that_is_on_its_way(tmp_path: Path) -> None:
    events = """
[[events]]
at = "0s"
do = "mail"
subject = "Down"
[[events]]
at = "5s"
do = "triage"
subject = "Down"
severity = "P1"
"""
    clock = ManualClock(DEMO_START)
    world = World(clock)
    rehearsal.play(world, script.read(_own(tmp_path, HEAD + events)))

    await _pass(clock, world, 60)

    (ticket,) = world.zendesk.tickets.values()
    assert ticket.tags == ("p1",)


def _event(text: str) -> str:
    return HEAD + f"events = [{{ {text} }}]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("name = ", "this is not TOML: ", id="no-toml"),
        pytest.param('summary = "x"', "name: is missing.", id="name-missing"),
        pytest.param(HEAD + "loud = true", "loud: is not known here.", id="unknown-key"),
        pytest.param(
            HEAD + 'open = "many"', "open: expected a whole number, got text in quotes.", id="open"
        ),
        pytest.param(HEAD + "open = -1", "open: expected a whole number >= 0.", id="open-below-0"),
        pytest.param(
            HEAD + "start = 1066-10-14T09:00:00Z",
            "start: is not between 1990 and 2100.",
            id="long-ago",
        ),
        pytest.param(
            _event('at = "1m", do = "dance"'), "event 1: do: write one of ticket, page", id="do"
        ),
        pytest.param(
            _event('at = "soon", do = "page", subject = "x"'),
            "event 1: at: 'soon' is not a duration",
            id="at",
        ),
        pytest.param(
            _event('at = "1m", do = "page"'), "event 1: subject: is missing.", id="subject-missing"
        ),
        pytest.param(
            _event('at = "1m", do = "page", subject = "x", severity = "P9"'),
            "event 1: severity: invalid enum value 'P9'.",
            id="severity",
        ),
        pytest.param(
            _event('at = "1m", do = "solve", subject = "x"'),
            "event 1: subject: no earlier ticket or mail has this subject.",
            id="nothing-to-solve",
        ),
    ],
)
def test_a_bad_file_is_told_in_one_line_with_file_and_key(
    tmp_path: Path, text: str, said: str
) -> None:
    path = _own(tmp_path, text)

    with pytest.raises(ConfigError) as caught:
        script.read(path)

    assert caught.value.headline.startswith(f"{path}: {said}")
    assert "\n" not in caught.value.headline


def test_a_file_that_is_not_there_is_said_plainly() -> None:
    with pytest.raises(ConfigError, match="cannot be read: no such file"):
        script.find("./none.toml")
