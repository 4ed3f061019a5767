"""The rota as the operator meets it: keys go in, painted lines come out."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from services.domain import Health, Rota, Source, SourceStatus
from services.letters import LetterState, OverrideCreate
from services.outbox.outbox import Outbox
from tests.paintings import assert_as_kept
from tests.rota.stage import HOUR, NOON, local, rota, schedule, shift, week
from tests.screen.stage import Desk, settle, snapshot
from tui.options import ScreenOptions
from tui.screens.override import OverrideScreen
from tui.screens.rota import RotaScreen

KEPT = Path(__file__).parent / "painted"
SIZES = [(120, 40), (80, 24), (60, 15)]
sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])

EASTER = local("2026-03-27 14:20")
"""A Friday: the clocks change on Sunday, and the next Friday is a bank holiday."""


def easter(now: datetime = EASTER) -> Rota:
    """Two weeks with a clock change and a bank holiday, one stand-in and one gap."""
    days, nights = week("2026-03-23", "Ann Ann Ann Ann Me Me Bo Bo Cy Cy", "Bo Cy Dee Ann")
    stand_in = shift("Eve", local("2026-03-30 17:00"), local("2026-03-30 21:00"), override=True)
    cut = (
        shift("Ann", stand_in.end, one.end) if one.start == stand_in.start else one
        for one in nights.shifts
        if one.start != local("2026-04-01 17:00")
    )
    nights = replace(
        nights, shifts=tuple(sorted((*cut, stand_in), key=lambda one: one.start)),
        overrides=(stand_in,),
    )  # fmt: skip
    return rota(days, nights, now=now)


async def opened(desk: Desk, pilot: Pilot[None], known: Rota) -> RotaScreen:
    """The rota's screen, on these schedules."""
    await desk.give(pilot, replace(snapshot(), rota=known))
    await pilot.press("w")
    await settle(pilot)
    screen = desk.app.screen
    assert isinstance(screen, RotaScreen)
    return screen


def at(now: datetime, options: ScreenOptions | None = None) -> Desk:
    """The dashboard at another time."""
    desk = Desk(options)
    desk.clock.shift(now - desk.clock.now())
    return desk


@sizes
async def test_a_week_with_a_clock_change_and_a_bank_holiday_reads_right(
    size: tuple[int, int],
) -> None:
    desk = at(EASTER)
    async with desk.app.run_test(size=size) as pilot:
        await opened(desk, pilot, easter())

        assert {cell_len(line) for line in desk.painted()} == {size[0]}
        assert_as_kept(desk.painted(), KEPT / f"easter_{size[0]}x{size[1]}.txt")


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Between two colours, as the Web's guidelines for accessibility count it."""
    lights = []
    for colour in (one, other):
        parts = (part / 255 for part in colour)
        red, green, blue = (
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        lights.append(0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    return max(lights) / min(lights)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_every_shade_can_be_read_in_the_dark_and_in_the_light(theme: str) -> None:
    """At least the contrast that is asked of text for everybody, 4.5 to 1."""
    desk = at(EASTER, ScreenOptions(theme=theme))
    async with desk.app.run_test(size=(120, 40)) as pilot:
        screen = await opened(desk, pilot, easter())
        strips = [screen.timeline.render_line(y) for y in range(screen.timeline.size.height)]
        styles = {segment.style for strip in strips for segment in strip if segment.text.strip()}
        found = [
            contrast(style.color.get_truecolor(), style.bgcolor.get_truecolor())
            for style in styles
            if style is not None and style.color and style.bgcolor
        ]

    assert len(found) > 5
    assert min(found) >= 4.5


async def test_without_symbols_it_says_the_same_in_ascii() -> None:
    desk = at(EASTER, ScreenOptions(ascii=True))
    async with desk.app.run_test(size=(80, 24)) as pilot:
        screen = await opened(desk, pilot, easter())
        drawn = [strip.text for strip in map(screen.timeline.render_line, range(16))]

        assert "".join(drawn).replace("…", "").isascii()
        assert_as_kept(desk.painted(), KEPT / "easter_ascii.txt")


async def test_the_cursor_tells_of_each_turn_and_scrolls_by_day_and_week() -> None:
    desk = at(EASTER)
    async with desk.app.run_test(size=(80, 15)) as pilot:
        screen = await opened(desk, pilot, easter())
        told = []
        for keys in (["l"], ["tab"], ["pagedown"], ["k", "k"], ["g"]):
            await pilot.press(*keys)
            await settle(pilot)
            told.append(desk.painted()[-3:-1])
        first = screen.timeline.first_day

        assert "Primary: Me (yours)" in told[0][0]
        assert "Mon 30 Mar 09:00 – 17:00 BST, 8 h; support hours" in told[0][1]
        assert "Out of hours: nobody on this schedule" in told[1][0]
        assert "bank holiday (Easter Monday)" in "".join(told[2])
        assert "weekend" in "".join(told[3])
        assert f"{first}" == "2026-03-27"
        assert "Fri 27 Mar 09:00 – 17:00 GMT" in told[4][1]


async def test_the_weekend_in_which_the_clocks_change_is_an_hour_shorter() -> None:
    desk = at(EASTER)
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await opened(desk, pilot, easter())
        await pilot.press("tab", "l")
        await settle(pilot)

        assert "Fri 27 Mar 17:00 – Mon 30 Mar 09:00 GMT/BST, 63 h" in desk.text()
        assert "the clocks change" in desk.text()


@pytest.mark.parametrize(
    ("known", "words"),
    [
        pytest.param(rota(), "PagerDuty has no schedule that this token can see.", id="none"),
        pytest.param(rota(schedule("Empty")), "Empty: nobody is on it", id="nobody"),
        pytest.param(
            rota(schedule("P", shift("Ann", NOON - HOUR, NOON + HOUR))),
            "Nobody at all is on call Wed 14 Jan 13:00 – Thu 29 Jan 12:00",
            id="gap",
        ),
        pytest.param(
            rota(
                schedule(
                    "P",
                    shift("Ann", NOON - HOUR, NOON + timedelta(days=15)),
                    overrides=(
                        shift("Bo", NOON + HOUR, NOON + 3 * HOUR),
                        shift("Cy", NOON + 2 * HOUR, NOON + 4 * HOUR),
                    ),
                )
            ),
            "P: overrides for Bo and Cy overlap, Wed 14 Jan 14:00 – 15:00 GMT.",
            id="overlap",
        ),
        pytest.param(
            replace(rota(), trouble="PagerDuty does not allow this: Access Denied."),
            "Not all schedules can be read: PagerDuty does not allow this: Access Denied.",
            id="forbidden",
        ),
    ],
)
async def test_what_is_wrong_with_the_rota_is_said_plainly(known: Rota, words: str) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 30)) as pilot:
        await opened(desk, pilot, known)

        assert " ! " in desk.text()
        await pilot.press("p")
        await settle(pilot)
        assert words in " ".join(desk.text().replace("│", " ").split())


async def test_pagerduty_that_is_switched_off_has_no_rota() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        off = snapshot(pagerduty=SourceStatus(Health.OFF))
        await desk.give(pilot, off)
        await pilot.press("w")
        await settle(pilot)

        assert "PagerDuty is not configured, so there is no rota to show." in desk.text()


async def test_of_200_schedules_one_is_drawn_and_all_can_be_reached() -> None:
    desk = Desk()
    many = tuple(
        schedule(f"Rota {n}", shift(f"Ann{n}", NOON - HOUR, NOON + timedelta(days=15)))
        for n in range(200)
    )
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await opened(desk, pilot, rota(*many))
        await pilot.press("shift+tab")
        await settle(pilot)

        assert "Rota 199" in desk.text()
        assert ">200" in desk.text()
        assert "Ann199" in desk.text()
        assert "Ann0" not in desk.text()


async def test_a_schedule_that_is_shift_based_is_shown_but_not_overridden() -> None:
    desk = Desk()
    lead = replace(
        schedule("Leads", shift("Ann", NOON - HOUR, NOON + 9 * HOUR)), shift_based=True
    )  # fmt: skip
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await opened(desk, pilot, rota(lead))
        await pilot.press("plus")
        await settle(pilot)

        assert [n.message for n in desk.app._notifications] == [
            "Shift-based schedules can only be overridden in PagerDuty."
        ]


async def test_a_hostile_name_stays_in_its_line() -> None:
    desk = Desk()
    nasty = "[red]x[/red]\x1b[2J\u202e🚒\u200d🔥 名前 " * 3
    known = rota(schedule(nasty, shift(nasty, NOON - HOUR, NOON + 30 * HOUR)))
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await opened(desk, pilot, known)

        assert {cell_len(line) for line in desk.painted()} == {80}
        assert not {"\x1b", "\u202e"} & set(desk.text())


ODD = (
    ("", "", "", "Who takes it?"),
    ("xyz", "", "", "Nobody on the rota is called xyz."),
    ("e", "", "", "Which of them"),
    ("me", "", "", "has this time already"),
    ("bo", "", "2026-03-27 13:00", "It must end after it begins."),
    ("bo", "2026-03-27 09:00", "2026-03-27 14:00", "the past cannot be changed"),
    ("bo", "2026-03-29 01:30", "", "From: the clocks skip this time."),
    ("bo", "tomorrow", "", "From: write a day and a time"),
)
"""Who, from and until as typed, and what is said; the times empty are left as they are."""


async def test_an_override_that_makes_no_sense_says_why_and_is_not_sent() -> None:
    desk = at(EASTER)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await opened(desk, pilot, easter())
        await pilot.press("plus")
        await settle(pilot)
        fields = {id: desk.app.screen.query_one(f"#{id}", Input) for id in ("who", "from", "until")}
        first = {id: field.value for id, field in fields.items()}
        for who, start, end, words in ODD:
            for (id, field), value in zip(fields.items(), (who, start, end), strict=True):
                field.value = value or first[id]
            await settle(pilot)
            said = desk.text()
            await pilot.press("ctrl+s")

            assert words in said
            assert isinstance(desk.app.screen, OverrideScreen)
        assert desk.app.outbox.letters() == ()


async def test_an_override_is_previewed_and_sent_by_a_key_of_its_own() -> None:
    desk = at(EASTER)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await opened(desk, pilot, easter())
        await pilot.press("l", "plus", *"cy", "ctrl+s")
        await settle(pilot)
        preview = desk.text()
        await pilot.press("enter")
        unsent = desk.app.outbox.letters()
        await pilot.press("y")
        await settle(pilot)

        assert "Primary: override for Cy" in preview
        assert "2026-03-30T08:00Z to 2026-03-30T16:00Z" in preview
        assert "takes over from Me" in preview
        assert unsent == ()
        (letter,) = desk.app.outbox.letters()
        assert letter.write == OverrideCreate(
            schedule_id="SPRIMARY",
            user_id="PCY",
            start=local("2026-03-30 09:00"),
            end=local("2026-03-30 17:00"),
        )
        assert "on its way. u pulls it back." in desk.text()
        await pilot.press("u")
        assert desk.app.outbox.letters() == ()


async def test_what_was_typed_of_an_override_is_there_again_for_the_same_turn() -> None:
    desk = at(EASTER)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await opened(desk, pilot, easter())
        await pilot.press("l", "plus", *"cy")
        desk.app.screen.query_one("#until", Input).value = "2026-03-30 12:00"
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        (draft,) = desk.app.outbox.drafts()
        await pilot.press("plus")
        await settle(pilot)
        again = [desk.app.screen.query_one(f"#{id}", Input).value for id in ("who", "until")]
        await pilot.press("escape", "l", "plus")
        await settle(pilot)
        other = desk.app.screen.query_one("#who", Input).value

        assert (draft.issue, draft.form, draft.answers["who"]) == ("rota", "override", "cy")
        assert again == ["cy", "2026-03-30 12:00"]
        assert other == ""


async def swapped(desk: Desk, pilot: Pilot[None]) -> None:
    """Monday's turn, which is mine, and Tuesday's, which is Bo's, change hands."""
    await opened(desk, pilot, easter())
    await pilot.press("l", "s", "l", "s")
    await settle(pilot)
    await pilot.press("y")
    await settle(pilot)


async def test_a_swap_is_one_action_of_two_overrides() -> None:
    desk = at(EASTER)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await swapped(desk, pilot)
        one, other = desk.app.outbox.letters()

        assert one.action == other.action
        assert isinstance(one.write, OverrideCreate)
        assert isinstance(other.write, OverrideCreate)
        assert (one.write.user_id, other.write.user_id) == ("PBO", "PME")
        assert other.write.start - one.write.start == timedelta(days=1)


def settle_letters(outbox: Outbox, now: datetime, *states: LetterState) -> None:
    """What the vendor says to each letter."""
    for letter, state in zip(outbox.letters(), states, strict=True):
        outbox.ledger.take(letter.id, now)
        why = "User not found" if state is LetterState.REFUSED else ""
        outbox.ledger.settle(letter.id, state, now, reason=why)


async def test_of_a_swap_that_is_half_refused_the_other_half_can_be_given_back() -> None:
    desk = at(EASTER)
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await swapped(desk, pilot)
        settle_letters(desk.app.outbox, EASTER, LetterState.SENT, LetterState.REFUSED)
        await settle(pilot)
        said = desk.text()
        await pilot.press("b")
        await settle(pilot)

        assert (
            "HALF DONE, Swap Me and Bo: one half is made, the other was refused: User not" in said
        )
        assert "b gives it back." in said
        back = desk.app.outbox.letters()[-1].write
        assert back == OverrideCreate(
            schedule_id="SPRIMARY",
            user_id="PME",
            start=local("2026-03-30 09:00"),
            end=local("2026-03-30 17:00"),
        )


async def test_escape_drops_the_swap_and_then_the_screen() -> None:
    desk = at(EASTER)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await opened(desk, pilot, easter())
        await pilot.press("l", "s", "escape")
        await settle(pilot)
        still = isinstance(desk.app.screen, RotaScreen)
        assert "with this?" not in desk.text()
        await pilot.press("escape")
        await settle(pilot)

        assert still
        assert not isinstance(desk.app.screen, RotaScreen)


async def test_the_screen_follows_the_schedules_while_it_is_open() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await opened(desk, pilot, rota(schedule("P", shift("Ann", NOON - HOUR, NOON + HOUR))))
        known = rota(schedule("P", shift("Zed", NOON - HOUR, NOON + HOUR)))
        await desk.give(pilot, replace(snapshot(), rota=known))

        assert "Zed" in desk.text()
        assert "Ann" not in desk.text()
        assert Source.PAGERDUTY in (desk.app.snapshot.sources or {})
