"""What would the same cost a program that does nothing else? The measure of sums, order, reading.

Two of them stand for the machine as well: a goal in milliseconds holds for the machine on which it
was set, so what it allows there beyond such a program is what it allows anywhere.
"""

import json
from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pendulum

ZONE = "Europe/London"

KEPT_BY_BISECTION, MERGE_ALLOWED = "due moments kept by bisection", 1.85
"""A hundred of ten thousand took 0.54 ms where a merge was to take a millisecond at most."""

LOOKED_UP, DUE_ALLOWED = "a table of openings, in whole seconds", 2.7
"""Ten thousand took 7.4 ms where five hundred in a millisecond were asked for."""


@dataclass(frozen=True, slots=True)
class PlainTicket:
    """A ticket as a program without msgspec keeps it."""

    id: int
    subject: str
    status: str
    created_at: datetime
    updated_at: datetime
    tags: tuple[str, ...]
    priority: str | None
    requester: int
    assignee: int | None
    description: str


def read_plainly(page: bytes) -> list[PlainTicket]:
    """A page of tickets, with no more than Python has."""
    at = datetime.fromisoformat
    return [
        PlainTicket(
            told["id"], told["subject"], told["status"], at(told["created_at"]),
            at(told["updated_at"]), tuple(told["tags"]), told["priority"], told["requester_id"],
            told["assignee_id"], told["description"],
        )
        for told in json.loads(page)["tickets"]
    ]  # fmt: skip


def walked(start: datetime, allowance: timedelta, holidays: Collection[date]) -> datetime:
    """When an allowance of support time is used up, counted day by day with pendulum."""
    now = pendulum.instance(start).in_timezone(ZONE)
    left = allowance
    while True:
        opens, closes = now.at(9), now.at(17)
        working = now.weekday() < 5 and now.date() not in holidays
        if working and now < closes:
            begin = max(now, opens)
            if begin + left <= closes:
                return begin + left
            left -= closes - begin
        now = now.add(days=1).at(0)


class Openings:
    """The same sum from a table of opening times, in whole seconds since 1970."""

    def __init__(self, first: date, days: int, holidays: Collection[date]) -> None:
        """Lay out so many civil days, of which the first must be one of support."""
        self._opens: list[int] = []
        self._before: list[int] = []
        """Seconds of support before each opening."""
        self._open_for: list[int] = []
        total = 0
        for ahead in range(days):
            day = first + timedelta(days=ahead)
            if day.weekday() > 4 or day in holidays:
                continue
            opens = pendulum.datetime(day.year, day.month, day.day, 9, tz=ZONE)
            length = opens.at(17).int_timestamp - opens.int_timestamp
            self._opens.append(opens.int_timestamp)
            self._before.append(total)
            self._open_for.append(length)
            total += length

    def due(self, start: int, allowance: int) -> int:
        """When so many seconds of support, from a moment after the first opening, are used up."""
        day = bisect_right(self._opens, start) - 1
        used = self._before[day] + min(start - self._opens[day], self._open_for[day]) + allowance
        last = bisect_left(self._before, used) - 1
        return self._opens[last] + used - self._before[last]


class Moments:
    """Due moments in one sorted list; of those that change it is told which, and nothing else."""

    def __init__(self, due: Mapping[str, float]) -> None:
        """Put them in order."""
        self._due = dict(due)
        self._order = sorted((moment, name) for name, moment in due.items())

    def change(self, changes: Iterable[tuple[str, float]]) -> None:
        """Take some out and put them in elsewhere."""
        order, due = self._order, self._due
        for name, moment in changes:
            del order[bisect_left(order, (due[name], name))]
            due[name] = moment
            insort(order, (moment, name))
