"""Between the queue and the outbox: opens forms, and posts what was confirmed.

What a form is about is what was under the cursor at the key press, and stays so.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from services.clock import Clock
from services.domain import Issue, Snapshot, Source, TimelineEntry
from services.errors import RotaError, StoreError
from services.letters import Action
from services.outbox.outbox import Outbox
from services.policy.deadlines import Policy
from tui.options import ScreenOptions
from tui.posting import Posting
from tui.toasts import Toasts

if TYPE_CHECKING:
    from services.expected import Names
    from services.forms.form import Directory, Form, House, Me, Scene
    from tui.screens.forms import FormScreen

MARKED = "marked"
"""Under which name the draft of a form on several issues is kept."""

FORMS_SCREEN = "form"
"""Under which name the screen is kept that forms are drawn on."""

NOTHING_THERE = "There is no issue under the cursor."


def _nothing() -> str:
    return ""


class Stationery(Struct, frozen=True):
    """What it takes to write: made where the dashboard is put together."""

    outbox: Outbox = field(default_factory=lambda: Outbox(None))
    house: "Callable[[], House] | None" = None
    """How the team works; asked for when the first form is opened."""
    directory: "Callable[[], Awaitable[Directory]] | None" = None
    """Who there is to choose from; asked for when a form needs it."""
    deliver: Callable[[], AsyncIterator[object]] | None = None
    """Sends what is posted, and tells whenever a letter stands differently; None sends nothing."""
    at_rest: Callable[[], str] = _nothing
    """Why nothing is being sent from here just now; "" when it is."""


class Writing:
    """Everything that changes something. The app asks it, and it asks the outbox."""

    def __init__(
        self,
        app: Toasts,
        stationery: Stationery,
        policy: Policy,
        clock: Clock,
        options: ScreenOptions,
        changed: Callable[[], None],
        dealt_with: Callable[[Iterable[str]], None],
    ) -> None:
        """Take what it takes; nothing is read yet.

        Args:
            app: For screens, questions and notifications.
            stationery: Outbox, house and directory.
            policy: For what is promised.
            clock: The servers' time.
            options: Looks and keys.
            changed: Called when the queue reads differently because of a letter.
            dealt_with: Told on which issues, by id, something has been sent.
        """
        self._dealt_with = dealt_with
        self.posting = Posting(
            app, stationery.outbox, policy, clock, options, changed, stationery.at_rest
        )
        self._app = app
        self._stationery = stationery
        self._policy = policy
        self._clock = clock
        self._options = options
        self._snapshot = Snapshot()
        self._told: tuple[str, Sequence[TimelineEntry]] = ("", ())
        self._made_house: House | None = None
        self._directory: Directory | None = None

    def start(self) -> None:
        """Look into the outbox, and be told from now on when it changes."""
        self.posting.start(self._reopen)

    def seen(self, snapshot: Snapshot) -> Snapshot:
        """The world as it will be once everything has arrived; open forms are told of news."""
        self._snapshot = snapshot
        if self.posting.touching:
            snapshot = self.posting.overlaid(snapshot, self._names())
        for form in self._forms():
            issues = {issue.id: issue for issue in snapshot.issues}
            form.follow(issues, self.posting.arrived_at())
        return snapshot

    def tell(self, issue_id: str, entries: Sequence[TimelineEntry]) -> None:
        """What happened to an issue, for the forms that are open on it or will be."""
        self._told = issue_id, entries
        for form in self._forms():
            form.tell(issue_id, entries)

    def leave(self) -> None:
        """Quit; ask first if a word would be lost, or has not been sent."""
        if all([form.kept() for form in self._forms()]):
            self.posting.leave()
            return
        self.posting.ask(
            "What you typed cannot be saved, and would be lost. Quit all the same?", self._app.exit
        )

    def keep(self) -> tuple[str, ...]:
        """Keep what is in the forms; of what cannot be kept, the reason and the words."""
        lost: list[str] = []
        for form in self._forms():
            if not form.kept():
                words = [text for text in form.sheet.answers.values() if text.strip()]
                lost += [form.sheet.unkept, *words]
        return tuple(lost)

    # -- forms ---------------------------------------------------------------------------------

    def open(self, form_id: str, issues: Sequence[Issue]) -> None:
        """Open a form on one issue, or on several where it can be used so."""
        from services.forms.catalogue import FORMS

        form = FORMS[form_id]
        if form_id == "raise":
            self._show(form, (self._scene(None),))
            return
        scenes = tuple(self._scene(issue) for issue in issues)
        refused = [why for scene in scenes if (why := form.refuses(scene))]
        usable = tuple(scene for scene in scenes if not form.refuses(scene))
        if not usable:
            self.posting.say(refused[0] if refused else NOTHING_THERE)
        elif len(usable) > 1 and not form.bulk:
            self.posting.say(f"{form.title} takes one issue at a time: Esc drops the marks.")
        else:
            left_out = f"{len(refused)} of the marked left out: {refused[0]}" if refused else ""
            self._show(form, usable, left_out)

    def _show(self, form: "Form", scenes: "tuple[Scene, ...]", words: str = "") -> None:
        from tui.screens.form_words import kept_words
        from tui.screens.forms import Clerk

        issue = scenes[0].issue
        key = MARKED if len(scenes) > 1 else issue.id if issue is not None else "new"
        answers: Mapping[str, str] = {}
        try:
            draft = self.posting.outbox.draft(key, form.id)
        except StoreError as error:
            self.posting.trouble(error)
            draft = None
        if draft is not None:
            answers = draft.answers
            words = f"{kept_words(draft.saved_at, scenes[0])} {words}".strip()
        clerk = Clerk(
            keep=lambda typed: self._keep(key, form.id, typed),
            forget=lambda: self._forget(key, form.id),
            preview=self._preview,
            ask=self.posting.ask,
        )
        screen = self._form_screen()
        screen.fill(form, scenes, answers, clerk, words)
        screen.tell(*self._told)
        self._app.push_screen(screen)
        if form.id in ("escalate", "raise") and self._directory is None:
            self._app.run_worker(self._look_up(screen), group="directory")

    def _form_screen(self) -> "FormScreen":
        """The one there is, unless it is in use."""
        from tui.screens.forms import FormScreen

        if not self._app.is_screen_installed(FORMS_SCREEN):
            self._app.install_screen(FormScreen(self._options), FORMS_SCREEN)
        screen = self._app.get_screen(FORMS_SCREEN, FormScreen)
        return FormScreen(self._options) if screen in self._app.screen_stack else screen

    async def _look_up(self, screen: "FormScreen") -> None:
        """Who there is to choose from; the form goes on without, as long as it is not known."""
        if self._stationery.directory is None:
            return
        try:
            found = await self._stationery.directory()
        except RotaError as error:
            self.posting.say(f"Not everybody can be listed: {error.headline}")
            return
        self._directory = found
        if screen in self._app.screen_stack:
            screen.offer([replace(scene, directory=found) for scene in screen.sheet.scenes])

    def _reopen(self, form_id: str, issue_id: str) -> str:
        """Open a form on an issue by its id, or that of one of its halves; what there is to say."""
        from services.forms.catalogue import FORMS

        if form_id not in FORMS:
            return "It has no text to edit: it is withdrawn."
        parts = set(issue_id.split("+"))
        issues = [i for i in self._snapshot.issues if parts & set(i.id.split("+"))]
        if form_id != "raise" and not issues:
            return "Its issue has left the queue; the text is kept as a draft."
        self.open(form_id, issues[:1])
        return ""

    def _keep(self, key: str, form: str, typed: Mapping[str, str]) -> str:
        return self.posting.save_draft(key, form, typed)

    def _forget(self, key: str, form: str) -> str:
        try:
            self.posting.outbox.discard_draft(key, form)
        except StoreError as error:
            return error.headline
        return ""

    def _preview(self, screen: "FormScreen") -> None:
        """Freeze what would be sent, and show just that."""
        from services.forms.preview import plan, preview
        from tui.screens.preview import PreviewScreen

        sheet, now = screen.sheet, self._clock.now()
        form, answers = sheet.form, dict(sheet.answers)
        scenes = [replace(scene, now=now) for scene in sheet.scenes]
        actions = [plan(form, scene, answers) for scene in scenes]
        pairs = zip(scenes, actions, strict=True)
        shown = [preview(form, scene, answers, action) for scene, action in pairs]

        draft = MARKED if len(scenes) > 1 else actions[0].issue

        def send() -> str:
            return self._send(actions, draft)

        self._app.push_screen(PreviewScreen(shown, send, self._options, sheet.changed))

    def _send(self, actions: Sequence[Action], draft: str = "") -> str:
        """Post, and leave the form; why it could not be done, or ""."""
        if trouble := self.posting.post(actions, draft):
            return trouble
        from tui.screens.forms import FormScreen
        from tui.screens.preview import PreviewScreen

        while isinstance(self._app.screen, FormScreen | PreviewScreen):
            self._app.pop_screen()
        self._dealt_with([action.issue for action in actions])
        return ""

    # -- pages ---------------------------------------------------------------------------------

    def acknowledge(self, issues: Sequence[Issue]) -> None:
        """Acknowledge at once what is ours or nobody's; ask before taking what is another's."""
        if not issues:
            self.posting.say(NOTHING_THERE)
            return
        from tui.acknowledging import Acknowledging

        pages = Acknowledging(
            self._app, self.posting, self._options, self._me(), self._scene, self._send
        )
        pages.take(issues)

    # -- who and where -------------------------------------------------------------------------

    def _scene(self, issue: Issue | None) -> "Scene":
        from services.forms.form import Directory, Others, Scene

        now = self._clock.now()
        others = Others(i for i in self._snapshot.issues if issue is None or i.id != issue.id)
        return Scene(
            issue=issue,
            policy=self._policy,
            house=self._how_we_work(),
            me=self._me(),
            now=now,
            opened_at=now,
            others=others,
            directory=self._directory or Directory(),
        )

    def _me(self) -> "Me":
        from services.forms.form import Me

        ids = self._snapshot.my_ids or {}
        zendesk = ids.get(Source.ZENDESK)
        return Me(self._snapshot.me, int(zendesk) if zendesk else None, ids.get(Source.PAGERDUTY))

    def _names(self) -> "Names":
        from services.forms.form import Directory
        from services.forms.preview import names_in

        return names_in(self._how_we_work(), self._directory or Directory(), self._me())

    def _how_we_work(self) -> "House":
        if self._made_house is None:
            from services.forms.form import House

            made = self._stationery.house
            self._made_house = made() if made is not None else House()
        return self._made_house

    def _forms(self) -> "list[FormScreen]":
        # Under a form lies the queue, and the room for forms is not opened before one is.
        if len(self._app.screen_stack) == 1:
            return []
        from tui.screens.forms import FormScreen

        return [s for s in self._app.screen_stack if isinstance(s, FormScreen) and s.is_mounted]
