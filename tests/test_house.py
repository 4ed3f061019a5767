"""What the house rules promise of the repository itself."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from services.config.files import default_text
from tui.cli import main

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-dev.lock", "requirements-audit.lock"]
)
def test_the_lock_pins_with_hashes_and_names_no_registry(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.findall(r"^([a-z0-9][a-z0-9._-]*)==", text, re.MULTILINE)

    assert len(pins) > 10
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text


def test_the_default_configuration_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--print-config"]) == 0
    assert capsys.readouterr().out == default_text() == (ROOT / "config.toml").read_text()


def test_the_screen_is_painted_without_waiting_for_what_it_does_not_need() -> None:
    """The app's import path holds no HTTP client, no calendar of holidays and no simulator."""
    code = (
        "import sys, tui.app; "
        "print([m for m in ('httpx', 'holidays', 'pendulum', 'starlette', 'uvicorn',"
        " 'services.simulator.world') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == "[]"
