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
    '12:00:05 asked 200\\n'
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
    facts = dict(entry)
    at, what = str(facts.pop("at", ""))[11:19], str(facts.pop("what", ""))
    # What every request has is told without its names.
    known = [str(facts.pop(name)) for name in _OF_A_REQUEST if name in facts]
    took = f"{facts.pop('ms')} ms" if "ms" in facts else ""
    rest = [f"{name}={value}" for name, value in facts.items()]
    return plain(" ".join(filter(None, [at, what, *known, took, *rest])), limit=400)


_OF_A_REQUEST = ("source", "method", "path", "status", "trouble", "state", "why", "words")
