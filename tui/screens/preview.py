"""Just what will be sent, before it is; and the question before what cannot be taken back."""

from collections.abc import Callable, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from services.forms.preview import Part, Preview
from services.plain import plain, plain_lines
from tui.keymap import bindings, key_line
from tui.keys import CONFIRM, PREVIEW
from tui.options import ScreenOptions
from tui.screens.reader import Box, Reading, Scrolling

MOST_LINES = 400
"""Lines of one text that are painted; the rest is counted."""


class PreviewScreen(ModalScreen[None], Scrolling):
    """The letters of one key press. `y` sends them; nothing else does."""

    KEYS = "form_preview"
    BINDINGS = [*bindings(PREVIEW)]
    DEFAULT_CSS = """
    PreviewScreen { background: $background; }
    PreviewScreen Vertical { height: 1fr; }
    PreviewScreen #preview-title { height: 1; background: $warning; color: $text;
        text-style: bold; padding: 0 1; }
    PreviewScreen Box { height: 1fr; padding: 0 1; }
    PreviewScreen #preview-text { height: auto; }
    PreviewScreen #preview-keys { height: 1; background: $panel; }
    """

    def __init__(
        self,
        shown: Sequence[Preview],
        send: Callable[[], str],
        options: ScreenOptions,
        changed: Sequence[str] = (),
    ) -> None:
        """Show what would be sent.

        Args:
            shown: One for each issue.
            send: Sends it; why it could not be, or "".
            options: Looks and keys.
            changed: What has happened to the issue since the form was opened.
        """
        super().__init__()
        self._shown = tuple(shown)
        self._send = send
        self._options = options
        self._changed = tuple(changed)

    def compose(self) -> ComposeResult:
        """A title that says that nothing is sent yet, the letters, the keys."""
        with Vertical():
            yield Static(self._title(), id="preview-title", markup=False)
            with Box():
                text = preview_text(self._shown, self._changed, ascii_only=self._options.ascii)
                yield Static(text, id="preview-text", markup=False)
            yield Static("", id="preview-keys", markup=False)

    def on_resize(self) -> None:
        """As many keys as there is room for."""
        keys = key_line(PREVIEW, self.size.width, self._options.keys)
        self.query_one("#preview-keys", Static).update(keys)

    @property
    def _troubled(self) -> bool:
        return any(shown.troubles for shown in self._shown)

    def _title(self) -> Text:
        count = sum(len(shown.parts) for shown in self._shown)
        letters = "1 letter" if count == 1 else f"{count} letters"
        public = sum(part.public for shown in self._shown for part in shown.parts)
        letters += f", {public} to the requester" if public else ", none to the requester"
        words = "CANNOT BE SENT" if self._troubled else f"NOT SENT YET: {letters}. y sends"
        return Text(words, no_wrap=True, overflow="ellipsis")

    def action_send(self) -> None:
        """Send what is shown, just as it is shown."""
        if self._troubled:
            self.notify("It cannot be sent like this.", severity="error", markup=False)
            return
        trouble = self._send()
        if trouble:
            self.notify(trouble, severity="error", markup=False)

    def action_close(self) -> None:
        """Back; nothing is sent."""
        self.dismiss(None)


class ConfirmScreen(Reading):
    """A question. `y` is yes; everything else leaves things as they are."""

    KEYS = "confirm"
    BINDINGS = [*bindings(CONFIRM)]

    def __init__(self, question: str, act: Callable[[], None]) -> None:
        super().__init__("Sure?")
        self._question = question
        self._act = act

    def compose_text(self) -> ComposeResult:
        """The question and its answers."""
        yield Static(Text(f"{self._question}\n\ny yes   Esc no"), id="page", markup=False)

    def action_confirm(self) -> None:
        """Do it, once this is out of the way."""
        self.dismiss(None)
        self.app.call_later(self._act)


class Barred:
    """Somebody's text with a bar in front of every line, wrapped ones too."""

    def __init__(self, text: Text, bar: str) -> None:
        self._text = text
        self._bar = bar

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines, as many as it takes."""
        room = options.update(width=max(8, options.max_width - len(self._bar)))
        for line in console.render_lines(self._text, room, pad=False):
            yield Segment(self._bar)
            yield from line
            yield Segment.line()


def preview_text(
    shown: Sequence[Preview], changed: Sequence[str] = (), *, ascii_only: bool = False
) -> RenderableType:
    """Everything that will be sent, in the order in which it goes."""
    bar = "| " if ascii_only else "┃ "
    parts: list[RenderableType] = []
    if changed:
        words = "Changed since you opened the form: " + " ".join(changed)
        parts.append(Text(f"{words}\n", style="bold reverse"))
    for one in shown:
        parts.append(Text(one.title, style="bold underline"))
        parts += [Text(f"! {words}", style="bold") for words in (*one.troubles, *one.warnings)]
        parts.append(Text(""))
        for part in one.parts:
            parts += _part(part, bar)
        parts += [Text(words, style="italic") for words in one.effect]
        parts.append(Text(""))
    return Group(*parts)


def _part(part: Part, bar: str) -> list[RenderableType]:
    head = Text(part.to, style="bold")
    if part.readers:
        head.append(f": {part.readers}", style="bold reverse" if part.public else "dim")
    lines: list[RenderableType] = [head]
    if part.text:
        written = plain_lines(part.text)
        lines.append(Barred(Text("\n".join(written[:MOST_LINES])), bar))
        if len(written) > MOST_LINES:
            lines.append(Text(f"{bar}… {len(written) - MOST_LINES} lines more", style="dim"))
    lines += [Text(f"  {plain(line, limit=300)}") for line in part.fields]
    lines.append(Text(""))
    return lines
