"""What is left on the terminal when something goes wrong that nobody expected?

Where it happened, for a report; not what was being worked on. Textual's own account shows the
values of all variables: a token in a header, a customer's words.
"""

from rich.segment import Segments
from textual.app import App


class Discreet(App[None]):
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
