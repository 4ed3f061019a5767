"""What is written on the pages and lines of the screen? Words only; where they go is not known."""

from collections.abc import Mapping
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.domain import Health, Source, SourceStatus
from services.links import web_link
from services.plain import plain
from services.policy.deadlines import Policy
from services.policy.receipt import receipt
from services.queue import Row
from widgets.countdown import KIND_SHORT, STATE_WORDS, clock_text


def receipts(row: Row, policy: Policy, now: datetime) -> RenderableType:
    """Why each deadline of an issue is what it is."""
    if not row.issue.promises:
        return Text("Nothing is owed on this issue.")
    parts: list[RenderableType] = []
    for promise in row.issue.promises:
        explained = receipt(promise, policy, now)
        lines = Table.grid(padding=(0, 1, 0, 0))
        for label, words in explained.lines:
            lines.add_row(Text(f"  {label}", style="dim"), Text(words))
        parts += [Text(explained.title, style="bold"), lines]
    return Group(*parts)


def web_address(row: Row | None) -> str:
    """Where the issue is to be seen; empty unless it is a web address."""
    if row is None:
        return ""
    halves = (row.issue.ticket, row.issue.incident)
    urls = [half.url for half in halves if half is not None]
    links = (web_link(url) for url in urls)
    return next((link.url for link in links if link is not None), "")


def summary(row: Row, now: datetime) -> str:
    """How an issue stands, in one line to be pasted."""
    parts = [row.issue.id, str(row.issue.severity or "unclassified"), plain(row.issue.subject)]
    if row.next is not None and row.next.due_at is not None:
        away = clock_text(row.next.due_at - now)
        sign = "ago" if row.next.due_at < now else "from now"
        what = f"{KIND_SHORT[row.next.kind]} {STATE_WORDS[row.next.state]}"
        parts.append(f"{what}, due {row.next.due_at:%Y-%m-%d %H:%M}Z ({away} {sign})")
    return " | ".join(parts)


def why_empty(sources: Mapping[Source, SourceStatus] | None, narrowed: bool) -> str:
    """Why there is nothing in the list."""
    if narrowed:
        return "Nothing matches the filter. Esc drops it and shows everything."
    if sources is None:
        return "No data yet: asking Zendesk and PagerDuty…"
    states = [status.state for status in sources.values()]
    if Health.OK in states or Health.STALE in states:
        return (
            "Nothing is open.\nN raises what reached you by chat or phone; w shows who is on call."
        )
    why = "\n".join(plain(status.error) for status in sources.values() if status.error)
    return f"No data yet.\n{why}\n`rota check` in another window says what to do.".replace(
        "\n\n", "\n"
    )
