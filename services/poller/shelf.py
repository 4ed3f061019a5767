"""Which single issues come last, because they could not be read the last time?

Without it, one issue that cannot be read would stand at the head of the line for ever, and those
behind it would never be known.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from services.errors import Forbidden, NotFound, Rejected, ServiceError, UnexpectedReply

K = TypeVar("K")


def about_one(error: ServiceError) -> bool:
    """Whether the trouble is with what was asked about, and not with the vendor."""
    return isinstance(error, Forbidden | NotFound | Rejected | UnexpectedReply)


class Shelf(Generic[K]):
    """How often each went wrong."""

    def __init__(self) -> None:
        self._times: Counter[K] = Counter()

    def put(self, key: K) -> None:
        """It went wrong: others first."""
        self._times[key] += 1

    def take(self, key: K) -> None:
        """It went well, or is of no interest any more."""
        self._times.pop(key, None)

    def times(self, key: K) -> int:
        """How often it went wrong in a row; to be sorted by."""
        return self._times[key]

    async def read(
        self,
        keys: Iterable[K],
        read: Callable[[K], Awaitable[object]],
        to_spare: Callable[[], bool],
    ) -> None:
        """Read these, one by one; one that cannot be read waits its turn again.

        Args:
            keys: In this order.
            read: Reads one of them.
            to_spare: Whether there may be another; when not, the rest is left.

        Raises:
            ServiceError: The trouble is with the vendor; those read before count.
        """
        for key in keys:
            if not to_spare():
                return
            try:
                await read(key)
            except ServiceError as error:
                if not about_one(error):
                    raise
                self.put(key)
            else:
                self.take(key)
