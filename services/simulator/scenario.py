"""How is a world filled? With the issues of a plausible shift of a platform team's support.

Most are well; a few are about to fall due, very few are late. The same seed and the same start
make the same world, to the last id.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

from services.simulator import hours, texts
from services.simulator.cast import TENANTS
from services.simulator.incident_stories import IncidentStory
from services.simulator.shift import script_shift
from services.simulator.ticket_stories import (
    RESPOND,
    UPDATE,
    Plot,
    Severity,
    Stand,
    TicketStory,
    ago,
    share,
    solved_story,
)
from services.simulator.world import World

Choice = TypeVar("Choice")

DEMO_START = datetime(2026, 12, 24, 14, 20, tzinfo=UTC)
"""A Thursday afternoon, with a bank holiday, a weekend and another bank holiday ahead."""

DEMO_ISSUES = 28
"""Open issues in the demo."""

_SEVERITIES: tuple[tuple[Severity, float], ...] = (
    ("p1", 4), ("p2", 12), ("p3", 36), ("p4", 36), (None, 12),
)  # fmt: skip
_STANDS: tuple[tuple[Stand, float], ...] = (
    ("answered", 52), ("waiting", 22), ("hold", 6), ("fresh", 11), ("soon", 6), ("breached", 3),
)  # fmt: skip
_UNCLASSIFIED: tuple[tuple[Stand, float], ...] = (("fresh", 80), ("soon", 13), ("breached", 7))

_SURE: tuple[tuple[Severity, Stand], ...] = (
    ("p1", "answered"), (None, "fresh"), ("p2", "soon"), ("p3", "breached"), ("p2", "answered"),
    (None, "soon"), ("p4", "waiting"), ("p3", "waiting"), ("p3", "fresh"), ("p4", "hold"),
    ("p3", "answered"), ("p4", "answered"), ("p4", "fresh"), ("p3", "soon"),
)  # fmt: skip
"""How the first tickets stand, so that even a small world has something of everything."""


def populate(world: World, open_issues: int = DEMO_ISSUES) -> None:
    """Give the world a past that leaves so many issues open, and some history besides.

    About 70 % are tickets alone, 15 % incidents alone and 15 % both, born of one e-mail.
    """
    rng = Random(f"{world.seed}/{open_issues}")
    titles = texts.Titles(rng, TENANTS)
    alone = round(open_issues * 0.7)
    paged = (open_issues - alone) // 2
    for place in range(alone):
        _ticket(world, rng, titles, place)
    for place in range(paged):
        _incident(world, rng, titles, place)
    for place in range(open_issues - alone - paged):
        _pair(world, rng, titles, place)
    _history(world, rng, titles, min(open_issues // 2, 300))
    _stand_in(world)
    world.catch_up()


def _ticket(world: World, rng: Random, titles: texts.Titles, place: int) -> None:
    severity, stand = _SURE[place] if place < len(_SURE) else _chance(rng)
    nasty = place // 3
    is_nasty = place % 3 == 2 and nasty < len(texts.NASTY)
    title = texts.NASTY[nasty] if is_nasty else rng.choice(texts.SUBJECTS)
    subject = titles.exactly(title)
    TicketStory(world, rng, Plot(severity, stand, subject)).tell()


def _chance(rng: Random) -> tuple[Severity, Stand]:
    severity = _drawn(rng, _SEVERITIES)
    if severity is None:
        return None, _drawn(rng, _UNCLASSIFIED)
    stand = _drawn(rng, _STANDS)
    return severity, "answered" if stand == "hold" and severity in ("p1", "p2") else stand


def _drawn(rng: Random, choices: tuple[tuple[Choice, float], ...]) -> Choice:
    return rng.choices([c for c, _ in choices], [weight for _, weight in choices])[0]


def _incident(world: World, rng: Random, titles: texts.Titles, place: int) -> None:
    """An incident without a ticket: monitors page, now and then nobody has looked yet."""
    severity, stand = _chance(rng) if place else (None, "fresh")
    stand = "answered" if stand in ("waiting", "hold") else stand
    subject = titles.exactly(rng.choice(texts.PAGES))
    now = world.timeline.stamp()
    if stand == "fresh":
        raised = now - timedelta(minutes=rng.uniform(0.5, 8))
        plot = Plot(None, "fresh", subject)
        IncidentStory(world, rng, plot, world.cast.smoke).tell(raised)
        return
    if severity is None:
        raised = ago(now, None, 20 * share(stand, rng))
    else:
        last = ago(now, severity, UPDATE[severity] * share(stand, rng))
        raised = last - timedelta(minutes=rng.triangular(5, 600, 40))
    recent = now - raised < timedelta(hours=3)
    services = (world.cast.smoke, world.cast.emergency) if recent else (world.cast.backlog,)
    IncidentStory(world, rng, Plot(severity, stand, subject), rng.choice(services)).tell(raised)


def _pair(world: World, rng: Random, titles: texts.Titles, place: int) -> None:
    """A ticket and an incident of the same emergency e-mail; some incidents are over already."""
    severity, stand = _chance(rng)
    severity, stand = ("p1", "answered") if place == 0 else (severity, stand)
    subject = titles.exactly(rng.choice(texts.EMERGENCIES))
    now = world.timeline.stamp()
    if severity is None or stand == "fresh":
        minutes = RESPOND[severity or "p1"] * share("fresh", rng)
    else:
        minutes = UPDATE[severity] * share(stand, rng) + rng.triangular(10, 500, 60)
    raised = ago(now, severity, minutes)
    mailed = min(raised + timedelta(seconds=rng.uniform(5, 200)), now)
    TicketStory(world, rng, Plot(severity, stand, subject, mailed)).tell()
    story = IncidentStory(world, rng, Plot(severity, "answered", subject), world.cast.emergency)
    if place % 3 == 2:
        story.tell_resolved(raised, raised + (now - raised) * rng.uniform(0.3, 0.8))
    else:
        story.tell(raised)


def _history(world: World, rng: Random, titles: texts.Titles, number: int) -> None:
    """What is over: a few of today, the rest of the last three weeks."""
    now = world.timeline.stamp()
    for place in range(number):
        back = timedelta(minutes=rng.uniform(5, 240))
        if place % 4:
            back = timedelta(hours=rng.triangular(5, 24 * 21, 48))
        end = now - back
        if not hours.is_open(end):
            end = hours.before(end, timedelta(minutes=rng.uniform(1, 300)))
        if place % 5 == 4:
            plot = Plot(
                rng.choice(("p2", "p3", None)), "answered", titles.exactly(rng.choice(texts.PAGES))
            )
            raised = end - timedelta(minutes=rng.uniform(6, 90))
            IncidentStory(world, rng, plot, world.cast.smoke).tell_resolved(raised, end)
        else:
            solved_story(world, rng, titles.exactly(rng.choice(texts.SUBJECTS)), end)


def _stand_in(world: World) -> None:
    """Tonight somebody stands in for whoever has the night."""
    now = world.timeline.stamp()
    today = now.astimezone(hours.ZONE).replace(hour=17, minute=0, second=0)
    world.timeline.at(
        now,
        lambda: world.pagerduty.add_override(
            world.cast.out_of_hours,
            today.astimezone(UTC),
            (today + timedelta(hours=4)).astimezone(UTC),
            world.cast.agents[4].pagerduty_id,
        ),
    )


__all__ = ["DEMO_ISSUES", "DEMO_START", "populate", "script_shift"]
