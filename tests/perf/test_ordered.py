"""A list kept in blocks is always what sorting all of it anew would give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ordered import BLOCK, Ordered

numbers = st.sets(st.integers(0, 2_000), max_size=40)
spans = st.tuples(st.integers(0, 2_000), st.integers(0, 3 * BLOCK)).map(
    lambda span: set(range(span[0], span[0] + span[1]))
)


@given(spans, st.lists(st.tuples(numbers | spans, numbers | spans), max_size=6))
def test_whatever_comes_and_goes_it_is_in_order(
    first: set[int], steps: list[tuple[set[int], set[int]]]
) -> None:
    held = {key: object() for key in first}
    ordered = Ordered(sorted(held), [held[key] for key in sorted(held)])
    for out, into in steps:
        out &= held.keys()
        into -= held.keys() - out
        ordered.discard([(key, held.pop(key)) for key in out])
        held |= {key: object() for key in into}
        ordered.insert([(key, held[key]) for key in into])

        assert list(ordered.every_key()) == sorted(held)
        assert ordered.values() == [held[key] for key in sorted(held)]
        assert bool(ordered) is bool(held)


@pytest.mark.parametrize("gone", [(1, "b"), (2, "a"), (0, "z"), (9, "z")])
def test_what_is_not_there_cannot_go(gone: tuple[int, str]) -> None:
    ordered = Ordered([1, 5], ["a", "c"])

    with pytest.raises(ValueError, match="no such entry"):
        ordered.discard([gone])
    assert ordered.values() == ["a", "c"]
