"""Does the handover name every open issue once, where it belongs, with all that is to be said?"""

from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from services.domain import (
    Fact,
    Happening,
    Health,
    History,
    Issue,
    Severity,
    Source,
    SourceStatus,
    Status,
)
from services.handover.facts import HandoverFacts
from services.handover.text import handover
from services.journal.records import Deed
from services.letters import Draft, Letter, LetterState, OverrideCreate
from services.queue import arrange
from services.rota.shift import ShiftSpan, shift_at
from tests.rota.stage import CALENDAR, HOUR, local, rota, schedule, week
from tests.screen.stage import NOON, POLICY, incident, issue

MINUTE = timedelta(minutes=1)
SPAN = ShiftSpan(NOON - 3 * HOUR, NOON + 5 * HOUR, NOON + 21 * HOUR)
BOTH = frozenset({Source.ZENDESK, Source.PAGERDUTY})
SAID = Fact(NOON - 2 * MINUTE)


def facts(*issues: Issue, **changes: object) -> HandoverFacts:
    rows = arrange(issues, POLICY, NOON)
    made = HandoverFacts(NOON, SPAN, rows, history=History(SPAN.since, read=BOTH))
    return replace(made, **changes)


def section(text: str, title: str) -> list[str]:
    """The lines below a heading."""
    _, _, rest = text.partition(f"## {title}")
    return [line for line in rest.partition("\n## ")[0].splitlines()[1:] if line]


def letter(state: LetterState, on: str, label: str, **more: object) -> Letter:
    made = Letter(
        id=1, op="a" * 32, action="b" * 32, issue=on, form="reply", label=label,
        write=OverrideCreate(schedule_id="S", user_id="P", start=NOON, end=NOON + HOUR),
        state=state, queued_at=NOON, hold_until=NOON,
    )  # fmt: skip
    return msgspec.structs.replace(made, **more)


QUEUE = (
    issue(1, "late one", 45),
    issue(2, "soon due", 5),
    issue(3, "due another day", 5, severity=Severity.P4),
    issue(4, "with them", 50, status=Status.PENDING, replied_first=SAID, replied_last=SAID),
    incident(5, "paging"),
)


def test_every_open_issue_is_named_once_where_it_belongs() -> None:
    text = handover(facts(*QUEUE), POLICY)
    names = ["#1 late one", "#2 soon due", "#3 due another", "#4 with them", "PagerDuty #5 paging"]

    assert [text.count(name) for name in names] == [1] * 5
    assert section(text, "Overdue")[0] == (
        "- **P2** #1 late one: response OVERDUE by 15 min, since 11:45; ticket open; with nobody"
    )
    assert len(section(text, "Due until the next shift ends, Thu 15 Jan 09:00 (2)")) == 2
    assert "#3" in section(text, "Due later (1)")[0]
    assert "#4" in section(text, "Waiting on requesters (1)")[0]
    assert "Open: 5; 1 overdue, 2 due until the next shift ends" in text


def test_what_was_done_and_what_was_not_sent_stands_with_its_issue() -> None:
    happened = tuple(
        Happening(NOON - n * MINUTE, Source.ZENDESK, kind, "Ann", f"zd-{on}", subject)
        for n, kind, on, subject in (
            (50, "public reply", 2, "soon due"),
            (20, "public reply", 2, "soon due"),
            (10, "solved", 9, "done *with*"),
            (300, "public reply", 2, "before the shift"),
        )
    )
    text = handover(
        facts(
            *QUEUE,
            history=History(SPAN.since, happened, read=BOTH),
            drafts=(Draft(issue="zd-1", form="reply", saved_at=NOON),),
            letters=(
                letter(LetterState.REFUSED, "zd-2", "Reply to #2", reason="Too long."),
                letter(LetterState.QUEUED, "new", "Raise an issue"),
                letter(LetterState.SENT, "zd-3", "Reply to #3"),
            ),
        ),
        POLICY,
    )

    assert section(text, "Overdue")[1] == "  - NOT SENT: draft of reply"
    assert section(text, "Due until")[2:4] == [
        "  - Ann: public reply 11:10, 11:40",
        "  - NOT SENT: reply (refused, Too long.)",
    ]
    assert section(text, "Done this shift (1)") == [
        "- #9 done \\*with\\*",
        "  - Ann: solved 11:50",
    ]
    assert section(text, "Not sent (3)") == [
        "2 beside the open issues above.",
        "- NOT SENT: Raise an issue (queued)",
    ]
    assert text.count("#2") == 1


def test_what_the_vendors_cannot_tell_is_told_from_the_journal() -> None:
    deeds = (
        Deed(key="1", at=NOON - MINUTE, kind="acknowledged", anchor="pd-P5", who="Bo", text=""),
        Deed(key="2", at=NOON - MINUTE, kind="sent", anchor="zd-1", who="", text="Reply to #1"),
        Deed(key="3", at=NOON - MINUTE, kind="sent", anchor="rota", who="", text="Swap A and B"),
    )
    silent = History(SPAN.since, troubles=("PagerDuty does not allow this.",))
    alone = handover(facts(*QUEUE, deeds=deeds, history=silent), POLICY)
    both = handover(facts(*QUEUE, deeds=deeds), POLICY)

    assert "NOT COMPLETE: PagerDuty does not allow this." in alone
    assert "  - Bo: acknowledged 11:59" in alone
    assert "acknowledged 11:59" not in both
    assert section(both, "Done this shift (1)") == ["- 11:59: Swap A and B"]


def test_what_is_old_or_not_read_yet_is_said() -> None:
    sources = {
        Source.ZENDESK: SourceStatus(Health.STALE, NOON - 9 * MINUTE, "It is unreachable.", 3),
        Source.PAGERDUTY: SourceStatus(Health.ERROR, None, "Wrong token."),
    }
    text = handover(facts(sources=sources, history=None), POLICY)

    assert "NOT UP TO DATE: Zendesk as of 11:51: It is unreachable." in text
    assert "NOT UP TO DATE: PagerDuty not read: Wrong token." in text
    assert "- Open: at least 0; 0 overdue" in text
    assert "NOT COMPLETE: what was done this shift is still being read" in text


def test_a_stranger_s_subject_is_no_markup_and_remarks_stay_as_typed() -> None:
    nasty = "[x](http://e) <img> **b** `c`\n# d\x1b[2J"
    text = handover(facts(issue(7, nasty, 5), remarks="* Router *flaky*\n* Ask Ann"), POLICY)

    assert "\\[x\\](http://e) \\<img> \\*\\*b\\*\\* \\`c\\` # d␛\\[2J" in text
    assert text.endswith("## Remarks\n\n* Router *flaky*\n* Ask Ann\n")


@pytest.mark.parametrize(
    ("now", "span"),
    [
        pytest.param("2026-01-14 12:00", ("14 09:00", "14 17:00", "15 09:00"), id="mine"),
        pytest.param("2026-01-14 17:40", ("14 09:00", "14 17:00", "15 09:00"), id="just-over"),
        pytest.param("2026-01-14 20:00", ("14 17:00", "15 09:00", "15 17:00"), id="theirs"),
        pytest.param("2026-01-18 12:00", ("16 17:00", "19 09:00", "19 17:00"), id="weekend"),
    ],
)
def test_the_shift_is_mine_or_that_of_whoever_is_on(now: str, span: tuple[str, ...]) -> None:
    days, nights = week("2026-01-12", "Me", "Bo")
    at = local(now)
    found = shift_at(rota(days, nights, now=at), (), CALENDAR, at)

    assert (found.since, found.ends, found.next_ends) == tuple(local(f"2026-01-{t}") for t in span)


def test_without_a_rota_the_shift_is_the_period_of_the_day() -> None:
    night = shift_at(rota(schedule("Empty")), (), CALENDAR, local("2026-01-14 20:00"))
    day = shift_at(rota(), (), CALENDAR, local("2026-01-14 12:00"))

    assert (day.since, day.ends) == (local("2026-01-14 09:00"), local("2026-01-14 17:00"))
    assert (night.since, night.ends) == (local("2026-01-14 17:00"), local("2026-01-15 09:00"))
    assert day.next_ends == local("2026-01-15 09:00")
