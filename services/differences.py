"""Which issues are others than at the last poll? Found without a look at those that are the same.

Values are told apart by identity: what has not changed at the vendor is the very same value again.
"""

from collections.abc import Callable, Iterable, Sequence

from services.domain import Issue


class Told(tuple[Issue, ...]):
    """Issues that know in what they differ from those that were told of before them."""

    _edition: object
    _since: object
    _changes: tuple[list[Issue], list[Issue]] = ([], [])

    def __new__(cls, issues: Iterable[Issue] = ()) -> "Told":
        """Issues that follow on nothing."""
        made = super().__new__(cls, issues)
        made._edition, made._since = object(), None
        return made

    def followed_by(self, issues: Iterable[Issue], gone: list[Issue], come: list[Issue]) -> "Told":
        """The next ones.

        Args:
            issues: All of them.
            gone: Which of these are not among them.
            come: Which of them are not among these.
        """
        made = Told(issues)
        # Not these themselves, which nobody may need any more.
        made._since, made._changes = self._edition, (gone, come)
        return made

    def changes_since(self, before: object) -> "tuple[list[Issue], list[Issue]] | None":
        """What is gone and what has come; None if they do not follow on those."""
        if isinstance(before, Told) and self._since is before._edition:
            return self._changes
        return None


Compare = Callable[[Sequence[Issue], Sequence[Issue]], tuple[Sequence[Issue], Sequence[Issue]]]
"""Tells which values are gone and which have come."""

LOOK_AHEAD = 64
"""Issues compared to find out whether one has come in or gone between two polls."""


def differences(before: Sequence[Issue], after: Sequence[Issue]) -> tuple[list[Issue], list[Issue]]:
    """Which values are gone and which have come, if most of them keep their places.

    Values are told apart by identity. One that is only found far from its place is in both.
    """
    if before is after:
        return [], []
    if isinstance(after, Told) and (known := after.changes_since(before)) is not None:
        return known
    if len(before) == len(after):
        # In most polls everything has kept its place.
        pairs = [(old, new) for old, new in zip(before, after, strict=True) if old is not new]
        if all(old.id == new.id for old, new in pairs):
            return [old for old, _ in pairs], [new for _, new in pairs]
    return _walked_through(before, after)


def _walked_through(
    before: Sequence[Issue], after: Sequence[Issue]
) -> tuple[list[Issue], list[Issue]]:
    gone: list[Issue] = []
    come: list[Issue] = []
    start, other = 0, 0
    while True:
        for run, (old, new) in enumerate(zip(before[start:], after[other:], strict=False)):
            if old is new:
                continue
            if old.id != new.id:
                start, other = start + run, other + run
                break
            gone.append(old)
            come.append(new)
        else:
            shorter = min(len(before) - start, len(after) - other)
            gone += before[start + shorter :]
            come += after[other + shorter :]
            return gone, come
        inserted = _found(before[start], after, other)
        removed = _found(after[other], before, start)
        if inserted:
            come += after[other : other + inserted]
            other += inserted
        elif removed:
            gone += before[start : start + removed]
            start += removed
        else:
            gone.append(before[start])
            come.append(after[other])
            start, other = start + 1, other + 1


def _found(issue: Issue, among: Sequence[Issue], start: int) -> int:
    """How far behind `start` it is, if it is near; else 0."""
    for ahead in range(1, min(LOOK_AHEAD, len(among) - start)):
        if among[start + ahead] is issue:
            return ahead
    return 0


class Compared:
    """`differences`, for several who ask about the same two polls: found once for all of them.

    To look at ten thousand issues is to wait for the memory, however little is done with each.
    """

    def __init__(self) -> None:
        """Nothing has been compared."""
        self._before: Sequence[Issue] = ()
        self._after: Sequence[Issue] = ()
        self._found: tuple[Sequence[Issue], Sequence[Issue]] = ([], [])

    def __call__(
        self, before: Sequence[Issue], after: Sequence[Issue]
    ) -> tuple[Sequence[Issue], Sequence[Issue]]:
        """Which values are gone and which have come."""
        if before is not self._before or after is not self._after:
            self._found = differences(before, after)
            self._before, self._after = before, after
        return self._found
