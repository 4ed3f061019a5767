"""Is every promise in the journal once, with the right outcome, whoever looked and when?"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.domain import (
    NEVER,
    Fact,
    Health,
    Incident,
    IncidentStatus,
    Issue,
    Kind,
    Severity,
    Snapshot,
    Source,
    SourceStatus,
    Status,
    StatusChange,
    Ticket,
)
from services.journal.journal import Journal
from services.journal.records import Deed, Kept, Outcome
from services.letters import Letter, LetterState, OverrideCreate
from services.policy.deadlines import Policy
from services.policy.rules import PolicyRules
from tests.rota.stage import CALENDAR, NOON

POLICY = Policy(PolicyRules(), CALENDAR)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def fact(minute: float | None) -> Fact:
    return NEVER if minute is None else Fact(NOON + minute * MINUTE)


def ticket(
    severity: Severity | None = Severity.P2,
    *,
    first: float | None = None,
    last: float | None = None,
    status: Status = Status.OPEN,
    changed: float = 0,
    returned: float | None = None,
) -> Ticket:
    """Raised at noon; all else in minutes after that."""
    back = NOON + (returned or 0) * MINUTE
    return Ticket(
        7, "It broke", status, NOON, NOON + changed * MINUTE, severity=severity,
        replied_first=fact(first), replied_last=fact(first if last is None else last),
        status_changes=(StatusChange(back, Status.PENDING, Status.OPEN),) if returned else (),
        changes_known=True,
    )  # fmt: skip


def issue(half: Ticket | None, page: Incident | None = None) -> Issue:
    return Issue(half, page, POLICY.promises(half, page))


def page(acknowledged: float | None = None, changed: float = 0) -> Incident:
    return Incident(
        "PX", 12, "It broke", IncidentStatus.TRIGGERED, NOON - MINUTE, NOON + changed * MINUTE,
        severity=Severity.P2, acknowledged_first=fact(acknowledged), noted_last=NEVER,
        status_updated_last=NEVER,
    )  # fmt: skip


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = Journal(None)
    yield made
    made.close()


def look(journal: Journal, minute: float, *issues: Issue, done: tuple[Issue, ...] = ()) -> int:
    """Everything is as given, so many minutes after noon."""
    now = NOON + minute * MINUTE
    ok = SourceStatus(Health.OK, now)
    snapshot = Snapshot(issues, {Source.ZENDESK: ok, Source.PAGERDUTY: ok}, done=done)
    return journal.observe(snapshot, POLICY, now)


def kept(journal: Journal) -> list[Kept]:
    return list(journal.promises(NOON - 9 * DAY, NOON + 9 * DAY))


def outcomes(journal: Journal) -> dict[Kind, Outcome]:
    return {one.record.kind: one.record.outcome for one in kept(journal)}


def test_an_answer_is_judged_by_its_own_moment_whenever_it_is_seen(journal: Journal) -> None:
    """P2: 30 minutes to respond; nobody looked until the next day."""
    look(journal, 1000, issue(ticket(first=29)))
    (met,) = [one.record for one in kept(journal) if one.record.kind is Kind.RESPONSE]

    assert (met.outcome, met.met_at, met.taken) == (Outcome.MET, NOON + 29 * MINUTE, 29 * 60)


def test_a_missed_answer_becomes_a_late_one(journal: Journal) -> None:
    look(journal, 1, issue(ticket()))
    before = outcomes(journal)
    look(journal, 31, issue(ticket()))
    missed = outcomes(journal)
    look(journal, 45, issue(ticket(first=40)))

    assert before == {Kind.RESPONSE: Outcome.OPEN}
    assert missed == {Kind.RESPONSE: Outcome.MISSED}
    assert outcomes(journal)[Kind.RESPONSE] is Outcome.LATE
    (record,) = [one.record for one in kept(journal) if one.record.kind is Kind.RESPONSE]
    assert ("Started", "Wed 14 Jan 2026 12:00:00 GMT (raised)") in record.receipt


def test_classifying_an_issue_leaves_one_answer_promised(journal: Journal) -> None:
    look(journal, 1, issue(ticket(None)))
    look(journal, 2, issue(ticket(Severity.P3, changed=2)))
    look(journal, 5, issue(ticket(Severity.P3, first=4, changed=4)))

    assert outcomes(journal) == {
        Kind.TRIAGE: Outcome.MET,
        Kind.RESPONSE: Outcome.MET,
        Kind.UPDATE: Outcome.OPEN,
    }


@pytest.mark.parametrize(
    ("seen", "changed", "outcome"),
    [
        pytest.param(1, 15, Outcome.MET, id="in-time-while-away"),
        pytest.param(1, 40, Outcome.UNKNOWN, id="changed-later-while-away"),
        pytest.param(25, 40, Outcome.LATE, id="seen-untriaged-after-it-was-due"),
        pytest.param(39, 40, Outcome.LATE, id="watched"),
    ],
)
def test_a_triage_is_only_judged_as_far_as_somebody_looked(
    journal: Journal, seen: float, changed: float, outcome: Outcome
) -> None:
    """20 minutes to triage; the last change of the ticket is the latest it can have been."""
    look(journal, seen, issue(ticket(None)))
    look(journal, 41, issue(ticket(Severity.P3, changed=changed)))

    assert outcomes(journal)[Kind.TRIAGE] is outcome


def test_each_word_promises_the_next_and_each_promise_is_kept_once(journal: Journal) -> None:
    """P2: an update every 2 hours."""
    for minute in (6, 60, 100, 101):
        look(journal, minute, issue(ticket(first=5, last=5 if minute < 101 else 100.5)))
    for minute in (200, 224, 225):
        look(journal, minute, issue(ticket(first=5, last=100.5 if minute < 225 else 224.5)))
    updates = [one.record for one in kept(journal) if one.record.kind is Kind.UPDATE]

    assert [(r.outcome, r.started_at) for r in updates] == [
        (Outcome.MET, NOON + 5 * MINUTE),
        (Outcome.LATE, NOON + 100.5 * MINUTE),
        (Outcome.OPEN, NOON + 224.5 * MINUTE),
    ]


def test_words_said_while_nobody_looked_leave_it_open_until_they_are_read(
    journal: Journal,
) -> None:
    look(journal, 6, issue(ticket(first=5)))
    look(journal, 230, issue(ticket(first=5, last=220)))
    unsure = [one.record.outcome for one in kept(journal) if one.record.kind is Kind.UPDATE]
    said = [NOON + minute * MINUTE for minute in (5, 90, 220)]
    journal.learn_words({"zd-7": said}, POLICY)
    sure = [one.record for one in kept(journal) if one.record.kind is Kind.UPDATE]

    assert unsure == [Outcome.UNKNOWN, Outcome.OPEN]
    assert (sure[0].outcome, sure[0].met_at) == (Outcome.MET, said[1])
    assert sure[1].outcome is Outcome.OPEN


def test_what_waits_for_the_requester_owes_nothing(journal: Journal) -> None:
    look(journal, 6, issue(ticket(first=5)))
    look(journal, 7, issue(ticket(first=5, status=Status.PENDING)))
    paused = outcomes(journal)
    look(journal, 300, issue(ticket(first=5, returned=290)))

    assert paused[Kind.UPDATE] is Outcome.LET_GO
    updates = [one.record.outcome for one in kept(journal) if one.record.kind is Kind.UPDATE]
    assert updates == [Outcome.LET_GO, Outcome.OPEN]


def test_an_issue_that_is_closed_without_a_word_missed_only_what_was_due(
    journal: Journal,
) -> None:
    look(journal, 1, issue(ticket()))
    look(journal, 60, done=(issue(ticket(status=Status.SOLVED, changed=10)),))
    early = outcomes(journal)
    other = Journal(None)
    look(other, 1, issue(ticket()))
    look(other, 60, done=(issue(ticket(status=Status.SOLVED, changed=50)),))

    assert early == {Kind.RESPONSE: Outcome.LET_GO}
    assert outcomes(other) == {Kind.RESPONSE: Outcome.MISSED}
    other.close()


def test_an_incident_whose_ticket_comes_later_is_counted_once(journal: Journal) -> None:
    look(journal, 1, issue(None, page()))
    look(journal, 5, issue(ticket(first=4), page(3)))
    answers = [one.record for one in kept(journal) if one.record.kind is Kind.RESPONSE]

    assert [(r.key, r.outcome) for r in answers] == [("zd-7/answer", Outcome.MET)]
    assert [d.kind for d in journal.deeds(NOON - DAY, NOON + DAY)] == ["acknowledged"]


def test_old_or_broken_data_is_not_judged_by(journal: Journal) -> None:
    now = NOON + 60 * MINUTE
    for status in (
        SourceStatus(Health.STALE, now),
        SourceStatus(Health.OK, now - 3 * MINUTE),
        SourceStatus(Health.ERROR),
    ):
        sources = {Source.ZENDESK: status, Source.PAGERDUTY: SourceStatus(Health.OFF)}
        journal.observe(Snapshot((issue(ticket()),), sources), POLICY, now)

    assert kept(journal) == []


def test_a_restart_and_a_second_dashboard_add_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    one, other = Journal(path), Journal(path)
    for minute in range(0, 300, 7):
        last = 5 + minute // 60 * 60
        now = issue(ticket(first=5 if minute > 5 else None, last=last if minute > 5 else None))
        look(one, minute, now)
        look(other, minute + 0.1, now)
    count = len(kept(one))
    one.close()
    again = Journal(path)
    look(again, 295, issue(ticket(first=5, last=245)))

    assert path.stat().st_mode & 0o077 == 0
    assert len(kept(again)) == count == len(kept(other))
    assert Counter(one.record.key for one in kept(again)).most_common(1)[0][1] == 1
    again.close()
    other.close()


def test_thousands_are_looked_at_bit_by_bit_and_none_is_left_out(journal: Journal) -> None:
    many = [
        Issue(t, None, POLICY.promises(t, None))
        for t in (replace(ticket(), id=number) for number in range(1200))
    ]
    found = [look(journal, minute, *many) for minute in (1, 1.2, 1.4, 1.6)]

    assert found == [500, 500, 200, 0]
    assert len(kept(journal)) == 1200


def test_customers_words_go_when_they_are_old_and_the_counts_stay(journal: Journal) -> None:
    look(journal, 31, issue(ticket(), page(10)))
    later = NOON + 40 * DAY
    journal.give_reason("zd-7/answer", "Busy.")
    still_open = journal.old(later, {"zd-7"}, forget=True)
    due = journal.old(later, set(), forget=False)
    gone = journal.old(later, set(), forget=True)

    assert (still_open, due, gone) == (0, 2, 2)
    assert journal.old(later, set(), forget=False) == 0
    ((record, reason),) = [(one.record, one.reason) for one in kept(journal)
                           if one.record.kind is Kind.RESPONSE]  # fmt: skip
    assert (record.subject, record.outcome, reason) == ("", Outcome.MISSED, "Busy.")


def test_what_was_sent_is_noted_once(journal: Journal) -> None:
    letter = Letter(
        id=1, op="a" * 32, action="b" * 32, issue="rota", form="swap", label="Swap Ann and Bo",
        write=OverrideCreate(schedule_id="S", user_id="P", start=NOON, end=NOON + DAY),
        state=LetterState.SENT, queued_at=NOON, hold_until=NOON, settled_at=NOON + MINUTE,
    )  # fmt: skip
    journal.note_letters([letter, letter])
    journal.note_letters([letter])
    journal.note([Deed(key="other", at=NOON, kind="sent", anchor="zd-1", who="", text="Reply")])

    assert [d.text for d in journal.deeds(NOON, NOON + DAY)] == ["Reply", "Swap Ann and Bo"]


def test_a_reason_and_remarks_stay(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    first = Journal(path)
    look(first, 31, issue(ticket()))
    first.give_reason("zd-7/answer", " Two P1s at once. ")
    look(first, 45, issue(ticket(first=40)))
    first.keep_remarks("2026-01-14", "The router is flaky.")
    first.close()
    again = Journal(path)

    assert {one.reason for one in kept(again)} == {"Two P1s at once.", ""}
    assert again.remarks("2026-01-14") == "The router is flaky."
    assert again.remarks("2026-01-15") == ""
    again.close()


moments = st.lists(st.integers(1, 600), min_size=1, max_size=9, unique=True).map(sorted)


@given(moments, moments)
def test_however_one_looks_no_promise_is_twice_and_the_first_answer_is_the_truth(
    said: list[int], looks: list[int]
) -> None:
    journal = Journal(None)
    for minute in looks:
        words = [at for at in said if at <= minute]
        now = ticket(first=words[0] if words else None, last=words[-1] if words else None)
        look(journal, minute, issue(now))
        look(journal, minute, issue(replace(now)))
    records = [one.record for one in kept(journal)]
    journal.close()
    answers = [r for r in records if r.kind is Kind.RESPONSE]

    assert len({r.key for r in records}) == len(records)
    assert len(answers) == 1
    answered = said[0] <= looks[-1]
    if answered:
        assert answers[0].outcome is (Outcome.MET if said[0] <= 30 else Outcome.LATE)
    for record in records:
        if record.kind is Kind.UPDATE and record.outcome in (Outcome.MET, Outcome.LATE):
            due = (record.due_at - NOON) / MINUTE
            start = (record.started_at - NOON) / MINUTE
            first = min(at for at in said if at > start)
            assert (first <= due) is (record.outcome is Outcome.MET)
