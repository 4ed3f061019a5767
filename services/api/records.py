"""Which records of an answer can be read? One bad one spoils no other."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec

from services.api.bounds import SKIPPED
from services.api.words import one_line

T = TypeVar("T")

AT_ONCE = 25
"""Records read before others get their turn."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment on the wire: it must say its offset."""

Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""A whole number on the wire, no larger than all readers of JSON agree on."""


def utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        ValueError: It has no offset, or lies outside the calendar.
    """
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment outside the calendar") from None


def readable(
    noun: str, raws: Iterable[msgspec.Raw], read: Callable[[msgspec.Raw], T]
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """Each record that can be read, and a line for each that cannot, up to `SKIPPED`.

    Args:
        noun: What the records are called, for those lines.
        raws: The elements of a JSON list.
        read: Makes a value of one; a `ValueError` says that it is broken.
    """
    values: list[T] = []
    skipped: list[str] = []
    for _ in _each(noun, raws, read, values, skipped):
        pass
    return tuple(values), tuple(skipped)


async def readable_in_turns(
    noun: str, raws: Iterable[msgspec.Raw], read: Callable[[msgspec.Raw], T]
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """As `readable`, but others get their turn, so that no key waits for a whole page."""
    values: list[T] = []
    skipped: list[str] = []
    await asyncio.sleep(0)
    for number, _ in enumerate(_each(noun, raws, read, values, skipped), 1):
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
    # To receive them, and to take in what has been read, takes as long as to read it.
    await asyncio.sleep(0)
    return tuple(values), tuple(skipped)


def _each(
    noun: str,
    raws: Iterable[msgspec.Raw],
    read: Callable[[msgspec.Raw], T],
    values: list[T],
    skipped: list[str],
) -> Iterator[None]:
    left_out = 0
    for raw in raws:
        try:
            try:
                values.append(read(raw))
            except UnicodeDecodeError:
                whole = bytes(raw).decode("utf-8", errors="replace")
                values.append(read(msgspec.Raw(whole)))
        except (ValueError, RecursionError) as error:
            left_out += 1
            if left_out <= SKIPPED:
                skipped.append(one_line(f"{noun} {_id_in(raw)}: {error}"))
        yield
    if left_out > SKIPPED:
        skipped.append(f"{left_out - SKIPPED} more {noun}s that cannot be read")


class _Identified(msgspec.Struct):
    id: int | str | None = None


def _id_in(raw: msgspec.Raw) -> str:
    with contextlib.suppress(ValueError, RecursionError):
        return str(msgspec.json.decode(raw, type=_Identified).id or "without id")
    return "without id"
