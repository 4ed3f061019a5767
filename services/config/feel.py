"""Which tables say how rota looks, calls and is found one's way in?"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from services.config.table import Table
from services.domain import Severity

Steps = Annotated[tuple[float, ...], "steps"]
"""Shares of the time allowed, ascending; 1 is the breach. Written as "75%" and "breach"."""

USUAL: tuple[float, ...] = (0.75, 0.9, 1.0)
"""The steps of a deadline at which somebody is called."""

NOTIFY = ("auto", "osc9", "osc777", "off")
"""Ways in which a terminal is asked for a notification."""


class SignalSteps(Table, frozen=True):
    """At which steps of its deadlines an issue calls for somebody, by severity."""

    P1: Steps = USUAL
    P2: Steps = USUAL
    P3: Steps = USUAL
    P4: Steps = USUAL
    unclassified: Steps = USUAL


class Signals(Table, frozen=True):
    """How a deadline calls for somebody who is looking elsewhere."""

    bell: bool = True
    notify: str = "auto"
    command: tuple[str, ...] = ()
    quiet_when_focused: bool = True
    away_after: timedelta = timedelta(minutes=10)
    """Without a key for so long nobody is looking; 0 is never."""
    title: bool = False
    tmux_window: bool = False
    steps: SignalSteps = SignalSteps()

    def shares(self) -> Mapping[Severity | None, tuple[float, ...]]:
        """The steps by severity; None is unclassified."""
        steps = self.steps
        return {
            Severity.P1: steps.P1,
            Severity.P2: steps.P2,
            Severity.P3: steps.P3,
            Severity.P4: steps.P4,
            None: steps.unclassified,
        }


class Screen(Table, frozen=True):
    """How the dashboard looks."""

    theme: str = "rota-dark"
    ascii: bool = False
    mouse: bool = True
    mine: tuple[str, ...] = ()
    """Names by which an issue is mine, besides those that the vendors give."""
    start_view: str = ""
    """The saved view that is opened at the start; none is everything."""
    absolute_times: bool = False
    privacy: bool = False
    """Whether names and addresses are hidden from the start."""


VIEWS: Mapping[str, str] = {
    "urgent": "is:breached,soon",
    "mine": "is:mine",
    "untriaged": "is:unclassified",
    "waiting": "is:waiting",
}
"""The saved views of a new configuration: name and filter, in the order of their keys 1 to 9."""
