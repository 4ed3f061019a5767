"""What each form asks and what it makes of the answers."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.domain import Fact, IncidentStatus, Severity, Status
from services.forms.catalogue import FORMS
from services.forms.form import complaints, fresh_answers
from services.forms.renaming import vague
from services.letters import (
    IncidentCreate,
    IncidentMerge,
    IncidentNote,
    IncidentSnooze,
    IncidentStatusUpdate,
    IncidentUpdate,
    TicketCreate,
    TicketUpdate,
)
from tests.forms.scenes import (
    INCIDENT,
    NOON,
    PAIR,
    POLICY,
    SATURDAY,
    TICKET,
    a_scene,
    a_ticket,
    an_incident,
    issue_of,
    sent,
)

TRIAGED = {
    "urgency": "Their release is tonight.",
    "users": "One tenant cannot deploy.",
    "extent": "One app of one tenant.",
    "severity": "P2",
}


def test_triage_makes_a_note_a_tag_and_a_priority_and_tells_pagerduty() -> None:
    action, shown = sent(FORMS["triage"], a_scene(PAIR), **TRIAGED, call="tech lead", tags="dns")
    note, priority, page_note = action.writes

    assert isinstance(note, TicketUpdate)
    assert note.public is False
    assert note.add_tags == ("p2", "dns", "pd_pabc")
    assert (note.priority, note.assignee_id) == ("high", 31)
    assert note.stamp == PAIR.ticket.updated_at if PAIR.ticket else False
    assert note.comment is not None
    for words in ("Triage: P2", *list(TRIAGED.values())[:3], "Final call: the tech lead"):
        assert words in note.comment
    assert isinstance(priority, IncidentUpdate)
    assert (priority.priority, priority.seen.status) == ("P2", IncidentStatus.TRIGGERED)
    assert page_note == IncidentNote(incident_id="PABC", text=note.comment)
    assert action.hold == timedelta(0)
    assert shown.effect[0] == "Meets the triage promise: due 12:08, 8 min left."
    assert shown.effect[-1].startswith("Next: response by 12:18, in 18 min")


def test_triage_with_a_reply_is_two_updates_and_can_be_taken_back() -> None:
    action, shown = sent(FORMS["triage"], a_scene(TICKET), **TRIAGED, reply="We are on it.")
    note, reply = action.writes

    assert isinstance(note, TicketUpdate)
    assert isinstance(reply, TicketUpdate)
    assert (reply.public, reply.comment, reply.add_tags) == (True, "We are on it.", ())
    assert action.hold == timedelta(seconds=10)
    assert [part.public for part in shown.parts] == [False, True]
    assert "Next: update by 14:00, in 2 h." in shown.effect
    assert "It waits 10 s before it goes: u takes it back." in shown.effect


def test_triage_shows_what_each_severity_would_promise_now() -> None:
    asked = {field.id: field for field in FORMS["triage"].fields(a_scene(TICKET))}
    notes = {choice.value: choice.note for choice in asked["severity"].choices}

    assert notes["P1"] == "respond by 12:08, in 8 min; then update by 13:00"
    assert notes["P2"] == "respond by 12:18, in 18 min; then update by 14:00"
    late = a_scene(issue_of(a_ticket(25)))
    worse = {f.id: f for f in FORMS["triage"].fields(late)}["severity"].choices[0].note
    assert worse.startswith("respond by 11:55, 5 min late already")


def test_triage_asks_about_out_of_hours_only_then_and_says_what_it_means() -> None:
    by_day = [field.id for field in FORMS["triage"].fields(a_scene(TICKET))]
    scene = a_scene(issue_of(a_ticket(at=SATURDAY)), SATURDAY)
    asked = {field.id: field for field in FORMS["triage"].fields(scene)}
    notes = {choice.value: choice.note for choice in asked["ooh"].choices}
    wrong = {**fresh_answers(FORMS["triage"], scene), **TRIAGED}

    assert "ooh" not in by_day
    assert len(notes) == 5
    assert notes["down"] == "supported now: work on it as a P1"
    assert notes["none"].startswith("waits for support hours, Mon 19 Jan 09:00")
    assert "ooh" in complaints(FORMS["triage"], scene, wrong)
    assert any("P1, but none" in said for said in FORMS["triage"].warn(
        scene, {**wrong, "severity": "P1", "ooh": "none"}))  # fmt: skip


@pytest.mark.parametrize("form", ["triage", "reply", "note", "close", "rename", "backlog",
                                  "priority", "escalate", "raise"])  # fmt: skip
def test_what_is_missing_is_said_plainly_field_by_field(form: str) -> None:
    scene = a_scene(None if form == "raise" else TICKET, NOON, PAIR)
    asked = {field.id: field for field in FORMS[form].fields(scene)}
    missing = complaints(FORMS[form], scene, fresh_answers(FORMS[form], scene))

    assert missing
    for id, why in missing.items():
        assert id in asked
        assert why.endswith(".")
        assert why[0].isupper()


def test_a_reply_meets_the_response_and_says_what_is_due_next() -> None:
    p3 = issue_of(a_ticket(30, severity=Severity.P3))
    action, shown = sent(FORMS["reply"], a_scene(p3), text="Hello Ada, fixed?", status="pending")

    assert action.writes == (
        TicketUpdate(
            ticket_id=4711, stamp=NOON - timedelta(minutes=30), comment="Hello Ada, fixed?",
            public=True, status=Status.PENDING,
        ),
    )  # fmt: skip
    assert shown.effect[0].startswith("Meets the response promise: due 13:30")
    assert shown.effect[1] == "Next: no update while the ball is with the requester."
    assert shown.parts[0].readers == "the requester reads this"


def test_a_reply_says_for_every_status_what_is_owed_next() -> None:
    p3 = issue_of(a_ticket(30, severity=Severity.P3))
    asked = {field.id: field for field in FORMS["reply"].fields(a_scene(p3))}
    notes = {choice.value: choice.note for choice in asked["status"].choices}

    assert notes["keep"] == "next: update by 16:00, in 4 h"
    assert notes["pending"] == "next: no update while the ball is with the requester"


def test_a_greeting_alone_is_no_reply() -> None:
    scene = a_scene(TICKET)
    greeting = fresh_answers(FORMS["reply"], scene)

    assert greeting["text"].startswith("Hello Ada Ashdown,")
    assert complaints(FORMS["reply"], scene, greeting) == {"text": "There is nothing to send yet."}


def test_on_an_incident_alone_it_is_a_note_or_a_status_update() -> None:
    note, _ = sent(FORMS["reply"], a_scene(INCIDENT), text="Still down.")
    update, shown = sent(FORMS["reply"], a_scene(INCIDENT), text="Still down.", kind="status")

    assert note.writes == (IncidentNote(incident_id="PABC", text="Still down."),)
    assert update.writes == (IncidentStatusUpdate(incident_id="PABC", message="Still down."),)
    assert shown.parts[0].readers == "its subscribers are sent this"


def test_an_internal_note_meets_no_promise() -> None:
    p3 = issue_of(a_ticket(30, severity=Severity.P3))
    action, shown = sent(FORMS["note"], a_scene(p3), text="Seen before.")

    assert [write.public for write in action.writes if isinstance(write, TicketUpdate)] == [False]
    assert shown.effect == ("Next: response by 13:30, in 1 h 30 min.",)


CLOSED = {"why": "The cause is found.", "resolved": "The route was stale; it is gone."}


def test_a_closure_says_that_why_and_until_when_it_can_be_reopened() -> None:
    action, shown = sent(FORMS["close"], a_scene(PAIR), **CLOSED, title="Stale route on gw-7")
    solve, resolve = action.writes

    assert isinstance(solve, TicketUpdate)
    assert (solve.status, solve.public, solve.subject) == (Status.SOLVED, True,
                                                           "Stale route on gw-7")  # fmt: skip
    assert solve.assignee_id == 31
    text = shown.parts[0].text
    for words in ("We are closing this ticket.", *CLOSED.values(), "until Sun 18 Jan 12:00 GMT",
                  "its title is now: Stale route on gw-7"):  # fmt: skip
        assert words in text
    assert "{" not in text
    assert isinstance(resolve, IncidentUpdate)
    assert (resolve.status, resolve.resolution) == (IncidentStatus.RESOLVED, CLOSED["resolved"])


@pytest.mark.parametrize("left_out", ["why", "resolved", "reopen"])
def test_a_closure_cannot_leave_out_one_of_the_three(left_out: str) -> None:
    scene = a_scene(TICKET)
    answers = {**fresh_answers(FORMS["close"], scene), **CLOSED, left_out: "  "}

    assert list(complaints(FORMS["close"], scene, answers)) == [left_out]


def test_the_window_to_reopen_is_always_the_true_one() -> None:
    scene = a_scene(TICKET)
    answers = {**fresh_answers(FORMS["close"], scene), **CLOSED, "reopen": "Until May, maybe."}

    assert "{reopen_until}" in complaints(FORMS["close"], scene, answers)["reopen"]


def test_an_incident_alone_is_resolved_with_a_word() -> None:
    action, _ = sent(FORMS["close"], a_scene(INCIDENT), resolution="Disk cleared.")

    assert [w.resolution for w in action.writes if isinstance(w, IncidentUpdate)] == [
        "Disk cleared."
    ]
    assert complaints(FORMS["close"], a_scene(INCIDENT), {"resolution": ""})


def test_a_new_title_is_always_told_to_the_requester_and_why() -> None:
    action, shown = sent(
        FORMS["rename"], a_scene(TICKET), title="Cannot push api-gateway: mode 0444",
        why="So that it can be found.",
    )  # fmt: skip
    (write,) = action.writes

    assert isinstance(write, TicketUpdate)
    assert write.subject == "Cannot push api-gateway: mode 0444"
    assert write.public is True
    text = shown.parts[0].text
    assert 'from "Cannot push api-gateway" to "Cannot push api-gateway: mode 0444"' in text
    assert "So that it can be found." in text


@pytest.mark.parametrize(
    ("title", "unique"),
    [
        ("failure pushing app", False),
        ("Urgent problem with our service!!", False),
        ("", False),
        ("failure pushing app: invalid mode 0444", True),
        ("Certificates expired on gateway", True),
        ("Dienst heeft storing Amsterdam", True),
    ],
)
def test_a_title_that_names_nothing_unique_is_flagged(title: str, unique: bool) -> None:
    assert (vague(title, a_scene(TICKET)) == "") is unique


def test_a_title_that_another_open_issue_has_is_flagged() -> None:
    other = issue_of(a_ticket(id=9, subject="Re: Stale route on gw-7"))

    assert "zd-9" in vague("Stale route on gw-7", a_scene(TICKET, NOON, other))


def test_the_backlog_keeps_the_card_and_the_duty_to_tell() -> None:
    p2 = issue_of(a_ticket(severity=Severity.P2))
    action, shown = sent(FORMS["backlog"], a_scene(p2), card="https://cards.example/12")
    (write,) = action.writes

    assert isinstance(write, TicketUpdate)
    assert (write.public, write.status) == (False, Status.HOLD)
    assert write.comment is not None
    assert "https://cards.example/12" in write.comment
    assert "must be told when it is done and accepted" in write.comment
    assert shown.warnings == ("P2 still owes updates while it is on hold.",)
    assert FORMS["backlog"].refuses(a_scene(INCIDENT))


def test_a_severity_replaces_the_tag_and_tells_both_vendors() -> None:
    ticket = a_ticket(severity=Severity.P3, tags=frozenset({"p3", "dns", "pd_pabc"}))
    pair = issue_of(ticket, an_incident(priority="P3", severity=Severity.P3))
    action, shown = sent(FORMS["priority"], a_scene(pair), severity="P1", why="Spreading.")
    tag, priority = action.writes

    assert isinstance(tag, TicketUpdate)
    assert (tag.add_tags, tag.remove_tags, tag.priority) == (("p1",), ("p3",), "urgent")
    assert (tag.comment, tag.public) == ("Severity P1: Spreading.", False)
    assert isinstance(priority, IncidentUpdate)
    assert priority.priority == "P1"
    assert "The clock still counts from when it was raised." in shown.warnings
    assert complaints(FORMS["priority"], a_scene(pair), {"severity": "P3", "why": ""})


def test_escalating_writes_the_note_before_it_pages() -> None:
    action, _ = sent(FORMS["escalate"], a_scene(PAIR), page="user-PME", ticket="agent-32",
                     why="Needs a database person.")  # fmt: skip
    given, note, page = action.writes

    assert isinstance(given, TicketUpdate)
    assert (given.assignee_id, given.public) == (32, False)
    assert isinstance(note, IncidentNote)
    assert isinstance(page, IncidentUpdate)
    assert page.assignee_ids == ("PME",)
    level, _ = sent(FORMS["escalate"], a_scene(INCIDENT), page="level-2", why="x")
    assert [w.escalation_level for w in level.writes if isinstance(w, IncidentUpdate)] == [2]
    policy, shown = sent(FORMS["escalate"], a_scene(INCIDENT), page="policy-PPOL", why="x")
    assert [w.policy_id for w in policy.writes if isinstance(w, IncidentUpdate)] == ["PPOL"]
    assert shown.parts[-1].fields == ("escalation policy: Database people",)


def test_a_snooze_acknowledges_first() -> None:
    action, shown = sent(FORMS["snooze"], a_scene(INCIDENT), until="1h", note="Runs by itself.")
    ack, snooze, note = action.writes

    assert isinstance(ack, IncidentUpdate)
    assert ack.status is IncidentStatus.ACKNOWLEDGED
    assert isinstance(snooze, IncidentSnooze)
    assert snooze.until == NOON + timedelta(hours=1)
    assert snooze.seen.status is IncidentStatus.ACKNOWLEDGED
    assert isinstance(note, IncidentNote)
    assert shown.parts[1].fields == ("snoozed until 13:00, in 1 h",)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("90m", 90), ("4h", 240), ("1h30m", 90), ("14:30", 150), ("11:00", 23 * 60), ("soon", None),
     ("", None), ("25:00", None), ("9d", None), ("0m", None), ("999h", None)],
)  # fmt: skip
def test_other_lengths_of_silence(written: str, minutes: int | None) -> None:
    scene = a_scene(INCIDENT)
    answers = {"until": "other", "other": written, "note": ""}
    wrong = complaints(FORMS["snooze"], scene, answers)

    assert ("other" in wrong) is (minutes is None)
    if minutes is not None:
        snooze = FORMS["snooze"].writes(scene, answers)[1]
        assert isinstance(snooze, IncidentSnooze)
        assert snooze.until - NOON == timedelta(minutes=minutes)


def test_pair_and_unpair_are_one_tag() -> None:
    scene = a_scene(TICKET, NOON, INCIDENT)
    paired, _ = sent(FORMS["pair"], scene, **{"with": "pd-PABC"})
    tagged = issue_of(a_ticket(tags=frozenset({"pd_pabc"})), an_incident())
    apart, _ = sent(FORMS["pair"], a_scene(tagged), **{"with": "unpair"})

    assert [w.add_tags for w in paired.writes if isinstance(w, TicketUpdate)] == [("pd_pabc",)]
    assert [(w.add_tags, w.remove_tags) for w in apart.writes if isinstance(w, TicketUpdate)] == [
        (("pd_none",), ("pd_pabc",))
    ]
    assert FORMS["pair"].refuses(a_scene(TICKET)) == "There is no open incident without a pair."


def test_a_merge_is_into_another_open_incident() -> None:
    other = issue_of(None, an_incident(id="PXYZ", number=88))
    action, shown = sent(FORMS["merge"], a_scene(INCIDENT, NOON, other), into="PXYZ")

    assert action.writes == (IncidentMerge(into_id="PXYZ", from_ids=("PABC",)),)
    assert shown.parts[0].fields == ("takes in #87, which is resolved by it",)
    assert FORMS["merge"].refuses(a_scene(INCIDENT))


RAISED = {"title": "Stale route on gw-7", "text": "Ada rang.", "email": "ada@tenant.example"}


def test_raising_makes_a_ticket_and_if_wanted_a_page() -> None:
    action, shown = sent(FORMS["raise"], a_scene(None), **RAISED, severity="P1", page="PSVC")
    ticket, page = action.writes

    assert isinstance(ticket, TicketCreate)
    assert (ticket.tags, ticket.priority, ticket.requester_name) == (("p1",), "urgent", "ada")
    assert isinstance(page, IncidentCreate)
    assert (page.title, page.service_id, page.priority) == (ticket.subject, "PSVC", "P1")
    assert action.issue == "new"
    assert "Somebody is paged as soon as it is sent." in shown.warnings
    assert complaints(FORMS["raise"], a_scene(None), {**fresh_answers(
        FORMS["raise"], a_scene(None)), **RAISED, "email": "ada"})["email"]  # fmt: skip


def test_the_pair_tag_goes_with_the_first_write_only_and_only_once() -> None:
    tagged = issue_of(a_ticket(tags=frozenset({"pd_pabc"})), an_incident())
    found, _ = sent(FORMS["note"], a_scene(PAIR), text="x")
    known, _ = sent(FORMS["note"], a_scene(tagged), text="x")

    assert [w.add_tags for w in found.writes if isinstance(w, TicketUpdate)] == [("pd_pabc",)]
    assert [w.add_tags for w in known.writes if isinstance(w, TicketUpdate)] == [()]


def test_a_text_too_long_is_refused_with_how_much_too_long() -> None:
    scene = a_scene(TICKET)

    assert complaints(FORMS["reply"], scene, {"text": "x" * 65_535, "status": "keep"}) == {}
    assert "1 characters too long" in complaints(
        FORMS["reply"], scene, {"text": "x" * 65_536, "status": "keep"})["text"]  # fmt: skip
    title = complaints(FORMS["rename"], scene, {"title": "ä" * 300, "why": "x"})["title"]
    assert title == "New title: 45 characters too long; 255 is the most."


def test_a_closure_too_long_as_a_whole_is_told_before_it_is_sent() -> None:
    _, shown = sent(FORMS["close"], a_scene(TICKET), why="x" * 40_000, resolved="y" * 40_000)

    assert "too long for Zendesk" in shown.troubles[0]


def test_what_a_stranger_is_called_cannot_act() -> None:
    evil = issue_of(a_ticket(requester="{subject}\x1b[31m", subject="{requester}\x07"))
    greeting = fresh_answers(FORMS["reply"], a_scene(evil))["text"]

    assert greeting.startswith("Hello {subject}␛[31m,")


def test_a_late_answer_says_how_late() -> None:
    late = issue_of(a_ticket(45, severity=Severity.P2))
    _, shown = sent(FORMS["reply"], a_scene(late), text="Sorry.")

    assert shown.effect[0] == "Answers the response promise 15 min late: due 11:45."


def test_an_update_counts_from_when_it_is_sent() -> None:
    told = Fact(NOON - timedelta(minutes=90))
    p2 = issue_of(a_ticket(120, severity=Severity.P2, replied_first=told, replied_last=told))
    _, shown = sent(FORMS["reply"], a_scene(p2), text="Still looking.")

    assert shown.effect[:2] == (
        "Meets the update promise: due 12:30, 30 min left.",
        "Next: update by 14:00, in 2 h.",
    )


def test_a_closed_ticket_takes_nothing() -> None:
    closed = replace(a_ticket(), status=Status.CLOSED)
    scene = a_scene(issue_of(closed))

    for form in ("reply", "note", "rename", "close", "backlog", "priority", "escalate"):
        assert FORMS[form].refuses(scene), form


def test_every_write_of_every_form_has_words() -> None:
    scene = a_scene(PAIR, NOON, issue_of(None, an_incident(id="PXYZ", number=88)))
    _, shown = sent(FORMS["triage"], scene, **TRIAGED, reply="x")

    assert [part.to for part in shown.parts] == [
        "Zendesk #4711, internal note",
        "PagerDuty #87",
        "PagerDuty #87, note",
        "Zendesk #4711, public comment",
    ]
    assert POLICY.promises(PAIR.ticket, PAIR.incident) == PAIR.promises
