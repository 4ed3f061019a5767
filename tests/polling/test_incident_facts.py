"""What does the log of an incident tell?"""

from datetime import UTC, datetime, timedelta

from services.domain import NEVER, Fact, Incident, IncidentStatus
from services.incident_facts import IncidentMemory, learn, with_facts
from services.pagerduty.records import LogEntry

RAISED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INCIDENT = Incident("Q1", 1, "Smoke", IncidentStatus.TRIGGERED, RAISED, RAISED)


def entry(kind: str, minutes: float, *, by_person: bool = True) -> LogEntry:
    at = RAISED + timedelta(minutes=minutes)
    return LogEntry(f"R{kind}{minutes}", at, kind, "Q1", "Ada", by_person, "", None)


def at(minutes: float) -> Fact:
    return Fact(RAISED + timedelta(minutes=minutes))


def test_the_first_acknowledgement_outlives_an_unacknowledge() -> None:
    log = [entry("acknowledge", 40), entry("unacknowledge", 30), entry("acknowledge", 5)]

    told = with_facts(INCIDENT, learn(IncidentMemory(complete=True), log))

    assert told.acknowledged_first == at(5)


def test_the_latest_note_and_status_update_count_in_any_order_and_repeats_do_no_harm() -> None:
    log = [entry("annotate", 20), entry("annotate", 10), entry("status_update", 15)] * 2

    told = with_facts(INCIDENT, learn(IncidentMemory(complete=True), log))

    assert (told.noted_last, told.status_updated_last) == (at(20), at(15))


def test_an_integration_is_nobody() -> None:
    log = [entry("acknowledge", 1, by_person=False), entry("annotate", 2, by_person=False)]

    told = with_facts(INCIDENT, learn(IncidentMemory(complete=True), log))

    assert told.acknowledged_first == told.noted_last == NEVER


def test_an_incomplete_log_is_never_certain() -> None:
    memory = learn(IncidentMemory(), [entry("acknowledge", 5), entry("annotate", 9)])

    told = with_facts(INCIDENT, memory)

    assert told.acknowledged_first == Fact(known=False, not_before=RAISED)
    assert told.noted_last == Fact(known=False, not_before=RAISED + timedelta(minutes=9))


def test_an_incomplete_log_without_an_acknowledgement_may_have_had_none() -> None:
    assert with_facts(INCIDENT, IncidentMemory()).acknowledged_first == Fact(known=False)
