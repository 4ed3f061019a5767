"""Which change of a ticket's counters tells what, without reading the ticket?"""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.domain import NEVER, Fact, Status, StatusChange, Ticket
from services.ticket_facts import TicketMemory, learn, with_audits, with_comments
from services.zendesk.records import Comment, Metrics, ReplyTime, TicketRecord

RAISED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIRST = RAISED + timedelta(minutes=30)
LAST = RAISED + timedelta(hours=2)
NEW = RAISED + timedelta(hours=3, seconds=17)
REQUESTER, AGENT = 7, 1


def record(
    *,
    replies: int | None = 2,
    comments: int | None = 4,
    latest: datetime | None = NEW,
    status: Status = Status.OPEN,
    status_at: datetime | None = RAISED,
    updated: datetime = NEW,
    submitter: int = REQUESTER,
    requester_is_agent: bool = False,
) -> TicketRecord:
    ticket = Ticket(1, "Deploys hang", status, RAISED, updated, requester_id=REQUESTER)
    metrics = Metrics(replies, ReplyTime(30), latest, None, status_at)
    return TicketRecord(ticket, metrics, comments, submitter, requester_is_agent)


BEFORE = TicketMemory(Status.OPEN, LAST, 2, 4, RAISED, Fact(FIRST), Fact(LAST), changes_known=True)
UNREPLIED = replace(BEFORE, replies=0, comment_count=1, replied_first=NEVER, replied_last=NEVER)


def comment(number: int, at: datetime, *, public: bool = True, by_agent: bool = True) -> Comment:
    author = AGENT if by_agent else REQUESTER
    return Comment(number, at, author, "Ada", by_agent, not by_agent, public, "text", None)


@pytest.mark.parametrize(
    ("fresh", "last"),
    [
        pytest.param(record(), Fact(LAST), id="nothing changed"),
        pytest.param(record(replies=3, comments=5), Fact(NEW), id="one reply"),
        pytest.param(record(comments=5), Fact(LAST), id="a note or the requester"),
    ],
)
def test_one_change_at_a_time_is_told_by_the_counters(fresh: TicketRecord, last: Fact) -> None:
    memory = learn(fresh, BEFORE)

    assert memory.replied_first == Fact(FIRST)
    assert memory.replied_last == last
    assert not memory.needs_comments


@pytest.mark.parametrize(
    "fresh",
    [
        pytest.param(record(comments=6), id="two comments"),
        pytest.param(record(replies=3, comments=6), id="a reply and another comment"),
        pytest.param(record(replies=4, comments=6), id="two replies"),
        pytest.param(record(replies=3, comments=4), id="a reply without a comment"),
        pytest.param(record(replies=1, comments=4), id="fewer replies"),
        pytest.param(record(comments=3), id="fewer comments"),
        pytest.param(record(replies=3, comments=5, latest=None), id="no moment"),
        pytest.param(record(comments=None), id="no comment count"),
        pytest.param(record(replies=None), id="no replies counted"),
        pytest.param(record(replies=3, comments=5, submitter=AGENT), id="raised by an agent"),
        pytest.param(record(replies=3, comments=5, requester_is_agent=True), id="for an agent"),
    ],
)
def test_what_the_counters_cannot_tell_is_read_and_bounded_by_what_is_certain(
    fresh: TicketRecord,
) -> None:
    memory = learn(fresh, BEFORE)

    assert memory.needs_comments
    assert memory.replied_first == Fact(FIRST)
    assert memory.replied_last == Fact(known=False, not_before=LAST)


def test_the_first_reply_of_all_is_exact_to_the_second() -> None:
    memory = learn(record(replies=1, comments=2), UNREPLIED)

    assert memory.replied_first == memory.replied_last == Fact(NEW)


def test_a_ticket_seen_for_the_first_time_without_replies_has_none() -> None:
    memory = learn(record(replies=0, comments=3), None)

    assert memory.replied_first == memory.replied_last == NEVER


def test_a_replied_ticket_seen_for_the_first_time_is_bounded_by_its_minutes() -> None:
    memory = learn(record(), None)

    assert memory.replied_last == Fact(known=False, not_before=FIRST)


@pytest.mark.parametrize(
    "fresh",
    [
        pytest.param(record(submitter=AGENT), id="raised by an agent"),
        pytest.param(record(requester_is_agent=True), id="for an agent"),
    ],
)
def test_replies_that_may_be_the_requesters_own_words_certify_nothing(fresh: TicketRecord) -> None:
    assert learn(fresh, None).replied_first == Fact(known=False)


def test_a_stale_record_teaches_nothing() -> None:
    stale = record(replies=9, comments=9, updated=LAST - timedelta(seconds=1))

    assert learn(stale, BEFORE) is BEFORE


def test_a_status_change_that_was_seen_is_kept() -> None:
    memory = learn(record(status=Status.PENDING, status_at=NEW), BEFORE)

    assert memory.status_changes == (StatusChange(NEW, Status.OPEN, Status.PENDING),)
    assert memory.changes_known


def test_a_status_that_changed_and_changed_back_sends_us_to_the_audits() -> None:
    memory = learn(record(status_at=NEW), BEFORE)

    assert memory.needs_audits(paused=False)
    assert not memory.needs_audits(paused=True)


def test_comments_tell_the_first_and_the_last_public_answer_of_an_agent() -> None:
    said = [
        comment(5, NEW, public=False),
        comment(4, LAST),
        comment(3, FIRST + timedelta(minutes=1), by_agent=False),
        comment(2, FIRST),
    ]

    memory = with_comments(learn(record(), None), said)

    assert (memory.replied_first, memory.replied_last) == (Fact(FIRST), Fact(LAST))


def test_comments_without_a_public_answer_say_never() -> None:
    memory = with_comments(learn(record(), None), [comment(2, FIRST, public=False)])

    assert memory.replied_first == memory.replied_last == NEVER


def test_audits_settle_when_the_ticket_came_back() -> None:
    change = StatusChange(NEW, Status.PENDING, Status.OPEN)
    memory = with_audits(learn(record(status_at=NEW), BEFORE), [change])

    assert memory.status_changes == (change,)
    assert not memory.needs_audits(paused=False)
