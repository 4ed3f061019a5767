"""The queue is painted before anything is loaded that it does not need."""

import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("needs a terminal as Linux has it", allow_module_level=True)

from tests.bench.state import FIRST, laptop
from tests.bench.terminal import Terminal, python

NOT_NEEDED = (
    "argparse",
    "bs4",
    "dateutil",
    "email.utils",
    "hashlib",
    "holidays",
    "httpx",
    "keyring",
    "pendulum",
    "platformdirs",
    "plotext",
    "rich.traceback",
    "services.api.client",
    "services.assemble",
    "services.config.wallet",
    "services.journal.journal",
    "services.poller.poller",
    "services.simulator",
    "starlette",
    "textual.command",
    "textual.widgets._input",
    "textual_plotext",
    "tui.palette",
    "tui.screens.forms",
    "tui.screens.issue",
    "tui.screens.reader",
    "tui.screens.rota",
    "uvicorn",
)

ONLOOKER = f"""
import os, sys
from tui.outlet import Outlet
stock = Outlet.send

def send(outlet, text):
    if {FIRST.decode()!r} in text:
        loaded = [name for name in {NOT_NEEDED!r} if name in sys.modules]
        os.write(1, f"LOADED {{loaded}} END".encode())
    stock(outlet, text)

Outlet.send = send
from tui.entry import main
sys.argv = ["rota"]
main()
"""
"""Runs rota, and says at the first paint of the queue what of it is loaded by then."""


def test_the_queue_is_painted_without_what_it_does_not_need(tmp_path: Path) -> None:
    there = laptop(tmp_path / "home", 20)
    environ = {**there.environ, "ROTA_CONFIG": str(there.config)}
    with Terminal(python("-c", ONLOOKER), environ=environ) as terminal:
        terminal.until(lambda sent: b"END" in sent)
        told = terminal.sent.partition(b"LOADED ")[2].partition(b" END")[0]

    assert told == b"[]"


def test_a_command_loads_only_what_it_needs() -> None:
    code = (
        "import sys; from tui.entry import main; sys.argv = ['rota', '--version']; main();"
        "print([m for m in ('argparse', 'msgspec', 'textual', 'typing') if m in sys.modules])"
    )
    with Terminal(python("-S", "-c", code)) as terminal:
        terminal.until(lambda sent: b"]" in sent)

        assert b"[]" in terminal.sent
