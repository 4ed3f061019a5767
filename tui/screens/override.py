"""An override or a swap, checked while it is typed and previewed before it is sent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from services.domain import Rota
from services.letters import Action
from services.plain import plain
from services.policy.calendar import SupportCalendar
from services.policy.spoken import duration_words
from services.rota.overrides import Cover, Remark, remarks
from services.rota.sent import OVERRIDE, SWAP
from services.rota.turns import Turn, people
from tui.keymap import bindings
from tui.keys import OVERRIDE_FORM, OVERRIDE_PREVIEW
from tui.screens.reader import Box, Boxed
from widgets.field import Field
from widgets.rota_words import span

HOLD = timedelta(seconds=10)
"""How long an override can be pulled back."""

_FORMAT = "%Y-%m-%d %H:%M"


class OverrideDrafts(Struct, frozen=True):
    """Where the answers of the one override that is being written are kept."""

    load: Callable[[], Mapping[str, str]]
    keep: Callable[[Mapping[str, str]], None]
    """Nothing in it forgets the draft."""


class OverrideScreen(Boxed[Action | None]):
    """Who takes which piece of a schedule."""

    KEYS = "override"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OVERRIDE_FORM)]
    DEFAULT_CSS = """
    OverrideScreen > Box { width: 76; max-width: 98%; max-height: 96%; }
    OverrideScreen #remarks { min-height: 3; text-style: bold; }
    """
    AUTO_FOCUS = "#who"

    def __init__(
        self,
        calendar: SupportCalendar,
        rota: Rota,
        cover: Cover,
        now: datetime,
        drafts: OverrideDrafts,
    ) -> None:
        """Begin with a piece that nobody has been named for yet.

        Args:
            calendar: For the zone in which times are typed.
            rota: Who has what now.
            cover: The piece under the cursor.
            now: The servers' time.
            drafts: Where what is typed is kept.
        """
        super().__init__()
        self._drafts = drafts
        self._calendar = calendar
        self._rota = rota
        self._piece = cover
        self._now = now

    def compose(self) -> ComposeResult:
        """Three fields, and what is to be said of them."""
        zone, draft = self._calendar.zone, self._draft()
        with Box() as box:
            name = plain(self._piece.schedule.name, limit=40)
            box.border_title = Content(f"Override on {name}")
            box.border_subtitle = "ctrl+s preview · Esc back"
            yield Static(Text(f"Who takes it: {self._who_there_is()}"), id="people")
            yield Field(draft.get("who", ""), placeholder="a part of the name is enough", id="who")
            yield Static(f"From, by the clock of {zone.key}:", markup=False)
            yield Field(draft.get("from", self._civil(self._piece.start)), id="from")
            yield Static("Until:")
            yield Field(draft.get("until", self._civil(self._piece.end)), id="until")
            yield Static("", id="remarks", markup=False)

    def on_mount(self) -> None:
        """Say what is to be said at once."""
        self._check()

    def on_input_changed(self) -> None:
        """Check, and keep, as it is typed."""
        typed = {id: self.query_one(f"#{id}", Field).value for id in ("who", "from", "until")}
        said = typed if typed["who"].strip() else {}
        self._drafts.keep({**said, "turn": self._turn} if said else {})
        self._check()

    def on_input_submitted(self) -> None:
        """Enter goes on to the next field; it never sends."""
        self.focus_next()

    def action_preview(self) -> None:
        """Show what will be sent, unless something is wrong with it."""
        asked = self._asked()
        if isinstance(asked, str):
            self.notify(asked, severity="warning", markup=False)
            return
        said = remarks(asked, self._rota, self._now)
        if said[0].forbids if said else False:
            self.notify(plain(said[0].text, limit=200), severity="warning", markup=False)
            return
        who, name = plain(asked.who, limit=40), plain(asked.schedule.name, limit=40)
        label = f"{who} on {name}, {_span(asked, self._calendar.zone)}"
        action = Action(
            issue="rota",
            form=OVERRIDE,
            label=label,
            writes=(asked.write,),
            hold=HOLD,
        )
        lines = list(_told(asked, said, self._calendar.zone))
        self.app.push_screen(
            PreviewScreen("Override: PagerDuty will be told", lines, action), self._answered
        )

    def action_close(self) -> None:
        """Leave without sending."""
        self.dismiss(None)

    def _answered(self, action: Action | None) -> None:
        if action is not None:
            self.dismiss(action)

    @property
    def _turn(self) -> str:
        """Which piece the draft is about: it is offered for no other."""
        return f"{self._piece.schedule.id} {self._civil(self._piece.end)}"

    def _draft(self) -> Mapping[str, str]:
        kept = self._drafts.load()
        return kept if kept.get("turn") == self._turn else {}

    def _who_there_is(self) -> str:
        known = [plain(name, limit=30) for _, name in people(self._rota)]
        few = ", ".join(known[:12])
        return f"{few}, … ({len(known)})" if len(known) > 12 else few

    def _check(self) -> None:
        asked = self._asked()
        if isinstance(asked, str):
            lines = [asked]
        else:
            said = remarks(asked, self._rota, self._now)
            lines = [span(Turn(asked.start, asked.end), self._calendar.zone)] if not (
                said and said[0].forbids
            ) else []  # fmt: skip
            lines += [f"{plain(asked.who, limit=40)} {_as_said(one)}" for one in said]
        self.query_one("#remarks", Static).update(Text("\n".join(lines)))

    def _asked(self) -> Cover | str:
        """What is typed, or what is wrong with it."""
        found = _person(self.query_one("#who", Field).value, people(self._rota))
        if isinstance(found, str):
            return found
        moments = []
        for id in ("from", "until"):
            at = _moment(self.query_one(f"#{id}", Field).value, self._calendar.zone)
            if isinstance(at, str):
                return f"{id.capitalize()}: {at}"
            moments.append(at)
        start, end = moments
        if start < self._now < end:
            start = max(start, self._piece.start)
        return replace(self._piece, user_id=found[0], who=found[1], start=start, end=end)

    def _civil(self, at: datetime) -> str:
        return f"{at.astimezone(self._calendar.zone):{_FORMAT}}"


class PreviewScreen(Boxed[Action | None]):
    """What will be sent; a key of its own sends it."""

    KEYS = "preview"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OVERRIDE_PREVIEW)]
    DEFAULT_CSS = """
    PreviewScreen > Box { width: 76; max-width: 98%; max-height: 96%; border: round $warning; }
    """

    def __init__(self, title: str, lines: Sequence[str], action: Action) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._action = action

    def compose(self) -> ComposeResult:
        """The lines, and the two keys."""
        with Box() as box:
            box.border_title = Content(self._title)
            box.border_subtitle = "y sends · Esc back"
            yield Static(Text("\n".join(self._lines)), id="preview")

    def action_send(self) -> None:
        """It is decided."""
        self.dismiss(self._action)

    def action_close(self) -> None:
        """Back to what was typed."""
        self.dismiss(None)


class SwapScreen(PreviewScreen):
    """Two people take each other's turn."""

    def __init__(
        self, calendar: SupportCalendar, rota: Rota, covers: tuple[Cover, Cover], now: datetime
    ) -> None:
        """Preview the two overrides of a swap."""
        lines: list[str] = []
        for cover in covers:
            said = remarks(cover, rota, now, besides=covers)
            lines += [*_told(cover, said, calendar.zone), ""]
        lines.append("Both are sent; if one is refused, you are told and can give back the other.")
        one, other = (plain(cover.who, limit=40) for cover in covers)
        action = Action(
            issue="rota",
            form=SWAP,
            label=f"Swap {other} and {one}",
            writes=tuple(cover.write for cover in covers),
            hold=HOLD,
        )
        super().__init__("Swap: PagerDuty will be told", lines, action)


def _told(cover: Cover, said: Sequence[Remark], zone: ZoneInfo) -> Iterator[str]:
    length = duration_words(cover.end - cover.start)
    yield f"{plain(cover.schedule.name, limit=60)}: override for {plain(cover.who, limit=60)}"
    yield f"  {_span(cover, zone)}, {length}"
    yield f"  {cover.start:%Y-%m-%dT%H:%MZ} to {cover.end:%Y-%m-%dT%H:%MZ}"
    for one in said:
        yield f"  {_as_said(one)}"


def _span(cover: Cover, zone: ZoneInfo) -> str:
    return span(Turn(cover.start, cover.end), zone)


def _as_said(remark: Remark) -> str:
    return plain(remark.text, limit=200)


def _person(typed: str, known: Sequence[tuple[str, str]]) -> tuple[str, str] | str:
    """Whom a part of a name means, or why that is not clear."""
    wanted = " ".join(typed.split()).casefold()
    if not wanted:
        return "Who takes it?"
    exact = [person for person in known if person[1].casefold() == wanted]
    near = exact or [person for person in known if wanted in person[1].casefold()]
    if not near:
        return f"Nobody on the rota is called {plain(typed.strip(), limit=40)}."
    if len(near) > 1:
        names = ", ".join(plain(name, limit=30) for _, name in near[:5])
        return f"Which of them: {names}?"
    return near[0]


def _moment(typed: str, zone: ZoneInfo) -> datetime | str:
    """A civil time as a moment, or what is wrong with it."""
    try:
        civil = datetime.strptime(typed.strip(), _FORMAT)  # noqa: DTZ007
    except ValueError:
        return "write a day and a time, as 2026-12-24 17:00."
    first, second = (civil.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first > second:
        return "the clocks skip this time."
    return first
