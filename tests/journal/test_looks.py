"""What is looked at for the journal is just what has changed, or where something fell due."""

from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.domain import Issue, Snapshot
from services.journal.journal import Journal
from services.journal.looks import Looks
from tests.perf.canned import by_minutes, canned, canned_issue
from tests.policy.cases import POLICY
from tests.screen.stage import NOON

MINUTE = timedelta(minutes=1)

steps = st.lists(
    st.tuples(
        # Which issues are open, which done, which are other values than before, minutes passed.
        st.lists(st.integers(0, 9), unique=True, max_size=10),
        st.sets(st.integers(0, 9)),
        st.sets(st.integers(0, 9)),
        st.integers(0, 90),
        st.integers(0, 12),
    ),
    min_size=1,
    max_size=12,
)


class Naive:
    """The same by looking at every issue every time."""

    def __init__(self) -> None:
        self.looked: dict[str, tuple[Issue, datetime | None]] = {}

    def wanted(self, snapshot: Snapshot, now: datetime) -> dict[str, Issue]:
        here = {issue.id: issue for issue in (*snapshot.issues, *snapshot.done)}
        self.looked = {name: known for name, known in self.looked.items() if name in here}
        found = {}
        for name, issue in here.items():
            known = self.looked.get(name)
            if known is None or known[0] is not issue or (known[1] is not None and now > known[1]):
                found[name] = issue
        return found

    def look(self, issues: list[Issue], now: datetime) -> None:
        for issue in issues:
            coming = [p.due_at for p in issue.promises if p.due_at is not None and p.due_at >= now]
            self.looked[issue.id] = (issue, min(coming, default=None))


@given(steps)
def test_it_finds_what_looking_at_every_issue_would(
    told: list[tuple[list[int], set[int], set[int], int, int]],
) -> None:
    looks, naive, now = Looks(), Naive(), NOON
    made = {n: canned_issue(n, NOON + n * 20 * MINUTE, NOON) for n in range(10)}
    for order, done, others, minutes, most in told:
        now += minutes * MINUTE
        for n in others:
            made[n] = replace(made[n])
        snapshot = Snapshot(
            tuple(made[n] for n in order if n not in done),
            done=tuple(made[n] for n in order if n in done),
        )
        looks.take(snapshot, now)
        wanted = naive.wanted(snapshot, now)
        first = looks.first(most)

        assert {issue.id: issue for issue in looks.first(99)} == wanted
        assert len(looks) == len(wanted)
        assert all(wanted[issue.id] is issue for issue in first)
        looks.looked_at(first, now)
        naive.look(first, now)


def test_what_waits_when_it_is_quit_is_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.take(canned(20, NOON, by_minutes), POLICY, NOON)
    assert journal.waits
    journal.close()
    again = Journal(tmp_path / "journal.db")
    kept = again.promises(NOON - timedelta(days=9), NOON + timedelta(days=9))
    again.close()

    assert len({one.record.anchor for one in kept}) == 20
