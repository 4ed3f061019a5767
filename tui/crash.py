"""What is left on the terminal when something goes wrong that nobody expected?

Where it happened, for a report; not what was being worked on. Textual's own account shows the
values of all variables: a token in a header, a customer's words.
"""

import contextlib
import resource

from rich.segment import Segments

from tui.part import PartOfApp


def leave_no_core() -> None:
    """Have no image of our memory written when we are ended by force: there are tokens in it."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


class Discreet(PartOfApp):
    """An app whose last words tell no secrets."""

    def _fatal_error(self) -> None:
        """Leave, with the lines that led here."""
        # Slow to load, and hopefully never needed.
        from rich.traceback import Traceback

        self.bell()
        traceback = Traceback(show_locals=False, width=None)
        lines = self.console.render(traceback, self.console.options)
        self._exit_renderables.append(Segments(lines))
        self._close_messages_no_wait()
