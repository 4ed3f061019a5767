"""How does the operator want the screen to look and answer?"""

from collections.abc import Mapping

from msgspec import Struct, field

from services.filter import View
from services.signals.ladder import Ladder
from tui.signaller import SignalOptions


class ScreenOptions(Struct, frozen=True):
    """Looks and keys."""

    theme: str = "rota-dark"
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
    views: tuple[View, ...] = ()
    """Saved views, in the order of their keys."""
    start_view: str = ""
    """The name of the view to begin with; empty is everything."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Useful addresses by name."""
    runbooks: Mapping[str, str] = field(default_factory=dict)
    """Addresses by a pattern on the subject or service."""
    absolute_times: bool = False
    privacy: bool = False
    """Whether names and addresses are hidden from the start."""
    tour: bool = False
    """Whether newcomers are shown around."""
