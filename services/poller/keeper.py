"""How does what was learned survive the next start? A disk in trouble does not stop the polling."""

import asyncio

from msgspec.structs import replace

from services.clock import Clock
from services.desk import Desk
from services.domain import Snapshot
from services.errors import StoreError
from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.zendesk_feed import ZendeskFeed
from services.store import Store

SAVE_EVERY = 30.0
"""Seconds between two saves of the queue."""


class Keeper:
    """Saves, now and then and at the end."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.trouble = ""
        """Why nothing can be kept; empty as a rule."""
        self._store = store
        self._clock = clock
        self._saved_at = -SAVE_EVERY
        self._pairs: dict[int, str] = {}
        """Those saved since the start."""

    async def keep_facts(self, feed: ZendeskFeed | PagerDutyFeed | None) -> None:
        """Save what a cycle has learned."""
        if feed is None:
            return
        try:
            await feed.save()
            self.trouble = ""
        except StoreError as error:
            self.trouble = error.headline

    async def keep_queue_fresh(self, snapshot: Snapshot, desk: Desk) -> None:
        """Save the queue for the next start if it was not lately, a little at a time."""
        now = self._clock.monotonic()
        if now - self._saved_at < SAVE_EVERY:
            return
        self._saved_at = now
        try:
            for _ in self._store.prepare_queue(snapshot.issues, self._clock.now()):
                await asyncio.sleep(0)
        except StoreError as error:
            self.trouble = error.headline
        else:
            self.keep_queue(snapshot, desk)

    def keep_queue(self, snapshot: Snapshot, desk: Desk) -> None:
        """Save the queue for the next start, now."""
        try:
            self._store.save_queue(replace(snapshot, done=()), self._clock.now())
            remembered = desk.pairs.remembered
            if new := dict(remembered.items() - self._pairs.items()):
                self._store.save_pairs(new)
                self._pairs = dict(remembered)
        except StoreError as error:
            self.trouble = error.headline
