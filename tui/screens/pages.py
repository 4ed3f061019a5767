"""What is written on the pages and lines of the screen? Words only; where they go is not known."""

from collections.abc import Mapping
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.domain import Health, Source, SourceStatus
from services.plain import plain
from services.policy.deadlines import Policy
from services.policy.receipt import receipt
from services.queue import Row
from tui.keys import QUEUE, shown
from widgets.countdown import KIND_SHORT, STATE_WORDS, clock_text

Keys = Mapping[str, str]
"""Action id to the key that the operator chose for it."""


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


def key_help(wanted: str, chosen: Keys) -> Text:
    """The keys whose action has the wanted words."""
    text = Text()
    for key in QUEUE:
        if wanted.casefold() in f"{key.label} {key.help}".casefold():
            text.append(f"{shown(key, chosen):<9}", style="bold")
            text.append(f"{key.help}\n")
    return text or Text("No key does that.")


def key_line(width: int, chosen: Keys) -> Text:
    """The footer: as many keys as fit whole; the way to all the others is always among them."""
    wanted = [key for key in QUEUE if key.footer]
    entries = {key.id: f"{shown(key, chosen)} {key.label}" for key in wanted}
    left = width - 1 - len(entries["help"]) - 2
    kept = {"help"}
    for key in wanted:
        if key.id != "help" and len(entries[key.id]) <= left:
            kept.add(key.id)
            left -= len(entries[key.id]) + 2
    text = Text(" ", no_wrap=True, overflow="ellipsis")
    for key in wanted:
        if key.id in kept:
            text.append(shown(key, chosen), style="bold")
            text.append(f" {key.label}  ")
    return text


def web_address(row: Row | None) -> str:
    """Where the issue is to be seen; empty unless it is a web address."""
    if row is None:
        return ""
    halves = (row.issue.ticket, row.issue.incident)
    urls = [half.url for half in halves if half is not None]
    return next((u for u in urls if u.startswith(("https://", "http://"))), "")


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
        return "Nothing matches the filter. Esc drops it."
    if sources is None:
        return "No data yet: asking Zendesk and PagerDuty…"
    states = [status.state for status in sources.values()]
    if Health.OK in states or Health.STALE in states:
        return "Nothing is open."
    why = "\n".join(plain(status.error) for status in sources.values() if status.error)
    return f"No data yet.\n{why}".rstrip()
