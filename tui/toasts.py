"""What is said in passing: once at a time, and no longer than it is so."""

from textual.notifications import SeverityLevel

from tui.part import PartOfApp


class Toasts(PartOfApp):
    """An app that does not repeat itself while one can still read what it said.

    This rests on Textual's collection of what is on show, which is its own business; a test
    pins it.
    """

    _coming: frozenset[str] = frozenset()
    """Said, and not on show yet."""

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say it for a moment, never as markup, unless the same words are to be read already."""
        shown = {one.message for one in self._notifications}
        if message not in shown | self._coming:
            self._coming |= {message}
            super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)
            self.call_later(self._has_come, message)

    def _has_come(self, message: str) -> None:
        self._coming -= {message}

    def unsay(self, message: str) -> None:
        """It is so no more: nobody is to read it any longer."""
        for shown in [one for one in self._notifications if one.message == message]:
            self._unnotify(shown)
