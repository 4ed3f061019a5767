"""Which comments of a ticket hold the first and the latest public answer of an agent?

The newest page is enough for all but very long tickets. The oldest comment of all is the
description, which never counts. Source: Zendesk `/tickets/{id}/comments`.
"""

from collections.abc import Iterable

from services.domain import Source, Ticket
from services.poller.ending import Ending
from services.zendesk.client import Zendesk
from services.zendesk.records import Comment


async def answers(client: Zendesk, ticket: Ticket) -> list[Comment]:
    """Comments that hold both, if there are any.

    Raises:
        ServiceError: They could not be read.
    """
    newest, whole = await _until_answered(client, ticket, newest_first=True)
    if whole:
        return in_order(newest)[1:]
    oldest, _ = await _until_answered(client, ticket, newest_first=False)
    return newest + oldest


async def _until_answered(
    client: Zendesk, ticket: Ticket, *, newest_first: bool
) -> tuple[list[Comment], bool]:
    """Comments from one end up to the first page with an agent's answer; and if that is all.

    From the oldest end the description is left out.
    """
    said: list[Comment] = []
    cursor: str | None = None
    ending = Ending(Source.ZENDESK, "comments")
    while True:
        page = await client.comments(
            ticket.id, ticket.requester_id, newest_first=newest_first, cursor=cursor
        )
        said += page.comments
        found = said if newest_first else in_order(said)[1:]
        if not page.more:
            return (said, True) if newest_first else (found, True)
        if _answered(found):
            return found, False
        ending.goes_on(len({comment.id for comment in said}))
        cursor = page.cursor


def in_order(comments: Iterable[Comment]) -> list[Comment]:
    """Oldest first."""
    return sorted(comments, key=lambda comment: (comment.at, comment.id))


def _answered(comments: Iterable[Comment]) -> bool:
    return any(comment.public and comment.by_agent for comment in comments)
