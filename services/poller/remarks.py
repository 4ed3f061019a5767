"""What is to be said beside the queue: what is amiss now, and what is to be known once?"""

from collections.abc import Iterable

from msgspec import Struct

from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.standing import Standing
from services.poller.zendesk_feed import ZendeskFeed


class Remarks(Struct, frozen=True):
    """What others than the vendors want to be said."""

    now: tuple[str, ...] = ()
    """What is amiss at this moment."""
    once: tuple[str, ...] = ()
    """What is to be said a single time."""


def amiss(
    remarks: Remarks, zendesk: ZendeskFeed | None, pagerduty: PagerDutyFeed | None
) -> tuple[str, ...]:
    """What is amiss at this moment, a plain line each."""
    lines = list(remarks.now)
    for name, feed in (("Zendesk", zendesk), ("PagerDuty", pagerduty)):
        if feed is None:
            continue
        lines += [f"{name}: {trouble}" for trouble in feed.troubles]
        if feed.skipped:
            count = len(feed.skipped)
            lines.append(f"{name}: {count} unreadable record(s) left out ({feed.skipped[0]})")
    return tuple(lines)


def to_be_known(
    remarks: Remarks, standing: Standing, feeds: Iterable[ZendeskFeed | PagerDutyFeed | None]
) -> tuple[str, ...]:
    """What the operator is to be told once, as far as it is known by now."""
    lines = list(remarks.once)
    for words in standing.words.values():
        lines += words
    for feed in feeds:
        lines += feed.lacks if feed is not None else ()
    return tuple(lines)
