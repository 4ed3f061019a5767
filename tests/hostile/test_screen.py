"""Can anything that strangers write act on the terminal, or leave its cell?

The real widgets paint it through Textual's own bytes into an emulator, which obeys them all.
"""

import asyncio
import base64
import re
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot

from services.domain import (
    Health,
    Issue,
    OnCall,
    Snapshot,
    Source,
    SourceStatus,
    TimelineEntry,
)
from tests.hostile.corpus import STRINGS, hostile_text
from tests.hostile.terminal import PATIENCE, HostileDesk, batches
from tests.screen.stage import NOON, incident, issue, settle, snapshot


def world(strings: Sequence[str]) -> Snapshot:
    """A world in which every text is one of these."""
    texts = [*strings, *strings]
    issues: list[Issue] = []
    for number, text in enumerate(strings, start=1):
        other, third = texts[number], texts[(number * 7) % len(strings)]
        if number % 3:
            made = issue(
                number, text, 5 + number, assignee=other, requester=third, tags=frozenset([text])
            )
            issues.append(replace(made, broken_pair=third if number % 2 else None))
        else:
            issues.append(incident(number, text, 5 + number, who=other))
    trouble = SourceStatus(Health.ERROR, NOON - timedelta(minutes=9), error=strings[0])
    on_call = OnCall(strings[0], strings[-1], NOON + timedelta(hours=3), strings[0])
    told = snapshot(*issues, zendesk=trouble)
    return replace(told, on_call=(on_call,), notices=tuple(strings[:2]))


def story(strings: Sequence[str]) -> tuple[TimelineEntry, ...]:
    """Everyone says all of it."""
    return tuple(TimelineEntry(NOON, Source.ZENDESK, text, strings[-1], text) for text in strings)


async def show(desk: HostileDesk, pilot: Pilot[None], strings: Sequence[str]) -> None:
    """Paint these wherever there is room for remote text, and look what became of the screen."""
    await desk.give(pilot, world(strings))
    if desk.selected is not None:
        desk.app.queue.tell(desk.selected, story(strings))
    await settle(pilot)
    await desk.unharmed(pilot)


@pytest.mark.parametrize(("width", "height", "every"), [(120, 40, 1), (43, 30, 4), (80, 6, 16)])
async def test_no_string_of_the_corpus_acts_or_leaves_its_cell(
    width: int, height: int, every: int
) -> None:
    desk = HostileDesk(width, height)
    async with desk.app.run_test(headless=False, size=(width, height)) as pilot:
        for strings in batches(STRINGS[::every], 2 * (height - 3)):
            await show(desk, pilot, strings)
            await pilot.press("G")
            await desk.unharmed(pilot)
            await pilot.press("g")


def test_no_text_acts_or_leaves_its_cell() -> None:
    desk = HostileDesk(100, 24)
    with asyncio.Runner() as runner:
        stage = desk.app.run_test(headless=False, size=(100, 24))
        pilot = runner.run(stage.__aenter__())

        @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
        @given(st.lists(hostile_text, min_size=3, max_size=24))
        def paint(strings: list[str]) -> None:
            runner.run(show(desk, pilot, strings))

        try:
            paint()
        finally:
            runner.run(stage.__aexit__(None, None, None))


@pytest.mark.parametrize("letters", ["e\u0301", "漢", "x漢", "漢\u0301e\u0301o", "e\u0301\u0302 "])
async def test_a_toast_that_goes_leaves_every_letter_whole_and_with_its_accent(
    letters: str,
) -> None:
    desk, size = HostileDesk(100, 24), (100, 24)
    async with desk.app.run_test(headless=False, size=size, notifications=True) as pilot:
        # Begun at other cells, so that some edge of the toast cuts each of them in each way.
        await desk.give(pilot, world(["x" * n + letters * 60 for n in range(24)]))
        await desk.unharmed(pilot)
        for words in ("Sent.", "Sent to Zendesk, and not heard of since.\nIt will be asked again."):
            desk.app.notify(words, timeout=3600)
            await _until(pilot, lambda: "Sent" in desk.text())
            await desk.unharmed(pilot)
            desk.app.clear_notifications()
            await _until(pilot, lambda: "Sent" not in desk.text())
            await desk.unharmed(pilot)


async def _until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Toasts come and go at the next turn of the screen's own clock."""
    async with asyncio.timeout(10):
        while not holds():
            await pilot.pause(0.02)


async def test_pages_and_toasts_over_the_queue_show_text_as_data() -> None:
    desk = HostileDesk(100, 24)
    worst = "[@click=app.quit]\x1b]0;owned\x07\x1b[2J\u202e漢\u0301[/red][link=x]"
    async with desk.app.run_test(headless=False, size=(100, 24)) as pilot:
        await desk.give(pilot, world([worst, "plain", "words"]))
        await pilot.press("d")
        await settle(pilot)
        assert "[@click=app.quit]␛]0;owned" in desk.text()
        await pilot.press("escape")
        for key in ("enter", "d", "question_mark", "o", "y"):
            await pilot.press("g", key)
            await settle(pilot)
            await desk.unharmed(pilot)
            await pilot.press("escape")
        desk.app.queue.trouble(desk.selected or "", worst)
        await settle(pilot)
        await desk.unharmed(pilot)


@pytest.mark.parametrize("subject", ["\x1b]52;c;b3duZWQ=\x07x", "\u202e\x9c\x1b\\x", "a\nb\x07"])
async def test_what_is_copied_is_plain_and_ends_where_we_end_it(subject: str) -> None:
    desk = HostileDesk(100, 24)
    async with desk.app.run_test(headless=False, size=(100, 24)) as pilot:
        await desk.give(pilot, snapshot(issue(1, subject)))
        desk.terminal.written.clear()
        await pilot.press("Y")
        await settle(pilot)

        written = "".join(desk.terminal.written)
        copied = re.findall(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", written)
        assert len(copied) == written.count("\x1b]") == 1
        assert base64.b64decode(copied[0]).decode().isprintable()
        assert desk.terminal.told == []


FORMS = {"t": "Triage", "f": "Rename", "P": "Pair"}
OTHERS = ("O", "L")


async def test_forms_and_other_screens_show_text_as_data() -> None:
    desk = HostileDesk(100, 30)
    worst = "[@click=app.quit]\x1b]0;owned\x07\x1b[2J\u202e漢\u0301[/red][link=x]"
    async with desk.app.run_test(headless=False, size=(100, 30)) as pilot:
        await desk.give(pilot, world([worst, "\x9b2Jplain\x00", "words\r\n\x1b[5;5H"]))
        for key in (*FORMS, *OTHERS):
            await pilot.press("g", key)
            await settle(pilot)
            assert key not in FORMS or FORMS[key] in desk.text()
            await desk.unharmed(pilot)
            while desk.app.screen is not desk.app.queue:
                await pilot.press("escape")
                await settle(pilot)


async def test_only_links_to_our_own_hosts_can_be_clicked() -> None:
    desk = HostileDesk(110, 24)
    urls = ("https://evil.example/x", "https://example.zendesk.com/\x1b]0;x", "javascript:x",
            "https://example.zendesk.com/7'(`")  # fmt: skip
    async with desk.app.run_test(headless=False, size=(110, 24)) as pilot:
        for number, url in enumerate(urls):
            await desk.give(pilot, snapshot(issue(number, "x", url=url)))
            for _ in range(PATIENCE):
                if f"Zendesk #{number} " in desk.text():
                    break
                await pilot.pause(0.02)
            await desk.painted_whole(pilot)
        written = "".join(desk.terminal.written)

    assert set(re.findall(r"\x1b\]8;[^;]*;([^\x1b]+)", written)) == {
        "https://example.zendesk.com/7%27%28%60"
    }


@pytest.mark.parametrize("key", ["slash", "f"])
async def test_what_is_pasted_into_a_field_is_data(key: str) -> None:
    """Copied from a web page it may hold more than was seen."""
    desk = HostileDesk(100, 30)
    async with desk.app.run_test(headless=False, size=(100, 30)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "x")))
        await pilot.press(key)
        await settle(pilot)
        desk.app.post_message(events.Paste("a\x1b]0;owned\x07\x1b[2J\x9b5;5H\u202eb\r\nc\x00漢"))
        await settle(pilot)
        await desk.unharmed(pilot)
