"""A list kept in blocks is always what sorting all of it anew would give."""

from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ordered import BLOCK, Ordered, Place

T0 = datetime(2026, 3, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """Told apart from others by who it is, though it may stand where another does."""

    place: Place

    @property
    def urgency(self) -> float:
        """What its place begins with."""
        return self.place[0]


def entry(where: int, alike: int) -> Entry:
    """One of `alike` in a row that stand by the same number."""
    return Entry((float(where // alike), where % alike % 2, T0, f"{where % alike:04}"))


numbers = st.sets(st.integers(0, 2_000), max_size=40)
spans = st.tuples(st.integers(0, 2_000), st.integers(0, 3 * BLOCK)).map(
    lambda span: set(range(span[0], span[0] + span[1]))
)


@given(
    st.sampled_from([1, 5, 3 * BLOCK]),
    spans,
    st.lists(st.tuples(numbers | spans, numbers | spans), max_size=6),
)
def test_whatever_comes_and_goes_it_is_in_order(
    alike: int, first: set[int], steps: list[tuple[set[int], set[int]]]
) -> None:
    held = {where: entry(where, alike) for where in first}
    ordered = Ordered(sorted(held.values(), key=attrgetter("place")))
    for out, into in steps:
        out &= held.keys()
        into -= held.keys() - out
        ordered.discard([held.pop(where) for where in out])
        fresh = {where: entry(where, alike) for where in into}
        held |= fresh
        ordered.insert(fresh.values())

        expected = sorted(held.values(), key=attrgetter("place"))
        assert [id(e) for e in ordered.entries()] == [id(e) for e in expected]
        assert bool(ordered) is bool(held)


@pytest.mark.parametrize("where", [0, 1, 3, 5, 9])
def test_what_is_not_there_cannot_go(where: int) -> None:
    one, five = entry(1, 1), entry(5, 1)
    ordered = Ordered([one, five])

    with pytest.raises(ValueError, match="no such entry"):
        ordered.discard([entry(where, 1)])
    assert ordered.entries() == [one, five]
