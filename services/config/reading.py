"""What does the file say, key by key, and what of it cannot be read?

Goes on after a problem, so that all of them are told at once. No value of a key is repeated
unless it is a duration, a time, a day, a date or a choice: tokens are in this file too.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple, TypeVar, get_type_hints

import msgspec

from services.config.durations import HOW_TO_WRITE, read_allowance, read_duration
from services.config.feel import Steps
from services.config.promised import Weekdays
from services.config.table import Table
from services.domain import ClockKind, Status
from services.policy.rules import Allowance

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_BARE_KEY = r"[A-Za-z0-9_-]+"
_TIME = r"[0-9]{2}:[0-9]{2}"
_PERCENT = r"[1-9][0-9]?%"
_LONGEST_QUOTE = 60
_IN_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "int | str": "text or a whole number",
    "str | int": "text or a whole number",
}

SomeTable = TypeVar("SomeTable", bound=Table)


class Problem(NamedTuple):
    """One thing that cannot be used."""

    key: str
    """The whole path, as `severity.P2.respond`; "" is the file itself."""
    reason: str


class Unreadable(Exception):
    """A value that is none of what its key takes; says why."""


def read_table(
    default: SomeTable, raw: Mapping[str, object], problems: list[Problem], where: str = ""
) -> SomeTable:
    """A table with what the file says over its defaults; appends to `problems`."""
    kinds = get_type_hints(type(default), include_extras=True)
    read: dict[str, object] = {}
    for name, value in raw.items():
        key = where + _key(name)
        if name not in kinds:
            problems.append(Problem(key, _unknown(name, kinds, "key" if where else "table")))
            continue
        try:
            read[name] = _read(kinds[name], getattr(default, name), value, problems, key)
        except Unreadable as error:
            problems.append(Problem(key, str(error)))
    return msgspec.structs.replace(default, **read)


def _read(
    kind: object, default: object, value: object, problems: list[Problem], key: str
) -> object:
    if isinstance(default, Table):
        if not isinstance(value, dict):
            raise Unreadable(f"must be a table, [{key}]")
        return read_table(default, value, problems, f"{key}.")
    if isinstance(default, dict) and isinstance(value, dict):
        return _read_names(value, problems, key)
    reader = _READERS.get(kind)
    return reader(value) if reader is not None else _read_plain(kind, value)


def _read_names(
    raw: Mapping[str, object], problems: list[Problem], where: str
) -> Mapping[str, str]:
    """A table whose keys are free and whose values are texts."""
    for name, value in raw.items():
        if not isinstance(value, str) or not value.strip():
            problems.append(Problem(f"{where}.{_key(name)}", "must be text in quotes"))
    return {name: value for name, value in raw.items() if isinstance(value, str)}


def _key(name: str) -> str:
    return name if re.fullmatch(_BARE_KEY, name) else quoted(name)


def _read_plain(kind: object, value: object) -> object:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `$")
        item = re.match(r"\[([0-9]+)\]", where)
        entry = f"entry {int(item[1]) + 1}: " if item else ""
        raise Unreadable(entry + _in_words(reason)) from None


def _in_words(reason: str) -> str:
    """What msgspec found, without its jargon.

    >>> _in_words("Expected `int`, got `str`")
    'expected a whole number, got text'
    """
    words = re.sub(r"`([^`]*)`", lambda named: _IN_WORDS.get(named[1], named[1]), reason)
    return words[:1].lower() + words[1:]


def _unknown(name: str, known: Iterable[str], what: str) -> str:
    return f"there is no such {what}{nearest(name, known)}"


def nearest(name: str, known: Iterable[str]) -> str:
    """A question after the name that was probably meant; "" when none is near.

    >>> nearest("respnd", ["respond", "update"])
    '; did you mean respond?'
    """
    plain = {other.lower(): other for other in known}
    close = get_close_matches(name.lower(), plain, n=1, cutoff=0.5)
    return f"; did you mean {plain[close[0]]}?" if close else ""


def quoted(text: str) -> str:
    """A text of the file, safe to print on one line."""
    # Only what is wrong with the file is quoted.
    import json

    short = text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
    return json.dumps(short, ensure_ascii=not short.isprintable())


def _text(value: object, how_to_write: str) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"must be text in quotes; {how_to_write}")
    return value


def _items(value: object, what: str) -> list[object]:
    if not isinstance(value, list):
        raise Unreadable(f"must be a list of {what}")
    return value


def _read_allowance(value: object) -> Allowance:
    text = _text(value, HOW_TO_WRITE)
    try:
        allowance = read_allowance(text)
    except ValueError as error:
        raise Unreadable(f"{quoted(text)} {error}") from None
    if allowance == Allowance():
        raise Unreadable(f"{quoted(text)} leaves no time at all; {HOW_TO_WRITE}")
    return allowance


def _read_optional_allowance(value: object) -> Allowance | None:
    return None if value == "" else _read_allowance(value)


def _read_duration(value: object) -> timedelta:
    text = _text(value, "write 15s, 20m or 1h30m")
    try:
        return read_duration(text)
    except ValueError as error:
        raise Unreadable(f"{quoted(text)} {error}") from None


def _read_time(value: object) -> time:
    if isinstance(value, time):
        return value
    text = _text(value, 'write "09:00"')
    if re.fullmatch(_TIME, text):
        try:
            return time.fromisoformat(text)
        except ValueError:
            pass
    raise Unreadable(f'{quoted(text)} is not a time of day; write "09:00"')


def _read_days(value: object) -> frozenset[int]:
    how_to_write = "write mon, tue, wed, thu, fri, sat or sun"
    days = set()
    for item in _items(value, f"days; {how_to_write}"):
        text = _text(item, how_to_write)
        if text.lower() not in DAYS:
            raise Unreadable(f"{quoted(text)} is not a day; {how_to_write}")
        days.add(DAYS.index(text.lower()))
    return frozenset(days)


def _read_dates(value: object) -> frozenset[date]:
    return frozenset(_read_date(item) for item in _items(value, "dates, as 2026-12-24"))


def _read_date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = _text(value, "write 2026-12-24") if not isinstance(value, datetime) else str(value)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"{quoted(text)} is not a date; write 2026-12-24") from None


def _read_clock(value: object) -> ClockKind:
    return _choice(ClockKind, value, "a clock")


def _read_statuses(value: object) -> frozenset[Status]:
    items = _items(value, "statuses")
    return frozenset(_choice(Status, item, "a ticket status") for item in items)


def _read_steps(value: object) -> tuple[float, ...]:
    how_to_write = 'write "75%", "90%" or "breach"'
    shares = []
    for item in _items(value, f"steps; {how_to_write}"):
        text = _text(item, how_to_write)
        if text != "breach" and not re.fullmatch(_PERCENT, text):
            raise Unreadable(f"{quoted(text)} is no step; {how_to_write}")
        shares.append(1.0 if text == "breach" else int(text[:-1]) / 100)
    return tuple(sorted(set(shares)))


Choice = TypeVar("Choice", bound=StrEnum)


def _choice(of: type[Choice], value: object, what: str) -> Choice:
    names = [member.value for member in of]
    how_to_write = f"write {', '.join(names[:-1])} or {names[-1]}"
    text = _text(value, how_to_write)
    if text not in names:
        raise Unreadable(f"{quoted(text)} is not {what}; {how_to_write}")
    return of(text)


_READERS: Mapping[object, Callable[[object], object]] = {
    Allowance: _read_allowance,
    Allowance | None: _read_optional_allowance,
    timedelta: _read_duration,
    time: _read_time,
    Weekdays: _read_days,
    Steps: _read_steps,
    frozenset[date]: _read_dates,
    ClockKind: _read_clock,
    frozenset[Status]: _read_statuses,
}
