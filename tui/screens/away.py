"""Can I step away? Type for how many minutes; what waits and who could cover is told."""

from collections.abc import Callable, Iterator
from datetime import datetime

from rich.text import Text

from services.domain import Issue
from services.plain import plain
from services.policy.calendar import SupportCalendar
from services.rota.away import Away, Due, is_repage
from tui.screens.reader import SearchScreen
from widgets.countdown import KIND_SHORT
from widgets.rota_words import when

USUAL = 30
"""Minutes, until others are typed."""

MOST = 12 * 60
"""Nobody steps away for longer than a shift."""


class StepAwayScreen(SearchScreen):
    """The answer for as many minutes as are typed."""

    def __init__(
        self, ask: Callable[[int], Away], calendar: SupportCalendar, now: datetime
    ) -> None:
        """Make the page.

        Args:
            ask: What stepping away for so many minutes would mean.
            calendar: For the zone.
            now: When it was asked.
        """

        def write(typed: str) -> Text:
            minutes = _minutes(typed)
            if minutes is None:
                return Text(f"For how many minutes? A number from 1 to {MOST}.")
            return Text("\n".join(away_lines(ask(minutes), minutes, calendar, now)))

        super().__init__("Can I step away?", write, f"minutes; {USUAL} if you type nothing")


def _minutes(typed: str) -> int | None:
    words = typed.strip()
    if not words:
        return USUAL
    if not (words.isascii() and words.isdigit()) or not 1 <= int(words[:6]) <= MOST:
        return None
    return int(words)


def away_lines(away: Away, minutes: int, calendar: SupportCalendar, now: datetime) -> Iterator[str]:
    """The answer, and what it rests on."""
    zone = calendar.zone
    until = when(away.until, now, zone)
    promised = [due for due in away.due if not is_repage(due)]
    if away.free:
        yield f"Yes: until {until}, in {minutes} min, nothing falls due and you are not on call."
    elif not (away.late or promised or away.unknown):
        yield f"With your phone: nothing falls due until {until}, but you can be paged."
    else:
        count = len(away.late) + len(promised) + len(away.unknown)
        promises = "1 promise" if count == 1 else f"{count} promises"
        yield f"Not without somebody in your place: {promises} until {until}."
    if away.on_call:
        names = ", ".join(plain(name, limit=40) for name in away.on_call)
        yield from ("", f"You are on call: {names}")
    yield from ("", "Who could cover")
    for cover in away.cover:
        until_ = when(cover.until, now, zone)
        yield f"  {plain(cover.who, limit=40)}, on {plain(cover.schedule, limit=40)} until {until_}"
    if not away.cover:
        yield "  Nobody else is on call now; the rota (w) says who is next."
    for title, dues in (
        ("Overdue already", away.late),
        ("Falls due", away.due),
        ("May fall due, not known yet", away.unknown),
    ):
        if dues:
            yield from ("", title)
            yield from (f"  {_line(due, now, calendar)}" for due in dues)


def _line(due: Due, now: datetime, calendar: SupportCalendar) -> str:
    severity = due.issue.severity or "P?"
    subject = plain(due.issue.subject, limit=60)
    at = when(due.due_at, now, calendar.zone)
    return f"{at}  {severity} {KIND_SHORT[due.deadline.kind]}  {_short(due.issue)} {subject}"


def _short(issue: Issue) -> str:
    if issue.ticket is not None:
        return f"#{issue.ticket.id}"
    return f"pd#{issue.incident.number}" if issue.incident is not None else ""
