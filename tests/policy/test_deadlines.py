"""Every rule of the policy, as a case with a name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain import (
    NEVER,
    UNREAD,
    ClockKind,
    Fact,
    Incident,
    IncidentStatus,
    Issue,
    Kind,
    PendingAction,
    Severity,
    State,
    Status,
    StatusChange,
    Ticket,
)
from services.policy.calendar import SupportCalendar, from_micros
from services.policy.deadlines import Policy, next_deadline
from services.policy.holidays import bank_holidays
from services.policy.receipt import receipt
from services.policy.rules import PolicyRules
from services.queue import arrange, changes_at

POLICY = Policy(PolicyRules(), SupportCalendar(PolicyRules().hours, bank_holidays("GB", "ENG")))
MONDAY = datetime(2026, 1, 12, tzinfo=UTC)


def at(hours: float, day: int = 0) -> datetime:
    """Hours into Monday 12 January 2026, or so many days later; winter, so UTC is local."""
    return MONDAY + timedelta(days=day, hours=hours)


def ticket(severity: Severity | None = None, raised: float = 10, **facts: Any) -> Ticket:
    made = Ticket(
        id=1,
        subject="API down",
        status=Status.OPEN,
        created_at=at(raised),
        updated_at=at(raised),
        severity=severity,
        replied_first=NEVER,
        replied_last=NEVER,
        changes_known=True,
    )
    return replace(made, **facts)


def incident(severity: Severity | None = None, raised: float = 10, **facts: Any) -> Incident:
    made = Incident(
        id="PA",
        number=1,
        title="API down",
        status=IncidentStatus.TRIGGERED,
        created_at=at(raised),
        updated_at=at(raised),
        severity=severity,
        acknowledged_first=NEVER,
        noted_last=NEVER,
        status_updated_last=NEVER,
    )
    return replace(made, **facts)


def answered(first: float, last: float | None = None) -> dict[str, Any]:
    latest = last if last is not None else first
    return {"replied_first": Fact(at(first)), "replied_last": Fact(at(latest))}


def due(ticket: Ticket | None, incident: Incident | None = None) -> dict[Kind, datetime | None]:
    return {promise.kind: promise.due_at for promise in POLICY.promises(ticket, incident)}


def states(
    now: datetime, ticket: Ticket | None, incident: Incident | None = None
) -> dict[Kind, State]:
    return {p.kind: POLICY.state(p, now) for p in POLICY.promises(ticket, incident)}


@pytest.mark.parametrize(
    ("severity", "raised", "expected"),
    [
        pytest.param("P2", "2026-12-24T16:50:00Z", "2026-12-29T09:20:00Z", id="over-christmas"),
        pytest.param("P4", "2026-12-26T12:00:00Z", "2026-12-29T17:00:00Z", id="boxing-day"),
        pytest.param("P1", "2026-12-25T08:59:30Z", "2026-12-25T09:39:30Z", id="raised-overnight"),
        pytest.param("P1", "2026-12-24T16:59:59Z", "2026-12-24T17:19:59Z", id="raised-in-hours"),
        pytest.param(None, "2026-12-24T16:59:59Z", "2026-12-30T16:59:59Z", id="unclassified"),
        pytest.param("P3", "2026-01-12T15:00:00Z", "2026-01-12T17:00:00Z", id="at-closing"),
    ],
)
def test_respond_by(severity: str | None, raised: str, expected: str) -> None:
    found = POLICY.what_if(Severity(severity) if severity else None, datetime.fromisoformat(raised))

    assert found.respond_by == datetime.fromisoformat(expected)


def test_an_unclassified_ticket_owes_triage_and_a_first_response() -> None:
    assert due(ticket()) == {Kind.TRIAGE: at(10, 0) + timedelta(minutes=20),
                             Kind.FIRST_RESPONSE: at(10, 2)}  # fmt: skip


@pytest.mark.parametrize("status", [IncidentStatus.TRIGGERED, IncidentStatus.RESOLVED])
def test_where_someone_was_paged_triage_has_the_time_of_a_p1(status: IncidentStatus) -> None:
    page = incident(raised=20, status=status)

    assert due(ticket(raised=20.1), page)[Kind.TRIAGE] == at(20) + timedelta(minutes=40)


def test_a_low_urgency_incident_pages_nobody() -> None:
    assert due(ticket(), incident(urgency="low"))[Kind.TRIAGE] == at(10) + timedelta(minutes=20)


def test_raised_is_the_earlier_of_the_two() -> None:
    assert due(ticket(Severity.P2, raised=10), incident(raised=9.9))[Kind.RESPONSE] == at(10.4)


def test_a_response_in_time_is_met_and_one_after_it_late() -> None:
    in_time = ticket(Severity.P2, **answered(10.5))
    late = ticket(Severity.P2, **answered(10.6))

    assert states(at(11), in_time)[Kind.RESPONSE] is State.MET
    assert states(at(11), late)[Kind.RESPONSE] is State.LATE


def test_an_update_runs_from_the_latest_answer() -> None:
    assert due(ticket(Severity.P2, **answered(10.2, 12)))[Kind.UPDATE] == at(14)


def test_a_status_update_to_stakeholders_resets_the_update_of_a_pair() -> None:
    page = incident(status_updated_last=Fact(at(13)))

    assert due(ticket(Severity.P2, **answered(10.2)), page)[Kind.UPDATE] == at(15)


def test_an_incident_alone_is_answered_by_its_first_acknowledgement_and_notes() -> None:
    page = incident(
        Severity.P1, acknowledged_first=Fact(at(10.25)), noted_last=Fact(at(11)), raised=10
    )

    assert states(at(11.5), None, page)[Kind.RESPONSE] is State.MET
    assert due(None, page)[Kind.UPDATE] == at(12)


@pytest.mark.parametrize(
    ("severity", "status", "waits"),
    [
        pytest.param(Severity.P1, Status.PENDING, True, id="p1-pending"),
        pytest.param(Severity.P2, Status.HOLD, False, id="p2-hold-goes-on"),
        pytest.param(Severity.P3, Status.HOLD, True, id="p3-hold"),
    ],
)
def test_only_the_update_waits_while_the_status_pauses_it(
    severity: Severity, status: Status, waits: bool
) -> None:
    owed = ticket(severity, status=status, **answered(10.1))

    assert (due(owed)[Kind.UPDATE] is None) is waits
    assert due(ticket(severity, status=status))[Kind.RESPONSE] is not None


def test_an_update_runs_anew_from_the_moment_the_ticket_came_back() -> None:
    back = (StatusChange(at(13), Status.PENDING, Status.OPEN),)

    assert due(ticket(Severity.P2, status_changes=back, **answered(10.1)))[Kind.UPDATE] == at(15)


def test_leaving_a_status_that_does_not_pause_this_severity_resumes_nothing() -> None:
    back = (StatusChange(at(13), Status.HOLD, Status.OPEN),)

    assert due(ticket(Severity.P2, status_changes=back, **answered(10.1)))[Kind.UPDATE] == at(12.1)


def test_a_reopened_ticket_resumes() -> None:
    back = (StatusChange(at(13), Status.SOLVED, Status.OPEN),)

    assert due(ticket(Severity.P2, status_changes=back, **answered(10.1)))[Kind.UPDATE] == at(15)


def test_facts_not_read_are_unknown_with_the_earliest_due_moment() -> None:
    unread = ticket(
        Severity.P2,
        replied_first=Fact(known=False, not_before=at(10.1)),
        replied_last=Fact(known=False, not_before=at(11)),
    )

    assert states(at(16), unread) == {Kind.RESPONSE: State.UNKNOWN, Kind.UPDATE: State.UNKNOWN}
    assert due(unread)[Kind.UPDATE] == at(13)


def test_whether_it_was_answered_at_all_may_be_unknown() -> None:
    unread = ticket(Severity.P2, replied_first=UNREAD, replied_last=UNREAD)

    assert states(at(16), unread) == {Kind.RESPONSE: State.UNKNOWN}


def test_status_changes_nobody_saw_make_the_update_unknown() -> None:
    unseen = ticket(Severity.P2, changes_known=False, **answered(10.1))

    assert states(at(11), unseen)[Kind.UPDATE] is State.UNKNOWN


def test_a_solved_ticket_owes_nothing_while_its_incident_is_open() -> None:
    assert due(ticket(Severity.P2, status=Status.SOLVED), incident()) == {}


def test_the_earlier_of_unacknowledge_and_escalate_pages_again_and_is_never_next() -> None:
    actions = tuple(
        PendingAction(kind, at(hour))
        for kind, hour in (("resolve", 10.1), ("escalate", 10.4), ("unacknowledge", 10.3))
    )
    issue = Issue(None, incident(Severity.P4, pending_actions=actions))
    issue = replace(issue, promises=POLICY.promises(None, issue.incident))
    deadlines = POLICY.deadlines(issue, at(10.25))

    assert [(d.kind, d.due_at, d.state) for d in deadlines][-1] == (
        Kind.REPAGE, at(10.3), State.SOON,
    )  # fmt: skip
    first = next_deadline(deadlines)
    assert first is not None
    assert first.kind is Kind.RESPONSE


@pytest.mark.parametrize(
    ("hour", "state"),
    [
        pytest.param(15.1, State.RUNNING, id="running"),
        pytest.param(16.6, State.SOON, id="a-quarter-left"),
        pytest.param(17.0, State.PAUSED, id="closing-time-is-closed"),
        pytest.param(30.0, State.PAUSED, id="overnight"),
        pytest.param(33.0, State.SOON, id="at-opening"),
        pytest.param(33.2, State.BREACHED, id="past-due"),
        pytest.param(50.0, State.BREACHED, id="breached-also-while-asleep"),
    ],
)
def test_the_states_of_a_response_raised_at_five_past_three(hour: float, state: State) -> None:
    assert states(at(hour), ticket(Severity.P3, raised=15.1))[Kind.RESPONSE] is state


def test_it_is_breached_only_past_the_due_moment() -> None:
    owed = ticket(Severity.P2, raised=10)

    assert states(at(10.5), owed)[Kind.RESPONSE] is State.SOON
    assert states(at(10.5) + timedelta(seconds=1), owed)[Kind.RESPONSE] is State.BREACHED


def test_a_policy_without_out_of_hours_support_puts_p1_to_sleep() -> None:
    rules = PolicyRules()
    p1 = replace(rules.severities[Severity.P1], clock=ClockKind.SUPPORT_HOURS)
    rules = replace(rules, severities={**rules.severities, Severity.P1: p1})
    policy = Policy(rules, POLICY.calendar)

    assert policy.what_if(Severity.P1, at(20)).respond_by == at(9, 1) + timedelta(minutes=20)


@given(
    st.sampled_from([None, *Severity]),
    st.integers(1514764800, 2240438400).map(lambda s: from_micros(s * 1_000_000)),
    st.timedeltas(timedelta(0), timedelta(days=6)),
    st.floats(0.001, 1),
)
def test_a_state_changes_no_earlier_than_said_and_exactly_then(
    severity: Severity | None, raised: datetime, later: timedelta, part: float
) -> None:
    owed = replace(ticket(severity), created_at=raised, updated_at=raised)
    now = raised + later
    for promise in POLICY.promises(owed, None):
        state, turn = POLICY.state(promise, now), POLICY.changes_at(promise, now)
        if turn is None:
            assert POLICY.state(promise, now + timedelta(days=40)) is state
            continue
        assert POLICY.state(promise, turn) is not state
        assert POLICY.state(promise, now + (turn - now) * part * 0.999) is state


def test_the_queue_is_ordered_breached_first_then_by_due_then_nothing_due_then_waiting() -> None:
    def issue(number: int, made: Ticket) -> Issue:
        made = replace(made, id=number)
        return Issue(made, None, POLICY.promises(made, None))

    queue = [
        issue(1, ticket(Severity.P3, status=Status.PENDING, **answered(10.1))),
        issue(2, ticket(Severity.P4, raised=15)),
        issue(3, ticket(Severity.P2, raised=10)),
        issue(4, ticket(Severity.P1, raised=15)),
        issue(5, ticket(None, raised=14)),
    ]
    rows = arrange(queue, POLICY, at(15.4))

    assert [row.issue.id for row in rows] == ["zd-4", "zd-5", "zd-3", "zd-2", "zd-1"]
    assert changes_at(rows, POLICY, at(15.4)) is not None


def test_the_receipt_names_rule_start_skipped_days_and_due() -> None:
    made = replace(ticket(Severity.P2), created_at=datetime(2026, 12, 24, 16, 50, tzinfo=UTC))
    promise = POLICY.promises(made, None)[0]
    lines = dict(receipt(promise, POLICY, made.created_at).lines)

    assert lines["Rule"] == "30 min (severity.P2.respond)"
    assert lines["Started"] == "Thu 24 Dec 16:50:00 GMT, raised"
    assert lines["Due"] == "Tue 29 Dec 09:20:00 GMT (2026-12-29 09:20:00 UTC)"
    skipped = [text for label, text in receipt(promise, POLICY, made.created_at).lines
               if label == "Skipped"]  # fmt: skip
    assert any(text.startswith("Christmas Day") for text in skipped)
