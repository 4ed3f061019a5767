"""What did rota do? Its log, the latest first, searched as one types."""

from collections.abc import Iterable

from rich.text import Text

from services.log import Entry, Log
from services.plain import plain
from tui.screens.reader import SearchScreen

MOST = 400
"""Lines shown; the file has more."""

_WORST = ("failed", "refused", "trouble")


def log_screen(log: Log) -> SearchScreen:
    """The log as it is now."""
    entries = log.latest()
    return SearchScreen("Log", lambda wanted: log_lines(entries, wanted))


def log_lines(entries: Iterable[Entry], wanted: str = "") -> Text:
    """The lines that have all the wanted words, the latest first.

    >>> log_lines([{"at": "2026-01-14T12:00:05.120Z", "what": "asked", "status": 200}]).plain
    '12:00:05 asked  status=200\\n'
    """
    words = wanted.casefold().split()
    text = Text()
    lines = [(entry, _line(entry)) for entry in entries]
    kept = [
        (entry, line) for entry, line in reversed(lines) if all(w in line.casefold() for w in words)
    ]
    for entry, line in kept[:MOST]:
        bad = str(entry.get("what", "")) in _WORST
        text.append(f"{line}\n", style="bold" if bad else "")
    return text or Text("Nothing in the log has these words." if words else "Nothing yet.")


def _line(entry: Entry) -> str:
    at, what = str(entry.get("at", "")), str(entry.get("what", ""))
    rest = "  ".join(f"{k}={v}" for k, v in entry.items() if k not in ("at", "what"))
    return plain(f"{at[11:19]} {what}  {rest}".rstrip(), limit=400)
