"""The rota: who is on call, who is next, and two weeks of it, with a cursor on a turn.

It is told snapshots and the time by the app, and says upwards what is to be sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Static

from services.domain import Health, Rota, Schedule, Snapshot, Source
from services.letters import Action, Letter
from services.plain import plain
from services.policy.deadlines import Policy
from services.rota.overrides import Cover, Remark, cover_from, swap
from services.rota.sent import PUT_BACK, Outcome, latest_outcome
from services.rota.turns import Turn, standing
from tui.keymap import bindings, key_line
from tui.keys import ROTA
from tui.options import ScreenOptions
from tui.screens.follower import Follower
from tui.screens.override import OverrideDrafts, OverrideScreen, SwapScreen
from tui.screens.reader import PageScreen
from widgets.fitting import fit
from widgets.rota_words import fate, inspected, my_next, span, standing_line, title, troubles
from widgets.timeline import DAYS, Timeline
from widgets.timeline_lines import ASCII, PLAIN, label_width, legend, per_hour, ruler

LOW = 20
"""Under so many lines the list of schedules is shorter and the signs are explained elsewhere."""


class RotaScreen(Follower):
    """Who answers when."""

    KEYS = "rota"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ROTA)]
    DEFAULT_CSS = """
    RotaScreen > Static { height: 1; width: 1fr; }
    RotaScreen > #standing, RotaScreen > #inspected { height: auto; }
    RotaScreen > #title { background: $panel; text-style: bold; }
    RotaScreen > #footer { background: $panel; }
    RotaScreen > #troubles { color: $text-error; text-style: bold; }
    RotaScreen > #inspected { text-style: bold; min-height: 2; max-height: 3; }
    RotaScreen > #ruler, RotaScreen > #legend { color: $foreground 70%; }
    """

    @dataclass
    class Decided(Message):
        """Overrides are to be sent."""

        action: Action

    @dataclass
    class Refresh(Message):
        """The schedules are to be read now."""

    def __init__(
        self,
        policy: Policy,
        options: ScreenOptions,
        letters: Callable[[], Sequence[Letter]],
        pull_back: Callable[[str], bool],
        drafts: OverrideDrafts,
    ) -> None:
        """Make the screen; it shows nothing before `show`.

        Args:
            policy: For support hours and their zone.
            options: Looks and keys.
            letters: What is to be sent or was, for the overrides among it.
            drafts: Where an override that is being written is kept.
            pull_back: Pulls an action back; whether it was early enough.
        """
        super().__init__()
        self._policy = policy
        self._options = options
        self._letters = letters
        self._pull_back = pull_back
        self._drafts = drafts
        self._rota = Rota()
        self._snapshot = Snapshot()
        self._now: datetime | None = None
        self._swapping: tuple[Schedule, Turn] | None = None
        self._outcome: Outcome | None = None
        self.said = ""
        """How what was sent last fares, as it is shown."""
        self.timeline = Timeline(policy.calendar, ascii_only=options.ascii)

    def compose(self) -> ComposeResult:
        """Who is on call, what is wrong, two weeks, the turn under the cursor, keys."""
        for id in ("title", "standing", "troubles", "sent", "ruler"):
            yield Static("", id=id, markup=False)
        yield self.timeline
        for id in ("inspected", "legend", "footer"):
            yield Static("", id=id, markup=False)

    def on_mount(self) -> None:
        """The timeline has the keys."""
        self.timeline.focus()
        self._write()

    def show(self, snapshot: Snapshot, now: datetime) -> None:
        """Take a new state of the world."""
        changed = snapshot.rota != self._rota or self._now is None
        self._snapshot, self._rota, self._now = snapshot, snapshot.rota, now
        if changed:
            self.timeline.show(self._rota, self._names(), now)
        if self.is_mounted:
            self._write()

    def tick(self, now: datetime) -> None:
        """Words change with the minute."""
        before, self._now = self._now, now
        self.timeline.tick(now)
        if before is None or before.minute != now.minute:
            self._write()

    def letters_changed(self) -> None:
        """Something was sent, or came to grief."""
        self._write()

    def on_resize(self) -> None:
        """As much as there is room for."""
        self._write()

    def _names(self) -> frozenset[str]:
        return self._snapshot.me | set(self._options.mine)

    def _write(self) -> None:
        now = self._now
        if now is None or not self.is_mounted:
            return
        width, low = self.size.width, self.size.height < LOW
        zone, marks = self._policy.calendar.zone, ASCII if self._options.ascii else PLAIN
        self._outcome = latest_outcome(self._letters(), now)
        self._say("title", title(self._rota, now, zone, DAYS, asked=self._configured()))
        self._say("standing", "\n".join(self._standing(now, width, low)))
        found = list(troubles(self._rota, now, zone, self._configured()))
        more = f" (+{len(found) - 1} more: p)" if len(found) > 1 else ""
        self._say("troubles", f" ! {fit(found[0], width - 4 - len(more)).rstrip()}{more}"
                  if found else "")  # fmt: skip
        self.said = fate(self._outcome)
        self._say("sent", self.said)
        self._say("ruler", " " * label_width(width) + ruler(per_hour(width)))
        self._say("legend", "" if low else f" {legend(marks, width - 1)}")
        self._inspect()
        self.query_one("#footer", Static).update(key_line(ROTA, width, self._options.keys))

    def _say(self, id: str, words: str) -> None:
        static = self.query_one(f"#{id}", Static)
        static.display = bool(words)
        static.update(Text(words, no_wrap=True, overflow="ellipsis"))

    def _configured(self) -> bool:
        status = (self._snapshot.sources or {}).get(Source.PAGERDUTY)
        return status is None or status.state is not Health.OFF

    def _standing(self, now: datetime, width: int, low: bool) -> list[str]:
        """The schedules around the chosen one, as many as there is room for; and my next turn."""
        schedules, zone = self._rota.schedules, self._policy.calendar.zone
        if not schedules:
            return []
        most = 2 if low else max(3, self.size.height // 6)
        chosen = self.timeline.chosen
        ids = [schedule.id for schedule in schedules]
        place = ids.index(chosen[0].id) if chosen is not None else 0
        top = max(0, min(place - most // 2, len(schedules) - most))
        lines = []
        for number, schedule in enumerate(schedules[top : top + most], top):
            mark = ">" if number == place else " "
            stands = standing(schedule, now, self._rota.until or now)
            line = standing_line(stands, self._rota, now, zone, width - 5)
            lines.append(f" {mark}{number + 1:<2} {line}".rstrip())
        return lines if low else [*lines, f" {my_next(self._rota, self._names(), now, zone)}"]

    @on(Timeline.Moved)
    def _inspect(self) -> None:
        """Tell of the turn under the cursor, and of the one that is to be swapped with it."""
        chosen = self.timeline.chosen
        if chosen is None or self._now is None:
            self._say("inspected", "")
            return
        calendar = self._policy.calendar
        lines = inspected(*chosen, self._rota, self._names(), calendar)
        if self._swapping is not None:
            held = self._swapping[1]
            words = f"Swap {plain(held.names, limit=40)}, {span(held, calendar.zone)}, with this?"
            lines = [f"{words} s yes, Esc no", *lines]
        self._say("inspected", "\n".join(f" {line}" for line in lines[:3]))

    @on(Timeline.Moved)
    def _mark_schedule(self) -> None:
        if self._now is not None and len(self._rota.schedules) > 1:
            low = self.size.height < LOW
            self._say("standing", "\n".join(self._standing(self._now, self.size.width, low)))

    def action_move_days(self, by: int) -> None:
        """Days on or back."""
        self.timeline.move_days(by)

    def action_move_turn(self, by: int) -> None:
        """To another turn of the schedule."""
        self.timeline.move_turn(by)

    def action_move_schedule(self, by: int) -> None:
        """To another schedule."""
        self.timeline.move_schedule(by)

    def action_now(self) -> None:
        """To now."""
        self.timeline.go_to_now()

    def action_refresh_now(self) -> None:
        """Read the schedules now."""
        self.post_message(self.Refresh())

    def action_troubles(self) -> None:
        """Everything that is wrong with the rota."""
        if self._now is None:
            return
        zone = self._policy.calendar.zone
        found = list(troubles(self._rota, self._now, zone, self._configured()))
        text = Text("\n".join(found) or "Somebody is on call at every moment that was read.")
        self.app.push_screen(PageScreen("What is wrong with the rota", text))

    def action_override(self) -> None:
        """Have somebody stand in for a turn, or a part of it."""
        chosen, now = self.timeline.chosen, self._now
        if chosen is None or now is None:
            return
        schedule, turn = chosen
        if schedule.shift_based:
            self.notify("Shift-based schedules can only be overridden in PagerDuty.",
                        severity="warning", markup=False)  # fmt: skip
            return
        holder = turn.shifts[0] if len(turn.user_ids) == 1 else None
        cover = Cover(schedule, "", "", turn.start, turn.end,
                      holder.user_id if holder else "", holder.who if holder else "")  # fmt: skip
        screen = OverrideScreen(
            self._policy.calendar, self._rota, cover_from(cover, now), now, self._drafts
        )
        self.app.push_screen(screen, self._decide)

    def action_swap(self) -> None:
        """Choose this turn for a swap; with one chosen before, swap the two."""
        chosen, now = self.timeline.chosen, self._now
        if chosen is None or now is None:
            return
        if self._swapping is None:
            if chosen[1].shifts:
                self._swapping = chosen
                self._inspect()
            return
        found = swap(self._swapping, chosen, self._rota, now)
        if isinstance(found, Remark):
            self.notify(plain(found.text, limit=200), severity="warning", markup=False)
            return
        self.app.push_screen(
            SwapScreen(self._policy.calendar, self._rota, found, now), self._decide
        )

    def action_put_back(self) -> None:
        """Undo the half of a swap that was made alone."""
        found = self._outcome
        if found is None or not found.back:
            self.notify("There is no half of a swap to give back.", markup=False)
            return
        label = f"Give back: {found.label}"
        self._decide(Action(issue="rota", form=PUT_BACK, label=label, writes=found.back))

    def action_undo(self) -> None:
        """Pull back what has not left yet."""
        found = self._outcome
        if found is None or not self._pull_back(found.action):
            self.notify("It is too late to pull it back.", markup=False)
        self._write()

    def action_close(self) -> None:
        """Drop the swap; without one, back to the queue."""
        if self._swapping is not None:
            self._swapping = None
            self._inspect()
            return
        self.dismiss(None)

    def _decide(self, action: Action | None) -> None:
        if action is not None:
            self._swapping = None
            self.post_message(self.Decided(action))
