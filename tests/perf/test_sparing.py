"""Textual does without its palette until somebody opens it, and then has all of it."""

import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, sys
from tui import sparing
{before}
sparing.load_textual()
early = "textual.command" in sys.modules
from textual.app import App

async def look():
    app = App()
    async with app.run_test() as pilot:
        {opens}
        await pilot.pause()
        from textual.command import CommandPalette
        told = [type(app.screen) is CommandPalette, len(app.screen.query("Input"))]
        await pilot.press("q", "u", "i", "t")
        await pilot.pause()
        print(early, *told, type(app.screen) is CommandPalette)

asyncio.run(look())
"""


@pytest.mark.parametrize(
    "opens",
    [
        'await pilot.press("ctrl+p")',
        'app.search_commands([("Quit it", app.exit)])',
    ],
)
def test_the_palette_is_loaded_when_it_is_opened(opens: str) -> None:
    assert looked(opens) == "False True 1 True"


def test_a_textual_that_wants_more_is_loaded_whole() -> None:
    before = "sparing.POSTPONED = {'textual.command': ('CommandPalette',)}"

    assert looked('await pilot.press("ctrl+p")', before) == "True True 1 True"


def test_where_a_file_would_be_kept_is_asked_when_it_is() -> None:
    code = (
        "import sys; from tui.sparing import load_textual; load_textual(); import textual.app as t;"
        "early = 'platformdirs' in sys.modules; at = t.user_downloads_path();"
        "import platformdirs; print(early, at == platformdirs.user_downloads_path())"
    )

    assert said(code) == "False True"


def looked(opens: str, before: str = "") -> str:
    """What an app of Textual's tells of its palette, in a process of its own."""
    return said(SCRIPT.format(opens=opens, before=before))


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
