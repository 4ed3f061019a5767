"""What is typed and confirmed arrives, just so, or comes back with its text."""

import asyncio
from typing import Any

import pytest

from services.assemble import Assembly
from services.forms.catalogue import FORMS
from services.letters import Action, LetterState, TicketUpdate
from services.simulator import faults
from services.simulator.interference import Effect
from tests.forms.live import Live, live
from tests.polling.bench import poller_on
from tests.screen.stage import settle
from tui.screens.outbox import OutboxScreen
from tui.screens.queue import QueueScreen

SMALL = 60, 20

TRIAGE = ["They ship tonight.", "<tab>", "Nobody can push.", "<tab>", "<tab>", "<tab>", "One app.",
          "<tab>", "<tab>", "<tab>", "2"]  # fmt: skip


async def test_the_walk_of_a_page_from_its_first_ring_to_its_end() -> None:
    """Acknowledge, triage to P2 with a public reply, update, rename, close: keys alone."""
    async with live() as seat:
        await seat.types("<a>")
        await seat.until(lambda: seat.page.status == "acknowledged")
        await seat.types("<t>", *TRIAGE, *["<tab>"] * 4, "<ctrl+t>")
        triage = await seat.send()
        await seat.until(lambda: len(seat.said()) == 2)
        await seat.types("<c>", "A route was stale; we are clearing it.")
        update = await seat.send()
        await seat.until(lambda: len(seat.said()) == 3)
        await seat.types("<f>", ": stale route gw-7", "<tab>", "So that it can be found.")
        rename = await seat.send()
        await seat.until(lambda: len(seat.said()) == 4)
        await seat.types("<x>", "The route is cleared.", "<tab>", "You can push again.")
        closure = await seat.send()
        await seat.until(lambda: not seat.app.queue.table.rows)
        await seat.until(lambda: seat.states == {LetterState.SENT})

        said = seat.said()
        assert [public for public, _ in said] == [False, True, True, True, True]
        shown = (triage, triage, update, rename, closure)
        for (_, text), preview in zip(said, shown, strict=True):
            assert_shown(text, preview)
        ticket, page = seat.ticket, seat.page
        assert ticket.subject == page.title
        assert ticket.subject.endswith(": stale route gw-7")
        assert ticket.tags == ("p2", f"pd_{page.id.lower()}")
        assert (ticket.status, ticket.priority, ticket.assignee_id) == (
            "solved", "high", seat.world.me,
        )  # fmt: skip
        assert page.status == "resolved"
        notes = [note.content.partition("[rota")[0].strip() for note in page.notes]
        assert notes == [said[0][1]]
        assert sorted(seat.wrote()) == sorted(
            [("PUT", "/tickets/{ticket_id}")] * 5
            + [("PUT", "/incidents/{incident_id}")] * 4
            + [("POST", "/incidents/{incident_id}/notes")]
        )


def assert_shown(text: str, preview: str) -> None:
    """Every word that arrived stood in the preview."""
    shown = " ".join(preview.replace("┃", " ").split())
    for line in text.split("\n"):
        assert " ".join(line.split()) in shown, line


FILLED = {
    "triage": ("<t>", *TRIAGE),
    "reply": ("<c>", "We are looking."),
    "note": ("<n>", "Seen before."),
    "rename": ("<f>", ": stale route gw-7", "<tab>", "So that it can be found."),
    "backlog": ("<K>", "https://cards.example/7"),
    "priority": ("<p>", "3", "<tab>", "Only one app."),
    "snooze": ("<s>", "2"),
    "escalate": ("<E>", "3", "<tab>", "<tab>", "Needs a second pair of eyes."),
    "pair": ("<P>", "1"),
    "close": ("<x>", "It is cleared.", "<tab>", "You can push again."),
}
"""What each form is answered with on a page that became a ticket; the merge has a test of its own.

In this order each of them can be sent after those before it.
"""


async def test_every_form_arrives_and_the_next_one_is_not_held_up_by_it() -> None:
    async with live(SMALL) as seat:
        for form, words in FILLED.items():
            await seat.types(*words)
            before = len(seat.letters)
            await seat.send()
            assert len(seat.letters) > before, form
            await seat.until(lambda: seat.states == {LetterState.SENT})
        said = seat.said()

        assert len(said) == 8
        assert {"pd_none", "p3"} <= set(seat.ticket.tags)
        assert f"pd_{seat.page.id.lower()}" not in seat.ticket.tags
        assert seat.ticket.status == "solved"
        assert "card in the backlog: https://cards.example/7" in said[4][1]
        assert seat.page.level == 2
        assert {form for form in FORMS if form not in ("merge", "raise")} == set(FILLED)


async def test_whatever_is_refused_comes_back_to_its_form_with_every_word() -> None:
    """Each form in turn; both vendors say no to every write."""
    async with live(SMALL) as seat:
        seat.world.faults.add(faults.odd_error("string", 422), vendor="zendesk", method="PUT")
        seat.world.faults.add(faults.odd_error("string", 400), vendor="pagerduty", method="PUT")
        for form, words in FILLED.items():
            await seat.types(*words)
            answers = dict(seat.form.sheet.answers)
            await seat.send()
            await seat.until(lambda: any(letter.waits_for_person for letter in seat.letters))
            assert "OUTBOX" in seat.text(), form
            await seat.types("<O>")
            assert "REFUSED" in seat.text(), form
            await seat.types("<e>")
            assert seat.form.sheet.form.id == form
            assert dict(seat.form.sheet.answers) == answers, form
            await seat.types("<f4>", "<y>")
            await seat.until(lambda: all(o.state is LetterState.SENT for o in seat.letters))

        assert seat.said() == []
        assert seat.ticket.status == "new"


async def somebody_else_was_faster(seat: Live) -> None:
    """A colleague answers, a moment after what is on the screen."""
    await seat.clock.advance(2)
    colleague = seat.world.cast.agents[1].zendesk_id
    seat.world.zendesk.reply(seat.ticket.id, colleague, "I have it, thank you.")


async def test_a_conflict_shows_what_came_in_beside_the_draft_and_the_person_decides() -> None:
    async with live() as seat:
        await seat.types("<c>", "We are looking.")
        await somebody_else_was_faster(seat)
        await seat.send()
        await seat.until(lambda: seat.states == {LetterState.CONFLICT})
        await seat.types("<O>")
        shown = seat.text()
        unsaid = seat.said()
        await seat.types("<r>")
        await seat.until(lambda: seat.states == {LetterState.SENT})
        await seat.types("<escape>")

        assert "What you wrote" in shown
        assert "What came in" in shown
        assert "I have it, thank you." in shown
        assert "We are looking." in shown
        assert unsaid == []
        assert [text.endswith("We are looking.") for _, text in seat.said()] == [True]


async def test_of_two_dashboards_on_one_ticket_the_second_meets_the_words_of_the_first() -> None:
    async with live() as seat:
        await seat.types("<c>", "I am looking into it.")
        first = poller_on(seat.world, seat.clock)
        update = TicketUpdate(
            ticket_id=seat.ticket.id, stamp=seat.ticket.updated_at, comment="Mine already.",
            public=True,
        )  # fmt: skip
        await seat.clock.advance(2)
        action = Action(issue=seat.issue.id, form="reply", label="Reply", writes=(update,))
        first.outbox.post(action, seat.clock.now())
        sending = asyncio.create_task(anext_sent(first))
        await seat.until(lambda: len(seat.said()) == 1)
        await seat.send()
        await seat.until(lambda: LetterState.CONFLICT in seat.states)
        await seat.types("<O>")
        shown = seat.text()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await first.aclose()

        assert "Mine already." in shown
        assert "I am looking into it." in shown
        assert [text for _, text in seat.said()] == ["Mine already."]


async def anext_sent(other: Assembly) -> None:
    """The other dashboard sends what it has."""
    async for _ in other.delivery.run():
        pass


async def test_every_form_on_a_ticket_meets_its_conflict() -> None:
    async with live(SMALL) as seat:
        for form in ("triage", "reply", "note", "rename", "backlog", "priority", "pair", "close"):
            await seat.types(*FILLED[form])
            answers = dict(seat.form.sheet.answers)
            await somebody_else_was_faster(seat)
            await seat.send()
            await seat.until(
                lambda: any(letter.state is LetterState.CONFLICT for letter in seat.letters)
            )
            await seat.types("<O>", "<e>")
            assert seat.form.sheet.form.id == form
            assert dict(seat.form.sheet.answers) == answers, form
            await seat.types("<f4>", "<y>")
            await seat.until(lambda: all(o.state is LetterState.SENT for o in seat.letters))

        assert seat.said() == []


async def test_the_queue_shows_what_was_sent_at_once_and_takes_it_back_when_it_is_refused() -> None:
    async with live(SMALL) as seat:
        seat.world.faults.add(faults.odd_error("string", 422), vendor="zendesk", method="PUT")
        await seat.types("<p>", "2")
        await seat.send()
        supposed, words = seat.issue.severity, seat.issue.unconfirmed
        await seat.until(lambda: seat.states >= {LetterState.REFUSED})
        rolled_back = seat.issue

        assert (supposed and supposed.value, bool(words)) == ("P2", True)
        assert rolled_back.tag_severity is None


async def test_a_ticket_that_is_closed_meanwhile_loses_no_word() -> None:
    async with live() as seat:
        await seat.types("<c>", "Are you still there?")
        seat.world.zendesk.edit(seat.ticket.id, seat.world.me, status="closed")
        await seat.send()
        await seat.until(lambda: any(letter.waits_for_person for letter in seat.letters))
        (letter,) = seat.letters

        assert isinstance(letter.write, TicketUpdate)
        assert letter.write.comment is not None
        assert letter.write.comment.endswith("Are you still there?")
        await seat.types("<O>")
        assert isinstance(seat.app.screen, OutboxScreen)
        assert "Are you still there?" in seat.text()


@pytest.mark.parametrize(
    ("trouble", "said"),
    [(faults.rate_limited(120), "Tried again"), (faults.unavailable(120), "Looked for again")],
)
async def test_a_letter_that_is_put_off_says_when_it_is_tried_again(
    trouble: Effect, said: str
) -> None:
    async with live() as seat:
        seat.world.faults.add(trouble, vendor="zendesk", method="PUT", times=1)
        await seat.types("<n>", "Seen before.")
        await seat.send()
        await seat.types("<O>")
        await seat.until(lambda: f"{said} in" in seat.text())
        (put_off,) = [letter.next_try_at for letter in seat.letters if letter.next_try_at]
        at = put_off.astimezone(seat.app._policy.calendar.zone)
        assert f"at {at:%H:%M}." in seat.text()
        before = seat.text()
        await seat.clock.advance(61)
        seat.app.tick()
        await settle(seat.pilot)
        assert f"{said} in" in seat.text()
        assert seat.text() != before

        await seat.until(lambda: seat.states == {LetterState.SENT}, 200)
        assert f"{said} in" not in seat.text()


async def test_a_reply_that_the_requester_never_sees_is_said_to_be_so() -> None:
    def private(body: Any) -> None:
        for event in body["audit"]["events"]:
            event["public"] = False

    async with live() as seat:
        seat.world.faults.add(faults.changed(private), vendor="zendesk", method="PUT")
        await seat.types("<c>", "Are you still there?")
        await seat.send()
        await seat.settled()

        assert any("The requester has not seen it." in words for words in seat.told())


async def test_pages_can_be_merged_and_a_call_becomes_a_ticket_and_a_page() -> None:
    async with live(SMALL, paired=False) as seat:
        world = seat.world
        await seat.types("<N>", "Stale route on gw-7", "<tab>", "Ada rang.", "<tab>",
                         "ada@tenant.example", *["<tab>"] * 4, "2")  # fmt: skip
        await seat.send()
        await seat.until(lambda: seat.states == {LetterState.SENT})
        raised = max(world.zendesk.tickets.values(), key=lambda ticket: ticket.id)
        pages = {page.title for page in world.pagerduty.incidents.values()}
        await seat.until(lambda: len(seat.app.queue.table.rows) == 3)
        seat.app.queue.table.move_to(
            next(p for p, row in enumerate(seat.app.queue.table.rows) if not row.issue.ticket)
        )
        await seat.types("<M>", "1")
        await seat.send()
        await seat.until(lambda: seat.page.status == "resolved")

        assert raised.subject == "Stale route on gw-7"
        assert "Stale route on gw-7" in pages
        assert isinstance(seat.app.screen, QueueScreen)
        assert seat.page.merged_into is not None


async def test_a_raise_and_a_merge_that_are_refused_come_back_and_can_be_sent_again() -> None:
    async with live(SMALL, paired=False) as seat:
        no = faults.odd_error("string", 422)
        seat.world.faults.add(no, vendor="zendesk", method="POST", times=1)
        await seat.types("<N>", "Stale route on gw-7", "<tab>", "Ada rang.", "<tab>",
                         "ada@tenant.example", *["<tab>"] * 4, "2")  # fmt: skip
        await comes_back_and_is_sent(seat, "raise")
        await seat.until(lambda: len(seat.app.queue.table.rows) == 3)
        seat.app.queue.table.move_to(
            next(p for p, row in enumerate(seat.app.queue.table.rows) if not row.issue.ticket)
        )
        seat.world.faults.add(no, vendor="pagerduty", method="PUT", times=1)
        await seat.types("<M>", "1")
        await comes_back_and_is_sent(seat, "merge")
        await seat.until(lambda: seat.page.status == "resolved")

        subjects = [ticket.subject for ticket in seat.world.zendesk.tickets.values()]
        assert subjects.count("Stale route on gw-7") == 1
        assert seat.page.merged_into is not None


async def comes_back_and_is_sent(seat: Live, form: str) -> None:
    """What stands in a form is refused, given back with every word, and sent again."""
    answers = dict(seat.form.sheet.answers)
    await seat.send()
    await seat.until(lambda: any(letter.waits_for_person for letter in seat.letters))
    await seat.types("<O>")
    assert "REFUSED" in seat.text(), form
    await seat.types("<e>")
    assert seat.form.sheet.form.id == form
    assert dict(seat.form.sheet.answers) == answers, form
    await seat.send()
    await seat.until(lambda: seat.states == {LetterState.SENT})
