"""Which days are bank holidays, without loading the package that knows, if it told us before?

Importing `holidays` takes longer than all that must be there for the first paint. What it has said
of a year is kept in the state directory, together with which package said it: another version is
asked anew. Nobody's deadline rests on this file alone: what is missing or unreadable in it is
found out as if it were not there.
"""

import importlib.util
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec

from services.errors import StoreError
from services.policy.holidays import HolidaysIn
from services.private import private_directory, read_private, write_private

NAME = "holidays.json"


def kept_holidays(asked: HolidaysIn, place: str, path: Path) -> HolidaysIn:
    """As `asked`, but a year that was asked for before is read from a file.

    Args:
        asked: Knows the bank holidays of a year, and takes its time.
        place: Whose they are, as `GB/ENG`.
        path: The file.
    """
    known: dict[int, Mapping[date, str]] = {}
    said_by = _package()
    if said_by is not None:
        known |= _read(path, place, said_by)

    def in_year(year: int) -> Mapping[date, str]:
        if year not in known:
            known[year] = asked(year)
            if said_by is not None:
                _write(path, place, said_by, known)
        return known[year]

    return in_year


def _package() -> str | None:
    """Which version of the package is installed, without importing it."""
    found = importlib.util.find_spec("holidays")
    if found is None or found.origin is None:
        return None
    try:
        stated = (Path(found.origin).parent / "version.py").stat()
    except OSError:
        return None
    return f"{found.origin} {stated.st_mtime_ns} {stated.st_size}"


def _read(path: Path, place: str, said_by: str) -> dict[int, Mapping[date, str]]:
    try:
        kept = msgspec.json.decode(read_private(path))
        if kept["said_by"] != said_by or kept["place"] != place:
            return {}
        return {int(year): _days(days) for year, days in kept["years"].items()}
    except (StoreError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _days(days: Mapping[str, str]) -> Mapping[date, str]:
    return {date.fromisoformat(day): str(name) for day, name in days.items()}


def _write(path: Path, place: str, said_by: str, known: Mapping[int, Mapping[date, str]]) -> None:
    years = {
        str(year): {day.isoformat(): name for day, name in days.items()}
        for year, days in known.items()
    }
    text = msgspec.json.encode({"said_by": said_by, "place": place, "years": years}).decode()
    try:
        private_directory(path.parent)
        write_private(path, text, durable=False)
    except StoreError:
        # The package is asked again the next time.
        return
