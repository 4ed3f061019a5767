"""Has the laptop slept, or has its clock been set?

Then what is on the screen is older than it seems, and is asked for again at once.
"""

from services.clock import ServerClock

LOOK_EVERY = 2.0
"""Seconds between two looks."""

LONGEST_NAP = 8.0
"""Seconds by which a look may be late without meaning anything: a busy laptop."""


class Vigil:
    """Keeps looking."""

    def __init__(self, clock: ServerClock) -> None:
        self._clock = clock

    async def leap(self) -> None:
        """Return as soon as time has leapt: nobody lived through it, or somebody set the clock."""
        while True:
            before = self._clock.monotonic()
            await self._clock.sleep(LOOK_EVERY)
            slept = self._clock.monotonic() - before > LOOK_EVERY + LONGEST_NAP
            if self._clock.leapt() or slept:
                return
