"""The receipt says all that the sum needs, in plain words."""

import pytest
from msgspec.structs import replace

from services.domain import UNREAD, Kind, Severity, Status
from services.policy.receipt import receipt
from tests.policy.cases import POLICY, answered, came_back, incident, promised, ticket, utc

P1, P2, P3, P4 = Severity


def test_a_receipt_over_christmas() -> None:
    owed = promised(ticket(P2, "2026-12-24 16:50"))[Kind.RESPONSE]

    found = receipt(owed, POLICY, utc("2026-12-25 10:00"))

    assert found.title == "Response"
    assert found.lines == (
        ("Rule", "30 min of support time (severity.P2.respond)"),
        ("Started", "Thu 24 Dec 2026 16:50:00 GMT (raised)"),
        (
            "Clock",
            "runs in support hours: Mon-Fri 09:00-17:00 Europe/London, not on bank holidays",
        ),
        (
            "Skipped",
            "Thu 24 Dec 17:00 to Tue 29 Dec 09:00: Fri 25 Dec Christmas Day, Sat 26 Dec weekend, "
            "Sun 27 Dec weekend, Mon 28 Dec Boxing Day (observed)",
        ),
        ("Due", "Tue 29 Dec 2026 09:20:00 GMT = 2026-12-29T09:20:00Z"),
        (
            "Now",
            "paused with 20 min of support time left; wakes Tue 29 Dec 2026 09:00:00 GMT",
        ),
    )


def lines(kind: Kind, now: str, *halves: object) -> dict[str, str]:
    """The lines of a receipt; of several with one label, the last."""
    made = promised(*halves)[kind]  # type: ignore[arg-type]
    return dict(receipt(made, POLICY, utc(now)).lines)


def test_it_says_why_a_p1_had_more_time() -> None:
    found = lines(Kind.RESPONSE, "20:10", ticket(P1, "20:00"))

    assert found["Rule"] == "40 min (severity.P1.respond_out_of_hours)"
    assert found["Because"] == "raised out of hours (overnight)"
    assert found["Clock"] == "always runs: nights, weekends and holidays count"


def test_it_says_that_someone_was_paged() -> None:
    found = lines(
        Kind.TRIAGE, "2026-01-17 12:10", ticket(None, "2026-01-17 12:00"),
        incident(None, "2026-01-17 12:00"),
    )  # fmt: skip

    assert found["Because"] == (
        "someone was paged, so P1's time to respond counts; raised out of hours (by day)"
    )


def test_it_gives_business_days_and_what_they_are() -> None:
    found = lines(Kind.FIRST_RESPONSE, "11:00", ticket(None))

    assert found["Rule"] == (
        "2 business days, that is 16 h of support time (severity.unclassified.first_response)"
    )


def test_it_minds_a_clock_change_on_the_way() -> None:
    found = lines(Kind.RESPONSE, "2026-03-27 16:00", ticket(P3, "2026-03-27 16:00"))

    assert found["Mind"] == "the clocks change on the way, from GMT to BST"
    assert found["Due"] == "Mon 30 Mar 2026 10:00:00 BST = 2026-03-30T09:00:00Z"


def test_many_nights_are_counted_and_weekends_still_named() -> None:
    owed = promised(ticket(P4))[Kind.RESPONSE]
    owed = replace(owed, due_at=utc("2026-01-22 10:00"), allowance=POLICY.calendar.business_day * 6)
    skipped = [text for label, text in receipt(owed, POLICY, utc("11:00")).lines
               if label == "Skipped"]  # fmt: skip

    assert skipped == [
        "5 nights, Wed 14 Jan 17:00 to Thu 22 Jan 09:00",
        "Fri 16 Jan 17:00 to Mon 19 Jan 09:00: Sat 17 Jan weekend, Sun 18 Jan weekend",
    ]


@pytest.mark.parametrize(
    ("now", "says"),
    [
        pytest.param("10:10", "running: 1 h 50 min left", id="running"),
        pytest.param("11:45:20", "soon: 14 min 40 s left", id="soon"),
        pytest.param("12:00:30", "breached 30 s ago", id="breached"),
    ],
)
def test_it_says_how_things_stand(now: str, says: str) -> None:
    assert lines(Kind.RESPONSE, now, ticket(P3))["Now"] == says


@pytest.mark.parametrize(
    ("replied", "says"),
    [
        pytest.param("10:10", "done Wed 14 Jan 2026 10:10:00 GMT, 20 min early", id="met"),
        pytest.param("10:31", "done Wed 14 Jan 2026 10:31:00 GMT, 1 min too late", id="late"),
    ],
)
def test_it_says_when_it_was_done(replied: str, says: str) -> None:
    told = replace(ticket(P2), **answered(replied))

    assert lines(Kind.RESPONSE, "11:00", told)["Now"] == says


def test_of_one_that_waits_it_gives_no_due_moment() -> None:
    told = replace(ticket(P3, status=Status.HOLD), **answered("10:10"))
    found = lines(Kind.UPDATE, "11:00", told)

    assert "Due" not in found
    assert found["Because"] == "the ticket is on hold: it waits for someone else"
    assert found["Now"].startswith("waiting")


def test_it_gives_the_evidence_that_set_the_clock_off() -> None:
    back = replace(
        ticket(P2), **answered("10:10"), status_changes=came_back("11:00", Status.PENDING)
    )

    assert lines(Kind.UPDATE, "11:30", back)["Started"] == (
        "Wed 14 Jan 2026 11:00:00 GMT (resumed: back from pending)"
    )


def test_what_is_not_known_is_said_and_no_moment_is_passed_off_as_certain() -> None:
    unread = replace(ticket(P2), **answered("10:10"), changes_known=False)
    found = lines(Kind.UPDATE, "11:00", unread)

    assert found["Started"].startswith("Wed 14 Jan 2026 10:10:00 GMT, or later")
    assert found["Due"].startswith("not before Wed 14 Jan 2026 12:10:00 GMT")
    assert found["Now"].startswith("not known yet")
    unsure = replace(ticket(P2), replied_first=UNREAD, replied_last=UNREAD)
    assert lines(Kind.RESPONSE, "11:00", unsure)["Due"].startswith("Wed 14 Jan 2026 10:30:00 GMT")
