"""Is what is said in passing said once, and only as long as it is so?"""

from textual.pilot import Pilot

from services.domain import Severity
from tests.forms.desk import WritingDesk, types, world
from tests.forms.scenes import a_ticket, issue_of
from tests.screen.stage import Desk, settle

P3 = issue_of(a_ticket(severity=Severity.P3))


def told(desk: Desk) -> list[str]:
    return [shown.message for shown in desk.app._notifications]


async def test_the_same_words_are_not_said_twice_while_they_can_be_read() -> None:
    desk = Desk()
    async with desk.app.run_test() as pilot:
        for words in ("The disk is full.", "The disk is full.", "It is back."):
            desk.app.notify(words)
        await settle(pilot)
        desk.app.notify("The disk is full.")
        await settle(pilot)
        once = told(desk)
        desk.app.unsay("The disk is full.")
        desk.app.notify("The disk is full.")
        await settle(pilot)

        assert once == ["The disk is full.", "It is back."]
        assert told(desk) == ["It is back.", "The disk is full."]


async def reply(desk: WritingDesk, pilot: Pilot[None]) -> None:
    await desk.give(pilot, world(P3))
    await types(pilot, "<c>", "On it", "<ctrl+s>", "<y>")


async def test_that_a_letter_can_be_taken_back_is_said_until_it_is() -> None:
    desk = WritingDesk()
    async with desk.app.run_test() as pilot:
        await reply(desk, pilot)
        held = [words for words in told(desk) if "u takes it back" in words]
        await types(pilot, "<u>")
        after = told(desk)

        assert len(held) == 1
        assert held[0] not in after
        assert [words for words in after if words.startswith("Taken back")]


async def test_it_is_not_said_longer_than_the_letter_is_held() -> None:
    desk = WritingDesk()
    async with desk.app.run_test() as pilot:
        await reply(desk, pilot)
        (letter,) = desk.letters
        (held,) = [one for one in desk.app._notifications if "u takes it back" in one.message]

        assert held.timeout <= (letter.hold_until - letter.queued_at).total_seconds()
