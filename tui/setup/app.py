"""Who takes the person from step to step?"""

from collections.abc import Sequence

from rich.text import Text
from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import ContentSwitcher, Input, Static

from services.domain import Source
from services.errors import RotaError
from services.setup.conversation import Conversation, Remember, Written
from tui.ending import listening
from tui.setup.picks import Picks
from tui.setup.steps import (
    FileStep,
    IncidentsStep,
    PagerDutyStep,
    Step,
    TicketsStep,
    ZendeskStep,
)


class SetupApp(App[Written]):
    """The setup; what it returns is what was written, or nothing if it was left."""

    TITLE = "rota setup"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #head, #foot, #trouble { padding: 0 1; }
    #head, #foot { height: 1; background: $panel; }
    #trouble { height: auto; color: $text-error; text-style: bold; display: none; }
    ContentSwitcher { height: 1fr; }
    """
    BINDINGS = [
        Binding("ctrl+s,f10", "go_on", "Next", priority=True),
        Binding("ctrl+n", "leave_out", "Leave out", priority=True),
        Binding("escape", "go_back", "Back"),
        Binding("ctrl+q", "leave", "Quit", priority=True),
    ]

    def __init__(self, talk: Conversation, remember: Remember) -> None:
        super().__init__()
        self._talk = talk
        self._remember = remember
        self._at = 0
        self._busy = False
        self._steps: Sequence[Step] = (
            ZendeskStep(id="zendesk"),
            TicketsStep(id="tickets"),
            PagerDutyStep(id="pagerduty"),
            IncidentsStep(id="incidents"),
            FileStep(id="file"),
        )

    async def run_until_told(self) -> Written | None:
        """Run until it is left, or the program is told to end."""

        def leave(status: int) -> None:
            self.exit(None, return_code=status)

        with listening(leave):
            return await self.run_async()

    @property
    def step(self) -> Step:
        """Where the person is."""
        return self._steps[self._at]

    def compose(self) -> ComposeResult:
        """Where we are, the questions, what went wrong, the keys."""
        yield Static("", id="head", markup=False)
        with ContentSwitcher(initial="zendesk"):
            yield from self._steps
        yield Static("", id="trouble", markup=False)
        yield Static("", id="foot", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self._show()

    @on(Input.Submitted)
    def _on_to_the_next(self, event: Input.Submitted) -> None:
        """Enter goes to the next field, and from the last to the next step."""
        fields = list(self.step.query(Input))
        if event.input is fields[-1]:
            self.action_go_on()
        else:
            fields[fields.index(event.input) + 1].focus()

    @on(Picks.Changed, "#keep")
    def _show_the_file_again(self) -> None:
        self.step.enter(self._talk)

    def action_go_on(self) -> None:
        """Check the answers; in the last step, write the file."""
        if not self._busy:
            self._busy = True
            self._complain("")
            self.query_one("#foot", Static).update("Checking…")
            self._check()

    def action_leave_out(self) -> None:
        """Go on without this vendor."""
        if self._busy or not self.step.optional:
            return
        source = Source.ZENDESK if isinstance(self.step, ZendeskStep) else Source.PAGERDUTY
        self._talk.without(source)
        self._go(2)

    def action_go_back(self) -> None:
        """To the step before; what was answered stays."""
        if self._busy:
            return
        skipped = self._at == 4 and self._talk.pagerduty is None
        skipped |= self._at == 2 and self._talk.zendesk is None
        self._go(-2 if skipped else -1)

    def action_leave(self) -> None:
        """Leave; nothing is kept."""
        self.exit(None)

    @work(group="setup")
    async def _check(self) -> None:
        try:
            if isinstance(self.step, FileStep):
                self.exit(self._talk.write(self.step.keep, self._remember))
                return
            await self.step.leave(self._talk)
        except RotaError as error:
            self._complain(f"{error.headline} {error.advice}".strip())
            self._show_keys()
            return
        finally:
            self._busy = False
        self._go(1)

    def _go(self, by: int) -> None:
        self._at = min(max(self._at + by, 0), len(self._steps) - 1)
        self._complain("")
        self._show()

    def _show(self) -> None:
        step = self.step
        self.query_one(ContentSwitcher).current = step.id
        step.enter(self._talk)
        head = f"rota setup · {self._at + 1} of {len(self._steps)} · {step.heading}"
        self.query_one("#head", Static).update(Text(head, style="bold"))
        self._show_keys()
        for widget in step.query("*"):
            if widget.focusable:
                widget.focus()
                break

    def _show_keys(self) -> None:
        last = isinstance(self.step, FileStep)
        keys = [f"ctrl+s {'write the file' if last else 'next'}"]
        keys += [f"ctrl+n {self.step.optional}"] if self.step.optional else []
        keys += ["Esc back"] if self._at else []
        self.query_one("#foot", Static).update(" · ".join([*keys, "ctrl+q quit"]))

    def _complain(self, why: str) -> None:
        trouble = self.query_one("#trouble", Static)
        trouble.update(Text(why))
        trouble.display = bool(why)
