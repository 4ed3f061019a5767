"""Pairs found among neighbours are those that holding each against each would find."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.nearest import nearest

WINDOW = 900

Ticket = tuple[int, int]
Incident = tuple[int, str]

# Few moments, so that some stand at the same one, and some as near to one as to another.
moments = st.integers(0, 12).map(lambda step: step * 150) | st.integers(0, 2_000)
tickets = st.lists(st.tuples(moments, st.integers(1, 30)), max_size=14, unique_by=lambda t: t[1])
incidents = st.lists(
    st.tuples(moments, st.integers(1, 30).map(lambda n: f"P{n}")),
    max_size=14,
    unique_by=lambda i: i[1],
)


def each_against_each(tickets: list[Ticket], incidents: list[Incident]) -> dict[int, str]:
    near = sorted(
        (abs(at - then), ticket_id, incident_id)
        for at, ticket_id in tickets
        for then, incident_id in incidents
        if at - WINDOW <= then <= at + WINDOW
    )
    found: dict[int, str] = {}
    for _, ticket_id, incident_id in near:
        if ticket_id not in found and incident_id not in found.values():
            found[ticket_id] = incident_id
    return found


@settings(max_examples=500)
@given(tickets, incidents)
@example([(0, 1)], [(WINDOW, "P1")])
@example([(0, 1)], [(WINDOW + 1, "P1")])
@example([(WINDOW, 1)], [(0, "P1")])
@example([(WINDOW + 1, 1)], [(0, "P1")])
def test_neighbours_are_enough(tickets: list[Ticket], incidents: list[Incident]) -> None:
    assert nearest(tickets, incidents, WINDOW) == each_against_each(tickets, incidents)


def test_a_storm_of_alerts_is_not_held_each_against_each() -> None:
    """Two thousand of each, all near enough to all, would be four million pairs."""
    storm = range(2_000)
    looked_at = 0

    class Second(int):
        """Counts how often it is held against another."""

        def __le__(self, other: int) -> bool:
            nonlocal looked_at
            looked_at += 1
            return int(self) <= other

    found = nearest(
        [(Second(n * 4), n) for n in storm],
        [(Second(n * 4 + 1), f"P{n:04}") for n in storm],
        10_000,
    )

    assert found == {n: f"P{n:04}" for n in storm}
    assert looked_at < 10 * len(storm)
