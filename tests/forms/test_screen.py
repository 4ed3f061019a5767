"""A form as the operator meets it: keys go in, painted lines and letters come out."""

import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot

from services.domain import IncidentStatus, Issue, Severity, Status
from services.errors import StoreError
from services.forms.severity import what_if
from services.letters import IncidentUpdate, LetterState, TicketUpdate
from tests.forms.desk import WritingDesk, types, world
from tests.forms.scenes import NOON, a_ticket, an_incident, issue_of
from tests.screen.stage import settle
from tui.keys import SCREENS
from tui.screens.forms import FormScreen
from tui.screens.preview import ConfirmScreen, PreviewScreen
from tui.screens.queue import QueueScreen
from widgets.choices import Choices
from widgets.outline import Outline

P3 = issue_of(a_ticket(severity=Severity.P3))
PAGE = issue_of(None, an_incident())
MINE = issue_of(None, replace(an_incident(), assignee_ids=("PME",)))
SIZES = [(120, 40), (80, 24), (60, 15), (40, 10)]
size = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])


@size
async def test_a_note_is_written_shown_and_sent(size: tuple[int, int]) -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>", "Seen it before", "<ctrl+s>")
        shown = desk.text()
        posted_before = desk.letters
        await types(pilot, "<enter>")
        still_there = isinstance(desk.app.screen, PreviewScreen)
        await types(pilot, "<y>")

        assert "NOT SENT YET" in shown
        assert "Seen it before" in shown
        assert posted_before == ()
        assert still_there
        assert isinstance(desk.app.screen, QueueScreen)
        (letter,) = desk.letters
        assert isinstance(letter.write, TicketUpdate)
        assert (letter.write.comment, letter.write.public) == ("Seen it before", False)
        assert letter.write.stamp == P3.ticket.updated_at if P3.ticket else False
        assert desk.answers("zd-4711", "note") == {}


async def test_a_missing_answer_is_said_where_it_is_missing() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<t>", "Tonight", "<tab>", "<tab>", "<tab>", "<f10>")

        assert desk.form.field.id == "users"
        assert "Say what users cannot do." in desk.text()
        await types(pilot, "x")
        assert "Say what users cannot do." not in desk.text()
        assert desk.letters == ()


async def test_escape_closes_and_the_text_is_back_when_it_is_opened_again() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<c>", "Half a", "<escape>")
        closed = isinstance(desk.app.screen, QueueScreen)
        await types(pilot, "<c>", " sentence")

        assert closed
        assert desk.form.sheet.answers["text"] == "Hello Ada Ashdown,\n\nHalf a sentence"
        assert "Your draft of 12:00 is back" in desk.text()
        await types(pilot, "<f4>", "<n>")
        assert desk.answers("zd-4711", "reply")
        await types(pilot, "<f4>", "<y>")
        assert desk.answers("zd-4711", "reply") == {}
        assert isinstance(desk.app.screen, QueueScreen)


SECOND = issue_of(
    a_ticket(90, id=9, subject="Second", severity=Severity.P2),
    an_incident(90, id="PXYZ", number=88, title="Second"),
)
UNLIKE = ("triage", "note", "close", "snooze")
"""Forms with and without choices, of one question and of several, empty and with a text."""


@pytest.mark.parametrize("size", [(120, 40), (60, 15)], ids=["wide", "narrow"])
async def test_nothing_of_a_form_is_left_in_the_next_one(size: tuple[int, int]) -> None:
    shown: list[tuple[str, str, str]] = []

    async def opens(desk: WritingDesk, pilot: Pilot[None], form: str) -> None:
        desk.app.writing.open(form, [SECOND])
        await types(pilot)
        at_first = desk.text()
        # What there was before cannot be had back either.
        await types(pilot, "<ctrl+z>", "x", "<tab>", "<down>", "<shift+tab>")
        shown.append((form, at_first, desk.text()))

    for form in UNLIKE:
        desk = WritingDesk()
        async with desk.app.run_test(size=size) as pilot:
            await desk.give(pilot, world(P3, SECOND))
            await opens(desk, pilot, form)
    used = WritingDesk()
    async with used.app.run_test(size=size) as pilot:
        await used.give(pilot, world(P3, SECOND))
        for form in UNLIKE:
            used.app.writing.open("triage", [P3])
            await types(pilot, "2", "<tab>", "Much too long " * 20, "<f10>", "<f2>", "<escape>")
            await types(pilot, "<escape>")
            await opens(used, pilot, form)
            await types(pilot, "<escape>")
        assert "Much too long" in str(used.answers("zd-4711", "triage"))

    assert shown[len(UNLIKE) :] == shown[: len(UNLIKE)]


async def test_a_form_shows_nobody_by_name_whose_name_was_hidden_since_the_story_was_read() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>")
        told = desk.text()
        await types(pilot, "<escape>", "<X>")
        # Before the story is read again.
        setattr(desk.app, "fetch_timeline", lambda issue: None)  # noqa: B010
        await types(pilot, "<n>")

        assert re.search(r"\bAnn\b", told)
        assert "story of zd-4711" in desk.text()
        assert not re.search(r"\bAnn\b", desk.text())


async def test_keys_that_come_all_at_once_land_where_they_would_have_one_by_one() -> None:
    async def burst(pilot: Pilot[None], *keys: str) -> None:
        for key in keys:
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)

    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3, SECOND))
        # The P2 is the first.
        await burst(pilot, *"nabc")
        assert desk.form.sheet.form.id == "note"
        assert desk.form.sheet.answers["text"] == "abc"
        await burst(pilot, "d", "escape", *"jnac")
        assert desk.form.sheet.scene.issue == P3
        assert desk.form.sheet.answers["text"] == "ac"
        await burst(pilot, "escape", *"kt", *"222", "escape", *"jn", "x", "tab", "y")

        assert desk.form.sheet.answers["text"] == "acxy"
        assert desk.answers("zd-9+pd-PXYZ", "note") == {"text": "abcd"}
        assert "222" in desk.answers("zd-9+pd-PXYZ", "triage").values()
        assert desk.letters == ()


async def test_a_click_on_a_form_that_was_left_does_nothing_to_the_next_one() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3, SECOND))
        desk.app.writing.open("triage", [P3])
        await settle(pilot)
        outline = desk.form.query_one(Outline)
        for place in (1, len(outline.questions) - 1):
            outline.post_message(Outline.Picked(place, outline.questions[place].label))
        desk.form.action_close()
        desk.app.writing.open("close", [SECOND])
        await settle(pilot)

        assert desk.form.sheet.form.id == "close"
        assert desk.form.field == desk.form.sheet.fields[0]


async def test_a_form_has_the_colours_of_a_theme_chosen_since_the_last_one() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>", "<escape>")
        desk.app.theme = "textual-light"
        await types(pilot, "<n>")
        light = {desk.form.styles.background, desk.form.query_one("#form-title").styles.background}
        await types(pilot, "<escape>")
        desk.app.theme = "textual-dark"
        await types(pilot, "<n>")
        dark = {desk.form.styles.background, desk.form.query_one("#form-title").styles.background}

    assert all(colour.brightness > 0.7 for colour in light)
    assert all(colour.brightness < 0.3 for colour in dark)


PAIR = issue_of(a_ticket(severity=Severity.P3), an_incident(severity=Severity.P3))
OTHER_PAGE = issue_of(None, an_incident(90, id="PXYZ", number=88, title="Elsewhere"))
OTHER = issue_of(a_ticket(90, id=9, subject="Elsewhere too", severity=Severity.P4))
ANSWERED = {
    "t": "Tonight", "c": "On it", "n": "Seen", "x": "It is done", "f": " on gw-7", "K": "https://x",
    "p": "2", "s": "1", "E": "2", "N": "Stale route", "M": "1",
}  # fmt: skip


async def test_every_form_says_what_is_missing_and_gives_back_what_was_typed() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(100, 30)) as pilot:
        await desk.give(pilot, world(PAIR, OTHER_PAGE, OTHER))
        place = [row.issue.id for row in desk.app.queue.table.rows].index(PAIR.id)
        desk.app.queue.table.move_to(place)
        for key, word in ANSWERED.items():
            await types(pilot, f"<{key}>", "<ctrl+s>")
            form = desk.form
            assert form.sheet.wrong[form.field.id] in desk.text(), form.sheet.form.id
            form._go(0)
            await types(pilot, word)
            answers = dict(form.sheet.answers)
            await types(pilot, "<escape>", f"<{key}>")
            assert dict(desk.form.sheet.answers) == answers, form.sheet.form.id
            assert "is back" in desk.text(), form.sheet.form.id
            await types(pilot, "<f4>", "<y>")
        assert desk.letters == ()
        assert desk.outbox.drafts() == ()


async def test_every_key_typed_is_on_the_disk_before_the_next(tmp_path: Path) -> None:
    desk = WritingDesk(tmp_path / "outbox.db")
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>", "abc")
        with sqlite3.connect(tmp_path / "outbox.db") as other:
            kept = other.execute("SELECT answers FROM draft").fetchall()
        other.close()

    assert "abc" in str(kept)


async def test_while_a_draft_cannot_be_kept_the_form_says_so_and_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = WritingDesk()

    def full(*args: object) -> None:
        raise StoreError("The disk is full.", "Make room.")

    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>")
        with monkeypatch.context() as broken:
            broken.setattr(desk.outbox, "save_draft", full)
            broken.setattr(desk.outbox, "post_all", full)
            await types(pilot, "precious", "<escape>")
            painted, form = desk.text(), desk.form
            await types(pilot, "<ctrl+s>", "<y>")
            unsent = isinstance(desk.app.screen, PreviewScreen)
            await types(pilot, "<escape>")
        await types(pilot, "!", "<escape>")

        assert "NOT SAVED: The disk is full. Make room." in painted
        assert form.sheet.answers["text"] == "precious!"
        assert unsent
        assert isinstance(desk.app.screen, QueueScreen)
        assert desk.answers("zd-4711", "note") == {"text": "precious!"}


async def test_where_nothing_can_be_kept_forms_open_warn_and_are_left_only_on_purpose() -> None:
    """The state directory cannot be made at all."""
    desk = WritingDesk(Path("/dev/null/rota/outbox.db"))
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>", "precious", "<escape>")
        painted = desk.text()
        await types(pilot, "<ctrl+q>")
        asked = " ".join(desk.text().split())
        await types(pilot, "<escape>", "<f4>", "<y>")

        assert "NOT SAVED" in painted
        assert "would be lost" in asked
        assert isinstance(desk.app.screen, QueueScreen)


async def test_the_last_key_before_escape_is_kept_too() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>")
        for key in ("a", "b", "c", "escape"):
            desk.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)
        await settle(pilot)

        assert isinstance(desk.app.screen, QueueScreen)
        assert desk.answers("zd-4711", "note") == {"text": "abc"}


@size
async def test_a_change_of_size_keeps_text_focus_and_question(size: tuple[int, int]) -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(100, 30)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<t>", "one", "<tab>", "two")
        await pilot.resize_terminal(*size)
        await types(pilot, " and three")

        assert desk.form.field.id == "users"
        assert desk.form.sheet.answers["users"] == "two and three"
        assert desk.form.sheet.answers["urgency"] == "one"
        assert "two and three" in desk.text()
        assert "Impact on users" in desk.text()


async def test_choices_are_made_by_digit_and_arrow_and_say_what_they_mean() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(120, 30)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<p>")
        before = desk.text()
        await types(pilot, "1")
        first = desk.form.sheet.answers["severity"]
        await types(pilot, "<down>", "j")

        assert "respond by 12:08, in 8 min" in before
        assert first == "P1"
        assert desk.form.sheet.answers["severity"] == "P3"
        await desk.pass_time(pilot, 61)
        assert "respond by 12:08, in 6 min" in desk.text()


@pytest.mark.parametrize("width", [120, 100, 80])
@pytest.mark.parametrize("form", ["t", "p"])
async def test_what_a_severity_would_promise_is_read_whole(width: int, form: str) -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(width, 30)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, f"<{form}>")
        while desk.form.field.id != "severity":
            await types(pilot, "<tab>")
        choices = desk.form.query_one(Choices)
        painted = " ".join(choices.render_line(y).text for y in range(choices.size.height))
        promised = [what_if(desk.form.sheet.scene, severity) for severity in Severity]

    assert all(promised)
    assert [words for words in promised if words not in " ".join(painted.split())] == []


@pytest.mark.parametrize("form", ["t", "p"])
async def test_on_the_smallest_screen_the_chosen_severity_is_read_whole(form: str) -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(40, 10)) as pilot:
        await desk.give(pilot, world(issue_of(a_ticket())))
        await types(pilot, f"<{form}>")
        while desk.form.field.id != "severity":
            await types(pilot, "<tab>")
        for number, severity in enumerate(Severity, 1):
            await types(pilot, str(number))
            promised = what_if(desk.form.sheet.scene, severity)

            assert "update" in promised
            assert promised in " ".join(desk.text().split())


async def test_what_is_unfolded_below_an_answer_can_be_clicked_like_the_answer() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(40, 12)) as pilot:
        await desk.give(pilot, world(issue_of(a_ticket())))
        await types(pilot, "<p>", "2")
        choices = desk.form.query_one(Choices)
        lines = [choices.render_line(y).text for y in range(choices.size.height)]
        below = next(y for y, line in enumerate(lines) if "P3" in line)
        await pilot.click(Choices, offset=(6, below - 1))
        held = choices.value
        await pilot.click(Choices, offset=(6, below))

        assert held == "P2"
        assert choices.value == "P3"


async def test_the_bar_stands_before_all_of_a_line_that_wraps() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(60, 30)) as pilot:
        await desk.give(pilot, world(MINE))
        await types(pilot, "<n>", "word " * 30 + "end", "<ctrl+s>")
        lines = [line for line in desk.text().splitlines() if "word word" in line]

    assert len(lines) >= 3
    assert all(line.startswith(" ┃ ") for line in lines)


async def test_letters_and_enter_write_in_fields_and_never_act() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(MINE))
        await types(pilot, "<n>", "a q x y", "<enter>", "u")

        assert desk.form.sheet.answers["text"] == "a q x y\nu"
        assert desk.letters == ()
        await types(pilot, "<escape>", "<O>")
        assert "Outbox: empty" in desk.text()


async def test_keys_of_one_burst_go_where_the_keys_before_them_lead() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<t>")
        burst = ["a", "b", "tab", "c", "tab", "tab", "tab", "d", "tab", "2", "tab", "e"]
        for key in burst:
            desk.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)
        await settle(pilot)
        answers = desk.form.sheet.answers

        assert (answers["urgency"], answers["users"], answers["extent"]) == ("ab", "c", "d")
        assert (answers["known"], answers["workaround"]) == ("workaround", "e")


async def test_what_is_pasted_cannot_act_and_loses_nothing() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>")
        desk.app.post_message(events.Paste("a\x1b[31mb\r\nc\u202ed\x07é"))
        await settle(pilot)

        assert desk.form.sheet.answers["text"] == "a␛[31mb\nc‹202E›d␇é"
        await types(pilot, "<escape>", "<f>")
        desk.app.post_message(events.Paste(": one\nline\n"))
        await settle(pilot)

        assert desk.form.sheet.answers["title"] == "Cannot push api-gateway: one line"


async def test_a_prepared_text_is_put_in_with_one_key() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<t>", "<shift+tab>", "<ctrl+t>")

        assert desk.form.field.id == "reply"
        assert desk.form.sheet.answers["reply"].startswith("Hello Ada Ashdown,\n\nThank you")


async def test_news_about_the_issue_is_told_and_what_is_sent_is_held_against_what_was_seen() -> (
    None
):
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>", "As agreed")
        wrote = NOON + timedelta(seconds=5)
        assert P3.ticket is not None
        news = replace(P3.ticket, status=Status.PENDING, updated_at=wrote, requester_wrote_at=wrote)
        await desk.give(pilot, world(issue_of(news)))
        told = " ".join(desk.text().split())
        await types(pilot, "<ctrl+s>")
        previewed = " ".join(desk.text().split())
        await types(pilot, "<y>")

        words = "Ada Ashdown wrote. Status: open → pending."
        assert f"CHANGED since you opened this: {words}" in told
        assert words in previewed
        (letter,) = desk.letters
        assert isinstance(letter.write, TicketUpdate)
        assert letter.write.stamp == P3.ticket.updated_at


async def test_a_form_stays_with_its_issue_wherever_the_cursor_goes() -> None:
    other = issue_of(a_ticket(60, id=9, subject="Another", severity=Severity.P1))
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>", "For 4711")
        await desk.give(pilot, world(P3, other))
        desk.app.queue.table.move_to(0)
        await types(pilot, "<ctrl+s>", "<y>")

        (letter,) = desk.letters
        assert isinstance(letter.write, TicketUpdate)
        assert letter.write.ticket_id == 4711


async def test_an_issue_that_leaves_the_queue_takes_no_word_with_it() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>", "Too late?")
        await desk.give(pilot, world())

        assert "It has left the queue" in " ".join(desk.text().split())
        assert desk.form.sheet.answers["text"] == "Too late?"


async def test_a_page_of_mine_is_acknowledged_at_once() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(MINE))
        await types(pilot, "<a>")

        (letter,) = desk.letters
        assert isinstance(letter.write, IncidentUpdate)
        assert letter.write.status is IncidentStatus.ACKNOWLEDGED
        assert letter.state is LetterState.QUEUED
        assert letter.hold_until == letter.queued_at
        assert "»" in desk.rows()[0]
        assert "outbox 1" in desk.text()


async def test_a_page_of_somebody_else_is_asked_about() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(PAGE))
        await types(pilot, "<a>")
        asked = desk.text()
        await types(pilot, "<enter>", "<escape>")
        refused = desk.letters
        await types(pilot, "<a>", "<y>")

        assert "This page is with Tomas Lindqvist." in asked
        assert refused == ()
        assert len(desk.letters) == 1


async def test_a_ticket_without_a_page_says_that_there_is_none() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24), notifications=True) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<a>", "<s>", "<M>")

        assert desk.letters == ()
        assert isinstance(desk.app.screen, QueueScreen)
        assert "There is no page to acknowledge" in desk.text()


def three_pages() -> list[Issue]:
    return [
        issue_of(None, an_incident(n, id=f"P{n}", number=n, title=f"page {n}")) for n in (5, 6, 7)
    ]


async def test_marked_pages_are_acknowledged_together_after_one_preview() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(100, 30)) as pilot:
        await desk.give(pilot, world(*three_pages(), P3))
        await types(pilot, "<V>", "<a>")
        shown = desk.text()
        await types(pilot, "<y>")

        assert "NOT SENT YET: 3 letters" in shown
        assert all(f"page {n}" in shown for n in (5, 6, 7))
        assert {letter.issue for letter in desk.letters} == {"pd-P5", "pd-P6", "pd-P7"}
        assert len({letter.action for letter in desk.letters}) == 3
        assert desk.app.queue.table.marks == frozenset()


async def test_a_note_on_several_is_one_letter_each_and_drafts_are_kept() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(100, 30)) as pilot:
        await desk.give(pilot, world(*three_pages()))
        await types(pilot, "<space>", "<j>", "<v>", "<n>", "Known blip", "<escape>")
        await types(pilot, "<n>", "<ctrl+s>", "<y>")

        assert sorted(letter.issue for letter in desk.letters) == ["pd-P5", "pd-P6", "pd-P7"]
        assert desk.outbox.drafts() == ()
        assert desk.app.queue.table.marks == frozenset()


async def test_a_note_on_several_leaves_the_draft_of_a_note_on_one_of_them() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(100, 30)) as pilot:
        await desk.give(pilot, world(*three_pages()))
        await types(pilot, "<n>", "For this one alone", "<escape>")
        await types(pilot, "<V>", "<n>", "Known blip", "<ctrl+s>", "<y>")

        assert len(desk.letters) == 3
        kept = [draft.answers for draft in desk.outbox.drafts()]
        assert kept == [{"text": "For this one alone"}]


async def test_marks_for_other_issues_stay() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(100, 30)) as pilot:
        await desk.give(pilot, world(*three_pages()))
        await types(pilot, "<space>")
        marked = desk.app.queue.table.marks
        desk.app.writing.acknowledge(three_pages()[1:2])
        await types(pilot, "<y>")

        assert len(desk.letters) == 1
        assert {letter.issue for letter in desk.letters}.isdisjoint(marked)
        assert desk.app.queue.table.marks == marked


async def test_where_nothing_can_be_snoozed_the_key_for_holding_it_is_told() -> None:
    (key,) = [key for key in SCREENS["queue"] if key.id == "backlog"]
    desk = WritingDesk()
    async with desk.app.run_test(size=(100, 30), notifications=True) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<s>")

        assert f"({key.keys}: on hold)" in desk.text()


async def test_a_form_for_one_issue_is_not_opened_on_several() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(100, 30), notifications=True) as pilot:
        await desk.give(pilot, world(P3, *three_pages()))
        await types(pilot, "<V>", "<c>")

        assert isinstance(desk.app.screen, QueueScreen)
        assert "one issue at a time" in desk.text()
        await types(pilot, "<escape>", "<c>")
        assert isinstance(desk.app.screen, FormScreen)


async def test_snoozing_several_leaves_out_what_cannot_be_snoozed() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(100, 30)) as pilot:
        await desk.give(pilot, world(P3, *three_pages()))
        await types(pilot, "<V>", "<s>", "2")
        left_out = desk.text()
        await types(pilot, "<ctrl+s>", "<y>")

        assert "1 of the marked left out" in left_out
        assert len(desk.letters) == 6


async def reply(pilot: Pilot[None]) -> None:
    await types(pilot, "<c>", "We are on it.", "<ctrl+s>", "<y>")


async def test_a_held_reply_is_taken_back_with_its_text() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await reply(pilot)
        held = desk.letters[0]
        optimistic = desk.rows()[0]
        await types(pilot, "<u>")
        after = desk.rows()[0]
        await types(pilot, "<c>")

        assert held.hold_until - held.queued_at == timedelta(seconds=10)
        assert "update" in optimistic
        assert "»" in optimistic
        assert "respond" in after
        assert desk.letters == ()
        assert desk.form.sheet.answers["text"].endswith("We are on it.")


async def test_a_letter_that_is_held_no_longer_and_has_not_left_is_not_called_sent() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24), notifications=True) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<u>")
        nothing = desk.text()
        await reply(pilot)
        await desk.clock.advance(11)
        await types(pilot, "<u>")

        assert "Nothing is held: what was sent" in nothing
        assert "Nothing is held any more. O shows" in desk.text()
        assert len(desk.letters) == 1


async def test_quitting_asks_while_something_is_unsent() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await reply(pilot)
        await types(pilot, "<q>")
        asked = isinstance(desk.app.screen, ConfirmScreen)
        question = desk.text()
        await types(pilot, "<escape>")

        assert asked
        assert "1 letter has not been sent" in question
        assert desk.app.is_running


async def test_the_outbox_gives_a_letter_back_to_its_form_and_asks_before_it_withdraws() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await reply(pilot)
        await types(pilot, "<O>")
        listed = desk.text()
        await types(pilot, "<e>")
        text = desk.form.sheet.answers["text"]
        await types(pilot, "<ctrl+s>", "<y>", "<O>", "<d>", "<n>")
        kept = len(desk.letters)
        await types(pilot, "<d>", "<y>")

        assert "Outbox: 1 not sent" in listed
        assert "We are on it." in listed
        assert text.endswith("We are on it.")
        assert kept == 1
        assert desk.letters == ()


async def test_an_editor_of_ones_own_is_given_the_text_and_gives_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    script = tmp_path / "my editor"
    script.write_text('#!/bin/sh\nls -l "$2" > "$(dirname "$0")/seen"\nprintf " and $1" >> "$2"\n')
    script.chmod(0o700)
    monkeypatch.setenv("VISUAL", f"'{script}' --more")
    desk = WritingDesk()
    async with desk.app.run_test(size=(80, 24), notifications=True) as pilot:
        monkeypatch.setattr(desk.app, "suspend", nullcontext)
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>", "mine", "<ctrl+e>")
        written = desk.form.sheet.answers["text"]
        seen = (tmp_path / "seen").read_text()
        monkeypatch.setenv("VISUAL", "no-such-editor-here")
        await types(pilot, "<ctrl+e>")

        assert written == "mine and --more"
        assert seen.startswith("-rw-------")
        assert not Path(seen.split()[-1]).exists()
        assert desk.form.sheet.answers["text"] == "mine and --more"
        assert "no-such-editor-here" in desk.text()


async def test_people_to_escalate_to_are_looked_up_when_they_are_needed() -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=(120, 30)) as pilot:
        await desk.give(pilot, world(PAGE))
        await types(pilot, "<E>")
        await settle(pilot)

        assert "Imogen Achebe (me)" in desk.text()
