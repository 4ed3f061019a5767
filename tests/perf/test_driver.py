"""Keys arrive without anyone asking again and again whether there are any."""

import asyncio
import os
import pty
import selectors
import sys
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.drivers.headless_driver import HeadlessDriver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tests.stillness import still
from tui.driver import quiet_driver
from tui.outlet import Outlet
from tui.waiting_driver import WAITS_FOR_TURN, WaitingDriver


class Listener(WaitingDriver):
    """The driver on a terminal of its own, with its thread; remembers what it passed on."""

    def __init__(self, app: App[None]) -> None:
        super().__init__(app)
        self.heard: list[str] = []
        self.news = threading.Event()

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.Key):
            self.heard.append(message.key)
        elif isinstance(message, events.Paste):
            self.heard.append(message.text)
        self.news.set()

    def wait_for(self, *keys: str) -> None:
        while self.heard != list(keys):
            assert self.news.wait(60), self.heard
            self.news.clear()


class Waits:
    """How long each look for input was prepared to wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[float | None] = []
        stock = selectors.SelectSelector.select

        def select(
            selector: selectors.SelectSelector, timeout: float | None = None
        ) -> list[tuple[selectors.SelectorKey, int]]:
            self.seen.append(timeout)
            return stock(selector, timeout)

        monkeypatch.setattr(selectors.SelectSelector, "select", select)


@contextmanager
def listening() -> Iterator[tuple[Listener, int]]:
    """A driver whose thread runs, and the terminal's end of the line."""
    terminal, ours = pty.openpty()
    os.set_blocking(terminal, False)
    made = Listener(App())
    made.fileno = ours
    made._key_thread = threading.Thread(target=made.run_input_thread)
    tty.setraw(ours)
    made._key_thread.start()
    try:
        yield made, terminal
    finally:
        made.exit_event.set()
        made._key_thread.join(60)
        assert not made._key_thread.is_alive()
        made.close()
        os.close(terminal)
        os.close(ours)


async def test_keys_pastes_and_half_characters_arrive() -> None:
    with listening() as (made, terminal):
        for data in (b"j", b"\x1b[B", "é".encode()[:1], "é".encode()[1:], b"\x1b[200~a b\x1b[201~"):
            os.write(terminal, data)
        await asyncio.to_thread(made.wait_for, "j", "down", "é", "a b")


async def test_a_lone_escape_is_known_for_one_after_a_while() -> None:
    with listening() as (made, terminal):
        os.write(terminal, b"\x1b")
        await asyncio.to_thread(made.wait_for, "escape")


async def test_bytes_that_are_no_text_do_no_harm() -> None:
    with listening() as (made, terminal):
        os.write(terminal, b"\xffj")
        await asyncio.to_thread(made.wait_for, "replacement_character", "j")


async def test_without_input_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look waits for as long as it takes, but for the one after an Escape."""
    waits = Waits(monkeypatch)
    with listening() as (made, terminal):
        os.write(terminal, b"j")
        await asyncio.to_thread(made.wait_for, "j")
        os.write(terminal, b"\x1b")
        await asyncio.to_thread(made.wait_for, "j", "escape")

    timed = [wait for wait in waits.seen if wait is not None]
    assert 1 <= len(timed) <= 3
    assert len(waits.seen) - len(timed) <= 4


async def test_it_ends_at_once_and_can_begin_again_as_after_a_stop() -> None:
    with listening() as (made, terminal):
        for _ in range(2):
            made.exit_event.set()
            assert made._key_thread is not None
            await asyncio.to_thread(made._key_thread.join, 60)
            assert not made._key_thread.is_alive()
            made.exit_event.clear()
            made._key_thread = threading.Thread(target=made.run_input_thread)
            made._key_thread.start()
        os.write(terminal, b"j")
        await asyncio.to_thread(made.wait_for, "j")


async def test_a_terminal_that_is_gone_ends_the_listening() -> None:
    listens, speaks = os.pipe()
    made = Listener(App())
    made.fileno = listens
    thread = threading.Thread(target=made.run_input_thread)
    thread.start()
    os.close(speaks)
    await asyncio.to_thread(thread.join, 60)

    assert not thread.is_alive()
    made.close()
    os.close(listens)


def test_it_stands_in_for_textuals_driver_on_linux_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert quiet_driver(LinuxDriver) is WaitingDriver
    assert quiet_driver(HeadlessDriver) is HeadlessDriver
    monkeypatch.setattr(sys, "platform", "darwin")
    assert quiet_driver(LinuxDriver) is LinuxDriver


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        pytest.param(XTermParser, "__init__", id="the-parser's-timeout"),
        pytest.param(LinuxDriver, "disable_input", id="the-event-that-ends-it"),
        pytest.param(LinuxDriver, "_run_input_thread", id="the-thread"),
        pytest.param(LinuxDriver, "start_application_mode", id="what-it-paints-on"),
        pytest.param(LinuxDriver, "close", id="its-end"),
        pytest.param(Driver, "__init__", id="its-app-and-loop"),
        pytest.param(WriterThread, "run", id="the-thread-that-writes"),
    ],
)
def test_where_textual_has_changed_its_own_driver_is_used(
    owner: type[object], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def otherwise(*_: object, **__: object) -> None:
        """Works without the names that ours rests on."""

    monkeypatch.setattr(owner, name, otherwise)
    assert quiet_driver(LinuxDriver) is LinuxDriver


def test_a_textual_without_the_private_modules_leaves_its_own_driver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tui.waiting_driver", None)
    chosen: type[Driver] = quiet_driver(LinuxDriver)
    assert chosen is LinuxDriver


async def test_a_paint_reaches_the_terminal_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(Outlet, "send", lambda _, data: sent.append(data))
    made = Listener(App())
    for data in ("\x1b[?2026h", "paint", "\x1b[?2026l", "\07"):
        made.write(data)
    made.flush()
    for data in ("\x1b[?2026h", "cut short"):
        made.write(data)
    made.flush()
    made.close()

    assert sent == ["\x1b[?2026hpaint\x1b[?2026l", "\07", "\x1b[?2026hcut short"]


async def test_what_the_input_thread_answers_is_written_by_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrote: list[tuple[str, int]] = []
    monkeypatch.setattr(Outlet, "send", lambda _, data: wrote.append((data, get_ident())))
    made = Listener(App())
    await asyncio.to_thread(made.write, "\x1b[?2048h")
    await still()
    made.close()

    assert wrote == [("\x1b[?2048h", get_ident())]


async def test_without_a_file_it_writes_as_textual_does(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(sys, "__stderr__", None)
    monkeypatch.setattr(LinuxDriver, "write", lambda _, data: sent.append(data))
    made = Listener(App())
    made.write("words")
    made.close()

    assert sent == ["words"]


async def test_a_terminal_that_was_lent_to_an_editor_is_listened_to_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Textual closes a driver while another program has the terminal, and starts it again."""
    monkeypatch.setattr(LinuxDriver, "start_application_mode", lambda driver: None)
    monkeypatch.setattr(sys, "setswitchinterval", (turns := list[float]()).append)
    with listening() as (made, terminal):
        made.exit_event.set()
        assert made._key_thread is not None
        await asyncio.to_thread(made._key_thread.join, 60)
        made.exit_event.clear()
        made.close()
        made.start_application_mode()
        made._key_thread = threading.Thread(target=made.run_input_thread)
        made._key_thread.start()
        os.write(terminal, b"j")
        await asyncio.to_thread(made.wait_for, "j")

    assert turns == [WAITS_FOR_TURN]
