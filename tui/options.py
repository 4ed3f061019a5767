"""How does the operator want the screen to look and answer?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.signals.ladder import Ladder
from tui.signaller import SignalOptions


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """Looks and keys."""

    theme: str = "textual-dark"
    ascii: bool = False
    mine: tuple[str, ...] = ()
    """Names by which an issue is the operator's, besides those that the vendors give."""
    keys: Mapping[str, str] = field(default_factory=dict)
    open_hosts: tuple[str, ...] = ()
    """Hosts that the browser is sent to without a question; `*.example.com` is all below it."""
    demo: str = ""
    """What the header says of a demo; empty on real vendors."""
    pace: float = 1.0
    """Seconds of the vendors' clock in a real one; only a demo has another."""
    signals: SignalOptions = field(default_factory=SignalOptions)
    ladder: Ladder = field(default_factory=Ladder)
    """At which steps of a deadline signals are sent."""
