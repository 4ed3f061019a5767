"""What holds for every test of what is painted? It is painted when the program would."""

import pytest
from textual.screen import Screen

from tests.stillness import really_draw


@pytest.fixture(autouse=True)
def drawn_at_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """How often something is painted is what these tests are about."""
    monkeypatch.setattr(Screen, "_compositor_refresh", really_draw)
