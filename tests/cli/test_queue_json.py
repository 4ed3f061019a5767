"""The document that scripts read, and the table for people."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.domain import (
    NEVER,
    UNREAD,
    ClockKind,
    Deadline,
    Fact,
    Health,
    Incident,
    IncidentStatus,
    Issue,
    Kind,
    Period,
    Promise,
    Severity,
    Snapshot,
    Source,
    SourceStatus,
    State,
    Status,
    Ticket,
)
from services.queue import Row, urgency
from services.queue_json import queue_document, queue_lines, responded_at, updated_at

NOON = datetime(2026, 1, 6, 12, tzinfo=UTC)
ONE, TWO = NOON + timedelta(hours=1), NOON + timedelta(hours=2)


def ticket(first: Fact = UNREAD, last: Fact = UNREAD, subject: str = "Login fails") -> Ticket:
    return Ticket(
        id=7,
        subject=subject,
        status=Status.OPEN,
        created_at=NOON,
        updated_at=NOON,
        url="https://acme.zendesk.com/agent/tickets/7",
        requester="Ada",
        severity=Severity.P2,
        replied_first=first,
        replied_last=last,
    )


def incident(acknowledged: Fact = UNREAD, noted: Fact = UNREAD, told: Fact = UNREAD) -> Incident:
    return Incident(
        id="Q1",
        number=3,
        title="Login fails",
        status=IncidentStatus.TRIGGERED,
        created_at=NOON,
        updated_at=NOON,
        acknowledged_first=acknowledged,
        noted_last=noted,
        status_updated_last=told,
    )


def row(issue: Issue) -> Row:
    """An issue with a response that is due in 20 minutes."""
    promise = Promise(
        kind=Kind.RESPONSE,
        due_at=NOON + timedelta(minutes=20),
        started_at=NOON,
        allowance=timedelta(minutes=20),
        clock=ClockKind.ALWAYS,
    )
    owed = replace(issue, promises=(promise,))
    states, coming = (State.RUNNING,), Deadline(promise, State.RUNNING)
    return Row(owed, states, coming, urgency(owed, states, coming))


def test_the_document_has_its_shape() -> None:
    snapshot = Snapshot(sources={Source.ZENDESK: SourceStatus(Health.OK, fetched_at=NOON)})
    rows = [row(Issue(ticket(first=Fact(ONE)), incident()))]
    document = queue_document(snapshot, rows, now=NOON, period=Period.IN_HOURS)

    due = "2026-01-06T12:20:00Z"
    assert json.loads(json.dumps(document)) == {
        "generated_at": "2026-01-06T12:00:00Z",
        "period": "in_hours",
        "sources": {
            "zendesk": {"state": "ok", "fetched_at": "2026-01-06T12:00:00Z", "error": None},
            "pagerduty": {"state": "off", "fetched_at": None, "error": None},
        },
        "issues": [
            {
                "id": "zd-7+pd-Q1",
                "ticket": {
                    "id": 7,
                    "status": "open",
                    "url": "https://acme.zendesk.com/agent/tickets/7",
                },
                "incident": {"id": "Q1", "number": 3, "status": "triggered", "url": ""},
                "subject": "Login fails",
                "severity": "P2",
                "severity_sources": {"tag": "P2", "priority": None},
                "requester": "Ada",
                "assignee": None,
                "raised_at": "2026-01-06T12:00:00Z",
                "responded_at": "2026-01-06T13:00:00Z",
                "updated_at": None,
                "deadlines": [
                    {"kind": "response", "due_at": due, "met_at": None, "state": "running"}
                ],
                "next": {"kind": "response", "due_at": due},
            }
        ],
    }


def test_text_is_raw_and_survives_half_a_character() -> None:
    rows = [row(Issue(ticket(subject="\x1b[31m \ud800"), None))]
    document = queue_document(Snapshot(), rows, now=NOON, period=Period.IN_HOURS)

    assert json.dumps(document).isascii()
    assert json.loads(json.dumps(document))["issues"][0]["subject"] == "\x1b[31m \ud800"


@pytest.mark.parametrize(
    ("issue", "responded", "updated"),
    [
        pytest.param(Issue(ticket(NEVER, NEVER), None), None, None, id="unanswered"),
        pytest.param(Issue(ticket(Fact(ONE), Fact(TWO)), None), ONE, TWO, id="ticket"),
        pytest.param(
            Issue(ticket(Fact(ONE), Fact(ONE)), incident(told=Fact(TWO))), ONE, TWO, id="pair"
        ),
        pytest.param(
            Issue(ticket(Fact(ONE), Fact(ONE)), incident(Fact(NOON), told=UNREAD)),
            ONE,
            None,
            id="pair-half-read",
        ),
        pytest.param(
            Issue(None, incident(Fact(NOON), noted=Fact(TWO), told=Fact(ONE))),
            NOON,
            TWO,
            id="incident",
        ),
        pytest.param(Issue(None, incident()), None, None, id="unread"),
    ],
)
def test_only_what_is_known_is_told(
    issue: Issue, responded: datetime | None, updated: datetime | None
) -> None:
    assert (responded_at(issue), updated_at(issue)) == (responded, updated)


def test_the_table_is_aligned_and_holds_no_control_characters() -> None:
    rows = [
        row(Issue(ticket(subject="bad\x1b[31m\nnews"), None)),
        Row(bare := Issue(None, incident()), (), None, urgency(bare, (), None)),
    ]
    lines = queue_lines(rows, NOON)

    marks = zip(lines, ("ISSUE", "zd-7", "pd-Q1"), strict=True)
    assert len({line.index(mark) for line, mark in marks}) == 1
    assert "in 20m" in lines[1]
    assert all(line.isprintable() for line in lines)
