"""What does a scenario say? A short TOML file: when it begins, how full it is, what happens when.

The ones that come with rota lie in `scenarios/`; a team can write its own rehearsal likewise.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from services.config.durations import read_duration
from services.errors import ConfigError
from services.simulator.hours import ZONE

FOLDER = Path(__file__).with_name("scenarios")
"""Where the scenarios lie that come with rota."""

DEFAULT = "shift"

Severity = Literal["P1", "P2", "P3", "P4"]
Words = Annotated[str, Meta(min_length=1, max_length=500)]
Number = Annotated[int, Meta(ge=1, le=1000)]
Shape = TypeVar("Shape")


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """Something that happens `at` so long after the start, to what has this subject."""

    at: str
    subject: Words


class Ticket(Event, frozen=True, tag="ticket"):
    """A tenant writes for the first time; with a severity, it is classified at once."""

    severity: Severity | None = None
    text: Words = "Hello,\n\nit started a few minutes ago. Could you look?"


class Page(Event, frozen=True, tag="page"):
    """A monitor pages."""

    severity: Severity | None = None


class Mail(Event, frozen=True, tag="mail"):
    """An e-mail to the emergency address: it pages, and is a ticket some seconds later."""

    severity: Severity | None = None
    text: Words = "This is urgent: our users cannot work."


class Storm(Event, frozen=True, tag="storm"):
    """One cause, many pages, spread evenly over a while."""

    count: Number
    within: str = "1m"
    severity: Severity | None = None


class Reply(Event, frozen=True, tag="reply"):
    """The tenant, or a colleague, writes on a ticket."""

    by: Literal["tenant", "colleague"] = "tenant"
    text: Words = "Any news?"


class Triage(Event, frozen=True, tag="triage"):
    """A colleague gives it a severity."""

    severity: Severity


class Solve(Event, frozen=True, tag="solve"):
    """A colleague solves the ticket."""

    text: Words = "This is fixed. Just answer if it comes back."


class Acknowledge(Event, frozen=True, tag="acknowledge"):
    """A colleague acknowledges the page."""


class Resolve(Event, frozen=True, tag="resolve"):
    """The monitor sees that all is well again."""


AnyEvent = Ticket | Page | Mail | Storm | Reply | Triage | Solve | Acknowledge | Resolve

_SHAPES: Mapping[str, type[AnyEvent]] = {
    shape.__name__.lower(): shape
    for shape in (Ticket, Page, Mail, Storm, Reply, Triage, Solve, Acknowledge, Resolve)
}
_WRITTEN = (Ticket, Mail)
_PAGED = (Page, Mail, Storm)
_NEEDS: Mapping[type[AnyEvent], tuple[type[AnyEvent], ...]] = {
    Reply: _WRITTEN, Solve: _WRITTEN, Acknowledge: _PAGED, Resolve: _PAGED,
    Triage: (Ticket, Mail, Page, Storm),
}  # fmt: skip
"""What must have happened before under the same subject."""

_EXPECTED = {"str": "text in quotes", "int": "a whole number", "bool": "true or false"}


@dataclass(frozen=True, slots=True)
class Cue:
    """An event and its moment, counted from the start.

    Attributes:
        within: How long a storm lasts; no time at all for everything else.
    """

    at: timedelta
    event: AnyEvent
    within: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario, checked.

    Attributes:
        start: When its clock begins, in UTC; None leaves that to whoever plays it.
        open: Issues open at the start.
        lively: Whether a random shift goes on besides.
        cues: What happens, in order.
    """

    name: str
    summary: str
    start: datetime | None
    open: int
    lively: bool
    cues: tuple[Cue, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as it is written."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,30}$")]
    summary: Annotated[str, Meta(min_length=1, max_length=200)]
    start: datetime | None = None
    open: Annotated[int, Meta(ge=0, le=10_000)] = 0
    lively: bool = False
    events: Annotated[list[dict[str, object]], Meta(max_length=1000)] = msgspec.field(
        default_factory=list
    )


class _Wrong(Exception):
    """A key cannot be used."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}." if key else f"{reason}.")


def names() -> tuple[str, ...]:
    """The scenarios that come with rota, by name."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def find(asked: str) -> Script:
    """The scenario of this name, or of the file at this path.

    Raises:
        ConfigError: There is none, or it cannot be used; the headline names file and key.
    """
    if asked in names():
        return read(FOLDER / f"{asked}.toml")
    path = Path(asked).expanduser() if asked.startswith("~/") else Path(asked)
    if "/" in asked or asked.endswith(".toml"):
        return read(path)
    raise ConfigError(
        f"--scenario: there is no scenario {asked!r}.",
        f"Write {', '.join(names())}, or the path of a TOML file.",
    )


def read(path: Path) -> Script:
    """One scenario, checked whole.

    Raises:
        ConfigError: It cannot be read or used; the headline names file and key.
    """
    shown = str(path) if str(path).isprintable() else ascii(str(path))
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = (error.strerror or "it failed").lower()
        raise ConfigError(f"{shown}: cannot be read: {why}.") from None
    except _Wrong as wrong:
        raise ConfigError(f"{shown}: {wrong}") from None
    except RecursionError:
        raise ConfigError(f"{shown}: lists or tables are nested too deeply.") from None
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"{shown}: this is not TOML: {reason}.") from None


def event(raw: Mapping[str, object]) -> Cue:
    """One event on its own, as a file has it; it may do without an `at`, and is then due now.

    Raises:
        ValueError: It cannot be used; the message names its key.
    """
    try:
        return _cue({"at": "0s", **raw}, "event")
    except _Wrong as wrong:
        raise ValueError(str(wrong)) from None


def parse(text: str) -> Script:
    """A scenario from its text; what is wrong with it is a `ValueError` or names its key."""
    file = _shaped(tomllib.loads(text), _File, "")
    cues = [_cue(event, f"event {number}") for number, event in enumerate(file.events, 1)]
    _check_subjects(cues)
    start = file.start
    if start is not None and not 1990 <= start.year <= 2100:
        raise _Wrong("start", "is not between 1990 and 2100")
    if start is not None:
        start = (start if start.tzinfo else start.replace(tzinfo=ZONE)).astimezone(UTC)
    in_order = tuple(sorted(cues, key=lambda cue: cue.at))
    return Script(file.name, file.summary, start, file.open, file.lively, in_order)


def _cue(raw: dict[str, object], where: str) -> Cue:
    said = raw.get("do")
    shape = _SHAPES.get(said) if isinstance(said, str) else None
    if shape is None:
        raise _Wrong(f"{where}: do", f"write one of {', '.join(_SHAPES)}")
    event = _shaped(raw, shape, f"{where}: ")
    within = _duration(event.within, f"{where}: within") if isinstance(event, Storm) else None
    return Cue(_duration(event.at, f"{where}: at"), event, within or timedelta(0))


def _duration(text: str, key: str) -> timedelta:
    try:
        return read_duration(text)
    except ValueError as error:
        raise _Wrong(key, f"{text!a} {error}") from None


def _check_subjects(cues: list[Cue]) -> None:
    """Nobody can answer what has not been written yet."""
    for number, cue in enumerate(cues, 1):
        needed = _NEEDS.get(type(cue.event))
        if needed is None:
            continue
        before = (
            other
            for other in cues
            if isinstance(other.event, needed) and other.event.subject == cue.event.subject
        )
        if not any(other.at <= cue.at for other in before):
            kinds = " or ".join(kind.__name__.lower() for kind in needed)
            raise _Wrong(f"event {number}: subject", f"no earlier {kinds} has this subject")


def _shaped(raw: dict[str, object], shape: type[Shape], where: str) -> Shape:
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        key, reason = _explained(str(error))
        raise _Wrong(where + key if key else where.removesuffix(": "), reason) from None


def _explained(problem: str) -> tuple[str, str]:
    """The key and the reason, in the words of whoever wrote the file.

    >>> _explained("Object missing required field `subject`")
    ('subject', 'is missing')
    >>> _explained("Expected `int`, got `str` - at `$.open`")
    ('open', 'expected a whole number, got text in quotes')
    """
    if named := re.match(r"Object (missing required|contains unknown) field `(.*?)`", problem):
        return named[2], "is missing" if named[1].startswith("missing") else "is not known here"
    what, _, place = problem.partition(" - at `$")
    what = re.sub(r"`(\w+)`", lambda kind: _EXPECTED.get(kind[1], kind[1]), what)
    return place.rstrip("`").lstrip("."), what[:1].lower() + what[1:]
