"""How do keys typed faster than the screen answers find the place they were meant for?

Textual hands each key to the widget that has the focus when the key arrives, and looks up its
binding when the key comes back from there: of keys in one burst, those behind the one that moves
the focus would still act as commands. Here a key that is a command acts before the next one is
looked at, with all that it has others do, in a field too; and keys for a screen that has only just
come up wait until it has placed the focus.
"""

from collections import deque

from textual import events
from textual.app import App
from textual.screen import Screen
from textual.widget import Widget


class KeysInOrder(App[None]):
    """An app in which each key acts where the keys before it have led."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Key] = deque()
        self._settled: Screen[object] | None = None
        self._settling: Screen[object] | None = None
        self._reading: Widget | None = None
        """The field that has a key, other than one it writes, and has not dealt with it."""

    async def on_event(self, event: events.Event) -> None:
        """Deal with a key at once; everything else as Textual does."""
        if isinstance(event, events.MouseEvent) and not event.is_forwarded:
            self.pointed()
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self.touched()
        self._typed.append(event)
        await self._catch_up()

    def touched(self) -> None:
        """A key was pressed: somebody is there."""

    def pointed(self) -> None:
        """The mouse was moved or clicked."""

    async def _catch_up(self) -> None:
        while self._typed and not self._field_reads() and self._focus_is_placed():
            await self._press(self._typed.popleft())

    async def _press(self, event: events.Key) -> None:
        field = self.focused if self._typing() else None
        if field is None:
            for first in (True, False):
                if await self._check_bindings(event.key, priority=first):
                    if self.screen.message_queue_size:
                        # It may be about to open something, which the next key is meant for.
                        self._settled = None
                    return
        await super().on_event(event)
        if field is not None and not event.is_printable:
            self._reading = field if field.call_later(self._handed_up, field) else None

    def _handed_up(self, by: Widget) -> None:
        """Follow a key to its screen: whoever does nothing about it hands it up, in their turn."""
        above = by.parent
        if isinstance(above, Widget) and above.call_later(self._handed_up, above):
            return
        self._reading = None
        self.call_later(self._catch_up)

    def _field_reads(self) -> bool:
        """One that has gone will not."""
        return self._reading is not None and self._reading.is_running

    def _typing(self) -> bool:
        """Whether a field has the focus: then it must have all keys, in its own turn."""
        focused = self.focused
        return focused is not None and focused.check_consume_key("a", "a")

    def _focus_is_placed(self) -> bool:
        """Whether the screen on top has placed the focus; if not, it is asked to tell."""
        screen = self.screen
        if screen is self._settled:
            return True
        if screen is not self._settling:
            self._settling = screen
            # Its own queue holds the news that it is on top before this.
            screen.call_later(self._has_settled, screen)
        return False

    def _has_settled(self, screen: Screen[object]) -> None:
        self._settled, self._settling = screen, None
        self.call_later(self._catch_up)
