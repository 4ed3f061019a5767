"""One screen that draws any form: its questions, the one being answered, and what follows.

There is one place to type in, which goes from question to question: opening costs the same however
many there are, and a change of size loses neither text nor focus. Every change is kept before
anything else happens. Which issue it is about is decided when it is opened, and never again.

The screen is the same for one form after the other: to make and style its widgets takes longer than
all the rest. It is given a new sheet of answers each time, and painted once, when all is in place.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from msgspec import Struct
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static, TextArea

from services.domain import Issue, TimelineEntry
from services.forms.form import Field, Form, Scene
from services.forms.sheet import Sheet
from tui.keymap import bindings, key_line
from tui.keys import FORM
from tui.options import ScreenOptions
from tui.screens.external_editor import edited
from tui.screens.form_words import hint, notes, question, title
from tui.screens.queue import QueueScreen
from tui.screens.reader import Box, PageScreen
from tui.screens.whole import Whole
from widgets.choices import Choices, Option
from widgets.detail import story
from widgets.editor import Editor, typable
from widgets.outline import Outline

WIDE = 100
"""Columns from which on the questions stand beside the answer, and not above it."""

RECENT = 20
"""Things that were said, shown beside a form."""


class Clerk(Struct, frozen=True):
    """What a form may have done for it."""

    keep: Callable[[Mapping[str, str]], str]
    """Keep the draft; why it could not be kept, or ""."""
    forget: Callable[[], str]
    """Drop the draft for good; why it could not be done, or ""."""
    preview: Callable[["FormScreen"], None]
    """Show what would be sent."""
    ask: Callable[[str, Callable[[], None]], None]
    """Ask before something is done that cannot be taken back."""


class FormScreen(Whole[None], inherit_bindings=False):
    """A form, being filled in."""

    KEYS = "form"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FORM)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
    DEFAULT_CSS = """
    FormScreen { layout: vertical; background: $background; }
    FormScreen #form-title { height: 1; background: $panel; text-style: bold; padding: 0 1; }
    FormScreen #form-body { height: 1fr; layout: vertical; }
    FormScreen #form-left { height: auto; max-height: 40%; min-height: 2; }
    FormScreen #form-story { display: none; height: 1fr; padding: 0 1; }
    FormScreen #form-said { height: auto; color: $foreground 80%; }
    FormScreen #form-answer { height: 1fr; }
    FormScreen #form-hint { height: auto; max-height: 3; padding: 0 1; background: $boost; }
    FormScreen #form-notes { height: auto; max-height: 30%; padding: 0 1; }
    FormScreen #form-keys { height: 1; background: $panel; }
    FormScreen.-wide #form-body { layout: horizontal; }
    FormScreen.-wide #form-left { width: 40%; max-width: 56; height: 1fr; max-height: 100%; }
    FormScreen.-wide #form-story { display: block; }
    FormScreen.-wide #form-answer { border-left: solid $primary 50%; }
    """

    sheet: Sheet
    _clerk: Clerk

    def __init__(self, options: ScreenOptions) -> None:
        """Make the widgets; `fill` says what the form is."""
        super().__init__()
        self._options = options
        self._title = Static("", id="form-title", markup=False)
        self._outline = Outline(ascii_only=options.ascii, id="form-outline")
        self._editor = Editor(self._take, id="form-editor")
        self._choices = Choices(ascii_only=options.ascii, id="form-choices")
        self._hint = Static("", id="form-hint", markup=False)
        self._said_before = Box(id="form-story")
        self._story = Static("", id="form-said", markup=False)
        self._below = Static("", id="form-notes", markup=False)
        self._keys = Static("", id="form-keys", markup=False)
        self._made = False
        """Whether its widgets are there to be told anything."""

    def fill(
        self,
        form: Form,
        scenes: Sequence[Scene],
        kept: Mapping[str, str],
        clerk: Clerk,
        said: str = "",
    ) -> None:
        """Take a form to be filled in, in place of the one before.

        Args:
            form: Which.
            scenes: What it is about; several where it is used on several issues at once.
            kept: The answers of a draft; empty for a fresh form.
            clerk: What keeps, sends and asks.
            said: A line about the draft, or the issues left out.
        """
        self.sheet = Sheet(form, scenes, kept, clerk.keep)
        self._clerk = clerk
        self._said = said
        self._here = 0
        self._typed_into = ""
        self._cursors: dict[str, tuple[int, int]] = {}
        self._entries: tuple[TimelineEntry, ...] = ()
        if self._made:
            self._begin()

    @property
    def field(self) -> Field:
        """The question being answered."""
        return self.sheet.fields[self._here]

    def compose(self) -> ComposeResult:
        """Title, questions, the answer, notes, keys."""
        self._fit()
        yield self._title
        with Horizontal(id="form-body"):
            with Vertical(id="form-left"):
                yield self._outline
                with self._said_before:
                    yield self._story
            with Vertical(id="form-answer"):
                yield self._hint
                yield self._editor
                yield self._choices
                yield self._below
        yield self._keys

    def on_mount(self) -> None:
        """All its widgets are there."""
        self._made = True
        self._begin()

    def _begin(self) -> None:
        """The first question is open; in a draft, the first one that still needs an answer."""
        self._fit()
        _update(self._title, title(self.sheet))
        self._tell_story()
        self._said_before.scroll_home(animate=False, immediate=True)
        self._go(self.sheet.first_open() if self.sheet.resumed else 0)
        self._ask_for_story()

    def on_resize(self) -> None:
        """As many keys as there is room for."""
        self._fit()
        self._say()

    def _fit(self) -> None:
        """As Textual does it too, but only once the screen has been painted in another size."""
        width = self.app.size.width
        self.set_class(width >= WIDE, "-wide").set_class(width < WIDE, "-narrow")
        _update(self._keys, key_line(FORM, width, self._options.keys))

    # -- from above ----------------------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        """It is later: what a choice would mean may read differently."""
        self.sheet.at(now)
        self._draw()

    def reads_until(self, now: datetime) -> datetime | None:
        """At the next minute: what would be due is said in minutes."""
        return now.replace(second=0, microsecond=0) + timedelta(minutes=1)

    def follow(self, issues: Mapping[str, Issue], ours: Mapping[str, datetime]) -> None:
        """The queue is new: say so if what this is about has changed. It stays what it was.

        Args:
            issues: By id.
            ours: When a letter of our own last arrived, by part of an issue's id.
        """
        if self.sheet.follow(issues, ours):
            self._say()
            self._ask_for_story()

    def tell(self, issue_id: str, entries: Sequence[TimelineEntry]) -> None:
        """What was said on the issue, oldest first; what came last is read first here."""
        issue, told = self.sheet.scene.issue, tuple(reversed(entries))
        if issue is not None and issue_id == issue.id and told != self._entries:
            self._entries = told
            self._tell_story()

    def _tell_story(self) -> None:
        if self._made:
            self._story.update(story(self._entries[:RECENT], self.sheet.scene.policy))

    def offer(self, scenes: Sequence[Scene]) -> None:
        """More to choose from has become known; what the form is about stays."""
        self.sheet.look_again(scenes)
        self._draw()

    # -- keys ----------------------------------------------------------------------------------

    async def _take(self, event: events.Key) -> bool:
        """Deal with a key before the editor does; in the order in which they were typed."""
        if self.app.screen is not self:
            return True
        if self.field.choices:
            return await self._take_for_choice(event)
        if event.key == "enter" and self.field.lines == 1:
            self._move(1)
            return True
        if event.key == "up" and self._editor.at_first_line and self._here > 0:
            self._move(-1)
            return True
        last = self._here == len(self.sheet.fields) - 1
        if event.key == "down" and self._editor.at_last_line and not last:
            self._move(1)
            return True
        if event.is_printable or event.key == "enter":
            return False
        return await self.app._check_bindings(event.key)

    async def _take_for_choice(self, event: events.Key) -> bool:
        if self._choices.press(event.key, event.character):
            self._take_choice()
        elif event.key == "enter":
            self._move(1)
        else:
            return await self.app._check_bindings(event.key)
        return True

    async def on_key(self, event: events.Key) -> None:
        """Keys for the choices, which have no keys of their own."""
        if self.focused is self._choices and await self._take_for_choice(event):
            event.stop()
            event.prevent_default()

    def action_next(self, by: int) -> None:
        """To the next question, or the one before; round at the ends."""
        self._go((self._here + by) % len(self.sheet.fields))

    def action_close(self) -> None:
        """Close; what was typed is kept. Not while it cannot be."""
        if not self.kept():
            self.notify(self.sheet.unkept, severity="error", markup=False)
            return
        self.dismiss(None)

    def action_preview(self) -> None:
        """Show what would be sent; or go to the first answer that will not do."""
        self.kept()
        place = self.sheet.complain()
        if place is not None:
            self._go(place)
            return
        self._clerk.preview(self)

    def action_template(self) -> None:
        """Put the prepared text into an empty field."""
        if self.field.choices or not self.field.template:
            self.notify("There is no prepared text for this question.", markup=False)
        elif self._editor.text.strip():
            self.notify("There is a text already.", markup=False)
        else:
            self._editor.insert_here(self.field.template)

    def action_edit(self) -> None:
        """Write the answer in $EDITOR."""
        if self.field.choices:
            self.notify("This is chosen, not written.", markup=False)
            return
        subject = f"{self.sheet.form.id} {self.sheet.scene.short_id}"
        text, trouble = edited(self.app, self._editor.text, subject)
        if trouble:
            self.notify(trouble, severity="error", markup=False)
        if text is not None:
            if self.field.lines == 1:
                text = " ".join(text.split())
            self._editor.load_text(typable(text.rstrip("\n")))
            self._editor.move_cursor(self._editor.document.end)
            self._take_text()

    def action_story(self) -> None:
        """Read what was said."""
        text = story(self._entries, self.sheet.scene.policy)
        self.app.push_screen(PageScreen("What was said, newest first", text))

    def _ask_for_story(self) -> None:
        if len(self.sheet.scenes) == 1 and self.sheet.scene.issue is not None:
            self.post_message(QueueScreen.Wanted(self.sheet.scene.issue))

    def action_discard(self) -> None:
        """Throw away what was typed, after a question."""
        self._clerk.ask("Throw away what you typed here?", self._discard)

    def _discard(self) -> None:
        trouble = self._clerk.forget()
        # What could never be kept need not be forgotten.
        if trouble and not self.sheet.unkept:
            self.notify(trouble, severity="error", markup=False)
            return
        self.dismiss(None)

    # -- answers -------------------------------------------------------------------------------

    @on(TextArea.Changed, "#form-editor")
    def _typed(self) -> None:
        self._take_text()

    @on(Choices.Chosen)
    def _chosen(self) -> None:
        self._take_choice()

    @on(Outline.Picked)
    def _picked(self, event: Outline.Picked) -> None:
        # A click on the form before may come only now.
        labels = [question.label for question in self._outline.questions]
        if labels[event.place : event.place + 1] == [event.label]:
            self._go(event.place)

    def _take_text(self) -> None:
        if self._typed_into == self.field.id:
            self._answer(self._editor.text)

    def _take_choice(self) -> None:
        if self.field.choices:
            self._answer(self._choices.value)

    def _answer(self, answer: str) -> None:
        if self.sheet.answer(self.field, answer):
            self._draw()

    def kept(self) -> bool:
        """Whether all that has been typed is kept, to the last key."""
        self._take_text()
        self._take_choice()
        if self.sheet.untouched:
            return True
        kept = self.sheet.keep()
        self._say()
        return kept

    # -- what is painted -----------------------------------------------------------------------

    def _move(self, by: int) -> None:
        self._go(max(0, min(self._here + by, len(self.sheet.fields) - 1)))

    def _go(self, place: int) -> None:
        """To another question; what stands in this one is taken first."""
        if self._typed_into == self.field.id:
            self._take_text()
            self._cursors[self.field.id] = self._editor.cursor_location
        self._here = place
        field = self.field
        self._editor.display = not field.choices
        self._choices.display = bool(field.choices)
        self._typed_into = "" if field.choices else field.id
        self._editor.one_line = field.lines == 1
        if field.choices:
            self.set_focus(self._choices)
        else:
            text = self.sheet.answers.get(field.id, "")
            self._editor.load_text(text)
            end = (text.count("\n"), len(text.rsplit("\n", 1)[-1]))
            self._editor.move_cursor(self._cursors.get(field.id, end))
            self.set_focus(self._editor)
        self._draw()

    def _draw(self) -> None:
        """Everything that depends on answers or time."""
        sheet = self.sheet
        told = [question(field, sheet.answers, field.id in sheet.wrong) for field in sheet.fields]
        self._outline.show(told, self._here)
        if self.field.choices:
            options = [Option(c.value, c.label, c.note) for c in self.field.choices]
            self._choices.show(options, sheet.answers.get(self.field.id, ""))
        self._say()

    def _say(self) -> None:
        """The hint or complaint above the answer, and the notes below it."""
        if not self._made:
            return
        _update(self._hint, hint(self.field, self.sheet.wrong.get(self.field.id, "")))
        meaning = self._choices.note() if self.field.choices else ""
        lines = notes(self.sheet, self.field, meaning, self._said)
        _update(self._below, Text("\n").join(lines))


def _update(widget: Static, text: Text) -> None:
    if widget.content != text:
        widget.update(text)
