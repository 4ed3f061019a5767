"""Can I step away? And what changes at five, at nine, and at the turn?"""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from services.boundary import Boundary, Change, boundary_ahead
from services.domain import (
    NEVER,
    Incident,
    IncidentStatus,
    Issue,
    PendingAction,
    Rota,
    Severity,
    Status,
    Ticket,
)
from services.policy.deadlines import Policy
from services.policy.rules import PolicyRules
from services.queue import arrange
from services.rota.away import is_repage, step_away
from tests.rota.stage import CALENDAR, NOON, local, rota, schedule, shift, week

POLICY = Policy(PolicyRules(), CALENDAR)
FRIDAY = local("2026-01-16 16:40")
DAYS, NIGHTS = week("2026-01-12", "Me", "Bo")


def issue(
    id: int, severity: Severity | None, raised: datetime, *, paged: bool = False,
    repage_at: datetime | None = None,
) -> Issue:  # fmt: skip
    """A ticket that nobody has answered, and its page if somebody was paged."""
    ticket = Ticket(
        id, f"ticket {id}", Status.OPEN, raised, raised, severity=severity,
        replied_first=NEVER, replied_last=NEVER, changes_known=True,
    )  # fmt: skip
    page = Incident(
        f"P{id}", id, f"ticket {id}", IncidentStatus.TRIGGERED, raised, raised,
        severity=severity, acknowledged_first=NEVER, noted_last=NEVER, status_updated_last=NEVER,
        pending_actions=(PendingAction("escalate", repage_at),) if repage_at else (),
    )  # fmt: skip
    made = Issue(ticket, page if paged else None)
    return replace(made, promises=POLICY.promises(made.ticket, made.incident))


def ahead(now: datetime, *issues: Issue, known: Rota | None = None) -> Boundary | None:
    known = known or rota(DAYS, NIGHTS, now=now)
    return boundary_ahead(arrange(issues, POLICY, now), (), known, (), CALENDAR, now)


def ids(standing: tuple[object, ...]) -> list[str]:
    return [one.issue.id for one in standing]  # type: ignore[attr-defined]


def test_what_falls_due_meanwhile_is_told_soonest_first() -> None:
    rows = arrange(
        (
            issue(1, Severity.P2, NOON - timedelta(minutes=5)),
            issue(2, Severity.P1, NOON - timedelta(minutes=5)),
            issue(3, Severity.P3, NOON),
            issue(4, Severity.P1, NOON - timedelta(hours=1)),
            issue(5, None, NOON, paged=True, repage_at=NOON + timedelta(minutes=10)),
        ),
        POLICY,
        NOON,
    )
    found = step_away(rows, rota(DAYS, NIGHTS, schedule("Lead", shift("Cy", NOON, FRIDAY))), (),
                      NOON, 30)  # fmt: skip

    assert ids(found.late) == ["zd-4"]
    assert ids(found.due) == ["zd-5+pd-P5", "zd-2", "zd-5+pd-P5", "zd-1"]
    assert [is_repage(due) for due in found.due] == [True, False, False, False]
    assert found.on_call == ("Primary",)
    assert [(cover.who, cover.schedule) for cover in found.cover] == [("Cy", "Lead")]
    assert not found.free


def test_with_nothing_due_and_nobody_paging_one_may_go() -> None:
    saturday = datetime(2026, 1, 17, 12, tzinfo=UTC)
    found = step_away((), rota(DAYS, NIGHTS), (), saturday, 60)

    assert found.free
    assert [cover.who for cover in found.cover] == ["Bo"]


def test_at_five_some_clocks_sleep_and_some_go_on() -> None:
    found = ahead(
        FRIDAY,
        issue(1, Severity.P3, FRIDAY - timedelta(minutes=20)),
        issue(2, Severity.P1, FRIDAY - timedelta(minutes=1), paged=True),
        issue(3, Severity.P1, FRIDAY + timedelta(minutes=5)),
        issue(4, Severity.P2, FRIDAY - timedelta(minutes=15)),
    )

    assert found is not None
    assert (found.at, found.changes) == (
        local("2026-01-16 17:00"),
        frozenset({Change.CLOSES, Change.TURNS}),
    )
    assert ids(found.before) == ["zd-4", "zd-2+pd-P2"]
    assert ids(found.asleep) == ["zd-1"]
    assert found.asleep[0].wakes_at == local("2026-01-19 09:00")
    assert found.asleep[0].due_at == local("2026-01-19 10:20")
    assert ids(found.awake) == ["zd-3"]
    assert [one.id for one in found.write_up] == ["zd-2+pd-P2"]
    assert [(t.schedule, t.before, t.after) for t in found.takeovers] == [
        ("Primary", "Me", ""),
        ("Out of hours", "", "Bo"),
    ]


def test_at_nine_the_sleepers_wake() -> None:
    now = local("2026-01-19 08:35")
    found = ahead(now, issue(1, Severity.P3, FRIDAY), issue(2, Severity.P1, now))

    assert found is not None
    assert found.changes == {Change.OPENS, Change.TURNS}
    assert ids(found.asleep) == ["zd-1"]
    assert ids(found.awake) == ["zd-2"]


def test_there_is_no_boundary_earlier_nor_on_a_bank_holiday() -> None:
    nobody = Rota()
    assert ahead(local("2026-01-16 16:29"), known=nobody) is None
    assert ahead(local("2026-01-16 16:30"), known=nobody) is not None
    assert ahead(local("2026-04-03 16:45"), known=nobody) is None
    assert ahead(local("2026-04-06 08:45"), known=nobody) is None


def test_of_many_schedules_only_my_turns_are_boundaries() -> None:
    now = local("2026-01-14 02:45")
    night = [
        schedule(f"S{n}", shift("Bo", NOON - timedelta(days=1), now + timedelta(minutes=15)))
        for n in range(200)
    ]
    mine = schedule("Mine", shift("Me", now + timedelta(minutes=20), NOON))

    assert ahead(now, known=rota(*night, now=now)) is None
    found = ahead(now, known=rota(*night, mine, now=now))
    assert found is not None
    assert [t.schedule for t in found.takeovers] == ["Mine"]
