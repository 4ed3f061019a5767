"""How do several widgets that have changed at the same moment reach the terminal in one go?

Each says which parts of it are to be painted. While they are gathered, nothing else happens with
them; otherwise they are painted in Textual's own time, which takes messages and a timer for each.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType

from textual.geometry import Region
from textual.widget import Widget


class Parts:
    """Parts of widgets that are to be painted. Used with `with`, it gathers them."""

    def __init__(self) -> None:
        self._gathered: dict[Widget, list[Region]] = {}
        self._gathering = 0

    def __enter__(self) -> "Parts":
        self._gathering += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gathering -= 1

    def add(self, widget: Widget, regions: Iterable[Region]) -> None:
        """These parts of a widget read differently."""
        if not self._gathering:
            widget.refresh(*regions)
        else:
            self._gathered.setdefault(widget, []).extend(regions)

    def taken(self) -> Mapping[Widget, Sequence[Region]]:
        """What has been gathered; nothing while it still is."""
        if self._gathering:
            return {}
        gathered, self._gathered = self._gathered, {}
        return gathered
