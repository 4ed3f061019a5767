"""The order of the queue rests on the deadlines."""

from msgspec.structs import replace

from services.domain import Issue, Severity, Status, Ticket
from services.queue import arrange, changes_at
from tests.policy.cases import POLICY, answered, ticket, utc


def queued(number: int, made: Ticket) -> Issue:
    made = replace(made, id=number)
    return Issue(made, None, POLICY.promises(made, None))


def test_the_queue_is_breached_first_then_by_due_then_nothing_due_then_waiting() -> None:
    pending = ticket(Severity.P3, status=Status.PENDING)
    queue = [
        queued(1, replace(pending, **answered("10:06"))),
        queued(2, ticket(Severity.P4, "15:00")),
        queued(3, ticket(Severity.P2, "10:00")),
        queued(4, ticket(Severity.P1, "15:00")),
        queued(5, ticket(None, "14:00")),
    ]

    rows = arrange(queue, POLICY, utc("15:24"))

    assert [row.issue.id for row in rows] == ["zd-4", "zd-5", "zd-3", "zd-2", "zd-1"]


def test_the_queue_says_when_it_may_change_next() -> None:
    queue = [queued(1, ticket(Severity.P3, "10:00")), queued(2, ticket(Severity.P4, "10:00"))]
    rows = arrange(queue, POLICY, utc("11:00"))

    assert changes_at(rows, POLICY, utc("11:00")) == utc("11:30")
