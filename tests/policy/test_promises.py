"""Every rule of what is promised, and from when, as a case with a name."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.domain import (
    NEVER,
    UNREAD,
    ClockKind,
    Fact,
    IncidentStatus,
    Kind,
    PendingAction,
    Severity,
    State,
    Status,
    StatusChange,
)
from services.errors import ConfigError
from services.policy.deadlines import Policy
from services.policy.rules import Allowance, PolicyRules
from tests.policy.cases import (
    CALENDAR,
    POLICY,
    answered,
    came_back,
    due,
    incident,
    minutes,
    promised,
    states,
    ticket,
    utc,
)

P1, P2, P3, P4 = Severity


@pytest.mark.parametrize(
    ("severity", "raised", "respond_by"),
    [
        pytest.param(P1, "10:00", "10:20", id="p1-in-hours"),
        pytest.param(P1, "16:59:59", "17:19:59", id="p1-raised-in-hours-runs-on-after-closing"),
        pytest.param(P1, "17:00", "17:40", id="p1-at-closing-is-out-of-hours"),
        pytest.param(P1, "08:59:59.999999", "09:39:59.999999", id="p1-overnight-until-opening"),
        pytest.param(P1, "09:00", "09:20", id="p1-at-opening"),
        pytest.param(P1, "2026-12-25 08:59:30", "2026-12-25 09:39:30", id="p1-christmas-morning"),
        pytest.param(P1, "2026-12-25 12:00", "2026-12-25 12:40", id="p1-waking"),
        pytest.param(P1, "2026-03-29 00:50", "2026-03-29 01:30", id="p1-while-clocks-go-forward"),
        pytest.param(P1, "2026-10-25 00:50", "2026-10-25 01:30", id="p1-while-clocks-go-back"),
        pytest.param(P2, "2026-12-24 16:50", "2026-12-29 09:20", id="p2-over-christmas"),
        pytest.param(P2, "17:00", "2026-01-15 09:30", id="p2-sleeps"),
        pytest.param(P3, "15:00", "17:00", id="p3-up-at-closing"),
        pytest.param(P4, "2026-01-13 11:00", "2026-01-14 11:00", id="p4-a-business-day"),
        pytest.param(P4, "2026-01-17 12:00", "2026-01-19 17:00", id="p4-from-saturday"),
        pytest.param(P4, "2026-12-26 12:00", "2026-12-29 17:00", id="p4-from-boxing-day"),
    ],
)
def test_a_response_is_due(severity: Severity, raised: str, respond_by: str) -> None:
    assert due(ticket(severity, raised)) == {Kind.RESPONSE: utc(respond_by)}
    assert POLICY.what_if(severity, utc(raised)).respond_by == utc(respond_by)


@pytest.mark.parametrize(
    ("raised", "triage_by", "respond_by"),
    [
        pytest.param("10:00", "10:20", "2026-01-16 10:00", id="in-hours"),
        pytest.param("16:50", "2026-01-15 09:10", "2026-01-16 16:50", id="overnight"),
        pytest.param(
            "2026-12-24 16:59:59", "2026-12-29 09:19:59", "2026-12-30 16:59:59", id="christmas"
        ),
    ],
)
def test_an_unclassified_ticket_owes_triage_and_a_first_response(
    raised: str, triage_by: str, respond_by: str
) -> None:
    assert due(ticket(None, raised)) == {
        Kind.TRIAGE: utc(triage_by),
        Kind.FIRST_RESPONSE: utc(respond_by),
    }
    found = POLICY.what_if(None, utc(raised))
    assert (found.triage_by, found.respond_by) == (utc(triage_by), utc(respond_by))


@pytest.mark.parametrize("status", list(IncidentStatus))
@pytest.mark.parametrize(
    ("raised", "triage_by", "rule"),
    [
        pytest.param("10:00", "10:20", "severity.P1.respond", id="in-hours"),
        pytest.param("20:00", "20:40", "severity.P1.respond_out_of_hours", id="overnight"),
    ],
)
def test_where_someone_was_paged_triage_has_the_time_of_a_p1(
    status: IncidentStatus, raised: str, triage_by: str, rule: str
) -> None:
    triage = promised(ticket(None, raised), incident(None, raised, status))[Kind.TRIAGE]

    assert (triage.due_at, triage.rule) == (utc(triage_by), rule)
    assert triage.clock is ClockKind.ALWAYS


def test_a_low_urgency_incident_paged_nobody() -> None:
    quiet = replace(incident(raised="20:00"), urgency="low")

    assert due(None, quiet)[Kind.TRIAGE] == utc("2026-01-15 09:20")


def test_triage_is_over_once_either_vendor_knows_the_severity() -> None:
    assert Kind.TRIAGE not in due(ticket(P4), incident(None))
    assert Kind.TRIAGE not in due(ticket(None), incident(P4))


def test_the_more_severe_of_two_opinions_counts() -> None:
    assert promised(ticket(P3), incident(P1))[Kind.RESPONSE].rule == "severity.P1.respond"
    assert promised(ticket(P2), incident(P4))[Kind.RESPONSE].rule == "severity.P2.respond"


def test_raised_is_when_the_earlier_half_was_made() -> None:
    assert due(ticket(P2, "10:00"), incident(None, "09:50"))[Kind.RESPONSE] == utc("10:20")
    assert due(ticket(P2, "09:50"), incident(None, "10:00"))[Kind.RESPONSE] == utc("10:20")


def test_the_half_raised_first_decides_the_period() -> None:
    assert due(ticket(P1, "09:01"), incident(None, "08:59"))[Kind.RESPONSE] == utc("09:39")


def test_a_p3_made_p1_keeps_raised_and_is_breached_at_once() -> None:
    assert states("10:25", ticket(P3))[Kind.RESPONSE] is State.RUNNING
    assert states("10:25", ticket(P1))[Kind.RESPONSE] is State.BREACHED


@pytest.mark.parametrize("severity", [None, *Severity])
def test_a_status_pauses_no_response_and_no_triage(severity: Severity | None) -> None:
    for status in (Status.PENDING, Status.HOLD):
        assert due(ticket(severity, status=status)) == due(ticket(severity))


def test_a_ticket_is_answered_by_its_first_public_reply_and_not_by_an_acknowledgement() -> None:
    acked = replace(incident(P2), acknowledged_first=Fact(utc("10:05")))

    assert promised(ticket(P2), acked)[Kind.RESPONSE].met_at is None
    assert promised(replace(ticket(P2), **answered("10:07")), acked)[Kind.RESPONSE].met_at == utc(
        "10:07"
    )


def test_an_incident_alone_is_answered_by_its_first_acknowledgement() -> None:
    lone = replace(incident(P1), acknowledged_first=Fact(utc("10:05")), acknowledged_at=None)

    assert promised(None, lone)[Kind.RESPONSE].met_at == utc("10:05")


@pytest.mark.parametrize(
    ("severity", "next_by"),
    [
        pytest.param(P1, "16:30", id="p1-in-an-hour"),
        pytest.param(P2, "2026-01-15 09:30", id="p2-in-two-hours-of-support"),
        pytest.param(P3, "2026-01-15 11:30", id="p3-in-four"),
        pytest.param(P4, "2026-01-16 15:30", id="p4-in-two-business-days"),
    ],
)
def test_an_update_is_due(severity: Severity, next_by: str) -> None:
    told = replace(ticket(severity), **answered("10:05", "15:30"))

    assert due(told)[Kind.UPDATE] == utc(next_by)
    found = POLICY.what_if(severity, utc("10:00"), utc("10:05"), utc("15:30"))
    assert found.update_by == utc(next_by)


def test_no_update_is_owed_before_a_response_nor_on_an_unclassified_issue() -> None:
    stakeholders = replace(incident(), status_updated_last=Fact(utc("10:10")))

    assert Kind.UPDATE not in due(ticket(P2), stakeholders)
    assert Kind.UPDATE not in due(replace(ticket(None), **answered("10:05")))
    assert POLICY.what_if(P2, utc("10:00"), updated=utc("10:05")).update_by is None


def test_what_if_counts_from_the_later_of_responded_and_updated() -> None:
    found = POLICY.what_if(P2, utc("10:00"), utc("11:00"), utc("10:30"))

    assert found.update_by == utc("13:00")


@pytest.mark.parametrize(
    ("facts", "next_by", "reason"),
    [
        pytest.param({}, "12:05", "responded: first public reply", id="responded"),
        pytest.param(
            answered("10:05", "11:00"), "13:00", "updated: last public reply", id="replied-again"
        ),
        pytest.param(
            {"status_changes": came_back("11:30", Status.PENDING)},
            "13:30",
            "resumed: back from pending",
            id="resumed",
        ),
        pytest.param(
            {"status_changes": came_back("11:30", Status.SOLVED)},
            "13:30",
            "resumed: ticket re-opened",
            id="re-opened",
        ),
        pytest.param(
            {"status_changes": came_back("11:30", Status.CLOSED)},
            "13:30",
            "resumed: ticket re-opened",
            id="re-opened-after-closing",
        ),
        pytest.param(
            {"status_changes": came_back("10:01", Status.PENDING)},
            "12:05",
            "responded: first public reply",
            id="resumed-before-the-last-reply",
        ),
        pytest.param(
            {"status_changes": came_back("11:30", Status.PENDING, Status.HOLD)},
            "13:30",
            "resumed: back from pending",
            id="on-hold-it-is-with-us-for-a-p2",
        ),
        pytest.param(
            {"status_changes": came_back("11:30", Status.HOLD)},
            "12:05",
            "responded: first public reply",
            id="hold-never-paused-a-p2",
        ),
        pytest.param(
            {"status_changes": came_back("11:30", Status.NEW)},
            "12:05",
            "responded: first public reply",
            id="new-to-open",
        ),
        pytest.param(
            {"status_changes": came_back("11:30", Status.PENDING, Status.SOLVED)},
            "12:05",
            "responded: first public reply",
            id="solved-is-not-back",
        ),
        pytest.param(
            {"requester_wrote_at": utc("11:45")},
            "12:05",
            "responded: first public reply",
            id="a-requester-who-writes-extends-nothing",
        ),
        pytest.param(
            {"updated_at": utc("11:45")},
            "12:05",
            "responded: first public reply",
            id="nor-does-an-edit",
        ),
    ],
)
def test_an_update_runs_from_the_latest_of_responded_updated_and_resumed(
    facts: dict[str, object], next_by: str, reason: str
) -> None:
    told = replace(ticket(P2), **{**answered("10:05"), **facts})
    update = promised(told)[Kind.UPDATE]

    assert (update.due_at, update.start_reason) == (utc(next_by), reason)


def test_the_latest_of_several_returns_counts() -> None:
    changes = (
        *came_back("11:00", Status.PENDING),
        StatusChange(utc("11:10"), Status.OPEN, Status.PENDING),
        *came_back("12:00", Status.PENDING),
    )
    told = replace(ticket(P2), **answered("10:05"), status_changes=changes)

    assert due(told)[Kind.UPDATE] == utc("14:00")


def test_between_two_statuses_that_pause_nothing_resumes() -> None:
    between = StatusChange(utc("11:00"), Status.PENDING, Status.HOLD)
    told = replace(ticket(P3, status=Status.HOLD), **answered("10:05"), status_changes=(between,))
    back = replace(told, status=Status.OPEN)

    assert promised(told)[Kind.UPDATE].waiting
    assert due(back)[Kind.UPDATE] == utc("14:05")


def test_status_updates_to_stakeholders_count_for_a_pair_and_notes_do_not() -> None:
    told = replace(ticket(P2), **answered("10:05"))
    noted = replace(
        incident(), noted_last=Fact(utc("12:00")), acknowledged_first=Fact(utc("12:30"))
    )
    both = replace(noted, status_updated_last=Fact(utc("11:00")))

    assert due(told, noted)[Kind.UPDATE] == utc("12:05")
    assert due(told, both)[Kind.UPDATE] == utc("13:00")


@pytest.mark.parametrize(
    ("facts", "next_by"),
    [
        pytest.param({}, "11:05", id="acknowledged"),
        pytest.param({"noted_last": Fact(utc("10:30"))}, "11:30", id="noted"),
        pytest.param({"noted_last": Fact(utc("10:01"))}, "11:05", id="noted-before-the-ack"),
        pytest.param({"status_updated_last": Fact(utc("10:40"))}, "11:40", id="status-update"),
    ],
)
def test_on_an_incident_alone_notes_and_status_updates_count(
    facts: dict[str, Fact], next_by: str
) -> None:
    acked = replace(incident(P1), acknowledged_first=Fact(utc("10:05")))

    assert due(None, replace(acked, **facts))[Kind.UPDATE] == utc(next_by)


@pytest.mark.parametrize(
    ("severity", "status", "waits"),
    [
        pytest.param(severity, status, status is Status.PENDING or severity in (P3, P4))
        for severity in Severity
        for status in (Status.PENDING, Status.HOLD)
    ],
)
def test_an_update_waits_while_the_status_pauses_its_severity(
    severity: Severity, status: Status, waits: bool
) -> None:
    told = replace(ticket(severity, status=status), **answered("10:05"))
    update = promised(told)[Kind.UPDATE]

    assert update.waiting is waits
    assert (update.due_at is None) is waits
    assert POLICY.pauses(severity, told) is waits


@pytest.mark.parametrize("status", [Status.NEW, Status.OPEN])
def test_an_open_ticket_never_waits(status: Status) -> None:
    for severity in Severity:
        told = replace(ticket(severity, status=status), **answered("10:05"))
        assert not promised(told)[Kind.UPDATE].waiting


DONE = [status for status in Status if status.done]


@pytest.mark.parametrize("status", DONE)
@pytest.mark.parametrize("severity", Severity)
def test_a_done_ticket_owes_nothing_more_while_its_incident_is_open(
    severity: Severity, status: Status
) -> None:
    told = replace(ticket(severity, status=status), **answered("10:05"))
    unread = replace(told, replied_first=UNREAD, replied_last=UNREAD)

    assert due(ticket(severity, status=status), incident()) == {}
    assert due(unread, incident()) == {}
    assert list(promised(told, incident())) == [Kind.RESPONSE]
    assert promised(told, incident())[Kind.RESPONSE].met_at == utc("10:05")


@pytest.mark.parametrize("status", DONE)
def test_a_done_ticket_that_nobody_triaged_is_to_be_triaged_while_its_incident_is_open(
    status: Status,
) -> None:
    told = replace(ticket(None, status=status), **answered("10:05"))

    assert list(due(ticket(None, status=status), incident())) == [Kind.TRIAGE]
    assert list(due(told, incident())) == [Kind.TRIAGE, Kind.FIRST_RESPONSE]
    assert list(due(told)) == [Kind.FIRST_RESPONSE]
    assert due(ticket(None, status=status), incident(status=IncidentStatus.RESOLVED)) == {}


def test_a_resolved_incident_alone_owes_nothing_more() -> None:
    over = incident(P1, status=IncidentStatus.RESOLVED)
    acked = replace(over, acknowledged_first=Fact(utc("10:05")), noted_last=Fact(utc("10:30")))

    assert due(None, over) == {}
    assert list(promised(None, acked)) == [Kind.RESPONSE]
    assert due(None, incident(None, status=IncidentStatus.RESOLVED)) == {}


def test_an_open_ticket_owes_all_while_its_incident_is_resolved() -> None:
    over = incident(P2, status=IncidentStatus.RESOLVED)

    assert list(due(replace(ticket(P2), **answered("10:05")), over)) == [Kind.RESPONSE, Kind.UPDATE]


def seen(at: str) -> Fact:
    """Something that certainly happened, but not before a moment."""
    return Fact(known=False, not_before=utc(at))


@pytest.mark.parametrize(
    ("first", "last", "known", "update_by"),
    [
        pytest.param(UNREAD, UNREAD, {Kind.RESPONSE: False}, None, id="nothing-read"),
        pytest.param(
            seen("10:05"),
            seen("11:00"),
            {Kind.RESPONSE: False, Kind.UPDATE: False},
            "13:00",
            id="both-happened-some-time",
        ),
        pytest.param(
            UNREAD,
            seen("11:00"),
            {Kind.RESPONSE: False, Kind.UPDATE: False},
            "13:00",
            id="who-answered-last-answered-first",
        ),
        pytest.param(
            Fact(utc("10:05")),
            seen("11:00"),
            {Kind.RESPONSE: True, Kind.UPDATE: False},
            "13:00",
            id="only-the-latest-is-unknown",
        ),
        pytest.param(
            Fact(utc("10:05")),
            UNREAD,
            {Kind.RESPONSE: True, Kind.UPDATE: False},
            "12:05",
            id="the-first-is-the-least-there-is",
        ),
        pytest.param(
            seen("10:05"),
            Fact(utc("11:00")),
            {Kind.RESPONSE: False, Kind.UPDATE: True},
            "13:00",
            id="the-first-does-not-matter-to-the-update",
        ),
        pytest.param(NEVER, NEVER, {Kind.RESPONSE: True}, None, id="never-answered"),
    ],
)
def test_facts_not_read_make_a_promise_unknown_and_due_no_later_than_it_can_be(
    first: Fact, last: Fact, known: dict[Kind, bool], update_by: str | None
) -> None:
    found = promised(replace(ticket(P2), replied_first=first, replied_last=last))

    assert {kind: promise.known for kind, promise in found.items()} == known
    assert found[Kind.RESPONSE].due_at == utc("10:30")
    if update_by is not None:
        assert found[Kind.UPDATE].due_at == utc(update_by)


def test_an_incident_with_unread_log_is_unknown() -> None:
    unread = replace(
        incident(P1), acknowledged_first=UNREAD, noted_last=UNREAD, status_updated_last=UNREAD
    )
    acked = replace(unread, acknowledged_first=seen("10:00"))

    assert {k: p.known for k, p in promised(None, unread).items()} == {Kind.RESPONSE: False}
    assert {k: p.known for k, p in promised(None, acked).items()} == {
        Kind.RESPONSE: False,
        Kind.UPDATE: False,
    }
    assert due(None, acked)[Kind.UPDATE] == utc("11:00")


def test_unread_status_updates_make_the_update_of_a_pair_unknown() -> None:
    told = replace(ticket(P2), **answered("10:05"))
    found = promised(told, replace(incident(), status_updated_last=UNREAD))

    assert found[Kind.RESPONSE].known
    assert not found[Kind.UPDATE].known
    assert found[Kind.UPDATE].due_at == utc("12:05")


def test_unseen_status_changes_make_the_update_unknown_but_not_while_it_waits() -> None:
    unseen = replace(ticket(P2), **answered("10:05"), changes_known=False)
    some_seen = replace(unseen, status_changes=came_back("11:00", Status.PENDING))

    assert states("10:10", unseen)[Kind.UPDATE] is State.UNKNOWN
    assert due(unseen)[Kind.UPDATE] == utc("12:05")
    assert due(some_seen)[Kind.UPDATE] == utc("13:00")
    waiting = replace(unseen, status=Status.PENDING)
    assert states("10:10", waiting)[Kind.UPDATE] is State.WAITING
    assert due(waiting)[Kind.UPDATE] is None


def actions(*pairs: tuple[str, str]) -> tuple[PendingAction, ...]:
    return tuple(PendingAction(kind, utc(at)) for kind, at in pairs)


def test_the_next_page_is_the_earlier_of_unacknowledge_and_escalate() -> None:
    pending = actions(
        ("resolve", "10:10"), ("urgency_change", "10:11"),
        ("escalate", "10:40"), ("unacknowledge", "10:30"),
    )  # fmt: skip
    paged = replace(incident(P4), pending_actions=pending, acknowledged_at=utc("10:05"))
    page = promised(None, paged)[Kind.REPAGE]

    assert (page.due_at, page.started_at) == (utc("10:30"), utc("10:05"))
    assert page.clock is ClockKind.ALWAYS
    assert list(promised(None, paged))[-1] is Kind.REPAGE


def test_where_nothing_pages_anyone_no_page_is_listed() -> None:
    auto = replace(incident(P4), pending_actions=actions(("resolve", "10:10")))
    over = replace(
        incident(P4, status=IncidentStatus.RESOLVED), pending_actions=actions(("escalate", "10:10"))
    )

    assert Kind.REPAGE not in due(None, auto)
    assert due(None, over) == {}


def test_a_page_of_an_unacknowledged_incident_starts_when_it_was_raised() -> None:
    paged = replace(incident(P4), pending_actions=actions(("escalate", "10:40")))

    assert promised(None, paged)[Kind.REPAGE].started_at == utc("10:00")


def test_nothing_is_promised_on_nothing() -> None:
    assert POLICY.promises(None, None) == ()


def with_p1(**change: object) -> PolicyRules:
    rules = PolicyRules()
    p1 = replace(rules.severities[P1], **change)
    return replace(rules, severities={**rules.severities, P1: p1})


def test_a_policy_without_out_of_hours_support_needs_but_another_clock() -> None:
    policy = Policy(with_p1(clock=ClockKind.SUPPORT_HOURS), CALENDAR)

    assert due(ticket(P1, "20:00"), policy=policy)[Kind.RESPONSE] == utc("2026-01-15 09:20")
    paged = due(ticket(None, "20:00"), incident(None, "20:00"), policy)
    assert paged[Kind.TRIAGE] == utc("2026-01-15 09:20")


def test_without_a_time_for_out_of_hours_the_usual_one_holds() -> None:
    policy = Policy(with_p1(respond_out_of_hours=None), CALENDAR)

    assert due(ticket(P1, "20:00"), policy=policy)[Kind.RESPONSE] == utc("20:20")


@pytest.mark.parametrize("line", ["respond", "respond_out_of_hours", "update"])
def test_business_days_on_a_clock_that_always_runs_are_refused(line: str) -> None:
    rules = with_p1(**{line: Allowance(business_days=1)})

    with pytest.raises(ConfigError, match=rf"severity\.P1\.{line}: business days"):
        Policy(rules, CALENDAR)


def test_a_severity_without_a_rule_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"severity\.P1"):
        Policy(replace(PolicyRules(), severities={}), CALENDAR)


def test_no_time_at_all_is_up_when_it_was_raised() -> None:
    policy = Policy(with_p1(clock=ClockKind.SUPPORT_HOURS, respond=Allowance()), CALENDAR)

    assert due(ticket(P1, "20:00"), policy=policy)[Kind.RESPONSE] == utc("20:00")


def test_an_allowance_may_have_both_days_and_hours() -> None:
    half = Allowance(timedelta(hours=1), business_days=1)
    policy = Policy(with_p1(clock=ClockKind.SUPPORT_HOURS, respond=half), CALENDAR)

    assert due(ticket(P1, "10:00"), policy=policy)[Kind.RESPONSE] == utc("2026-01-15 11:00")


def test_promises_come_in_the_order_of_kinds() -> None:
    paged = replace(incident(), pending_actions=actions(("escalate", "10:40")))
    order = list(Kind)
    for severity in (None, *Severity):
        kinds = list(promised(replace(ticket(severity), **answered("10:05")), paged))

        assert kinds == sorted(kinds, key=order.index)


def test_a_reply_to_the_second_of_its_deadline_is_in_time() -> None:
    assert states("11:00", replace(ticket(P2), **answered("10:30"))) == {
        Kind.RESPONSE: State.MET,
        Kind.UPDATE: State.RUNNING,
    }
    late = replace(ticket(P2), **answered("10:30:00.000001"))
    assert states("11:00", late)[Kind.RESPONSE] is State.LATE
    assert minutes(30) == promised(late)[Kind.RESPONSE].allowance
