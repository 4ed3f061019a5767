"""What can be done here, by name? The palette of the screen it is called from."""

from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.screen import Screen

from tui.key import Key, Table
from tui.keymap import shown
from tui.keys import SCREENS
from tui.options import ScreenOptions


@runtime_checkable
class HasOptions(Protocol):
    """An app that knows the operator's own keys."""

    options: ScreenOptions


class KeyCommands(Provider):
    """Every action of a screen's table; its name and its help are searched."""

    async def search(self, query: str) -> Hits:
        """Actions whose name or description matches."""
        matcher = self.matcher(query)
        for key in self._named():
            score = matcher.match(f"{key.label} {key.help}")
            if score > 0:
                yield Hit(score, key.label, self._run(key), help=self._help(key))

    async def discover(self) -> Hits:
        """All actions."""
        for key in self._named():
            yield DiscoveryHit(key.label, self._run(key), help=self._help(key))

    def _named(self) -> list[Key]:
        return [key for key in table_of(self.screen) if key.id != "palette"]

    def _help(self, key: Key) -> str:
        """What it does, and the key that does it at once."""
        app = self.app
        chosen = app.options.keys if isinstance(app, HasOptions) else {}
        by = shown(key, chosen)
        return f"{key.help} ({by})" if by else key.help

    def _run(self, key: Key) -> "Runner":
        return Runner(self.screen, key.action)


class Runner:
    """Carries out one action on the screen that the palette was called from."""

    def __init__(self, screen: Screen[object], action: str) -> None:
        self._screen = screen
        self._action = action

    async def __call__(self) -> None:
        """Do it."""
        await self._screen.run_action(self._action)


def table_of(screen: Screen[object]) -> Table:
    """The keys of a screen; none for one that has no table."""
    return SCREENS.get(getattr(screen, "KEYS", ""), ())
