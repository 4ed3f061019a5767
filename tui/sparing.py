"""How is Textual loaded without what nobody has asked for yet?

Its `App` brings the command palette along, with every widget that one is made of: a tenth of all
that is loaded before anything can be painted. Until the palette is opened for the first time,
stand-ins take the place of a few names that Textual only mentions while it is loaded.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType

POSTPONED: Mapping[str, Sequence[str]] = {
    "textual.command": (
        "CommandListItem",
        "CommandPalette",
        "DiscoveryHit",
        "Hit",
        "Hits",
        "Provider",
        "SimpleProvider",
    ),
    "platformdirs": ("user_downloads_path",),
}
"""What Textual's modules take from others by name, and use only when it is wanted."""


class Postponed:
    """Something in a module that is loaded when it is first called, or asked for anything."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def __getattr__(self, name: str) -> object:
        return getattr(self._real(), name)

    def __call__(self, *args: object, **more: object) -> object:
        """Do what the real one does."""
        return self._real()(*args, **more)

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        """A class made from it is a plain one: Textual's choice of themes, which is not offered."""
        return ()

    def _real(self) -> type:
        found: type = getattr(import_module(self._module), self._name)
        return found


def load_textual() -> None:
    """Load `textual.app`; all of it, where this Textual wants more than is postponed here."""
    if "textual.app" in sys.modules:
        return
    standing_in = [name for name in POSTPONED if name not in sys.modules]
    for name in standing_in:
        stand_in = ModuleType(name)
        for wanted in POSTPONED[name]:
            setattr(stand_in, wanted, Postponed(name, wanted))
        sys.modules[name] = stand_in
    try:
        import_module("textual.app")
    except ImportError:
        # What was loaded up to then holds no stand-in: only `textual.app` and its themes do.
        sys.modules.pop("textual.theme", None)
    finally:
        for name in standing_in:
            del sys.modules[name]
    import_module("textual.app")
