"""Which pages are acknowledged at once, and which only after a question or a look?

One that is ours or nobody's needs no question; taking what is another's does, and several are shown
before anything is sent.
"""

from collections.abc import Callable, Sequence

from services.domain import Incident, IncidentStatus, Issue
from services.forms.addressing import acknowledge
from services.forms.form import Me, Scene
from services.letters import Action
from services.plain import plain
from tui.options import ScreenOptions
from tui.posting import Posting
from tui.toasts import Toasts

Send = Callable[[Sequence[Action]], str]
"""Posts what is to be done; why it could not be done, or ""."""


class Acknowledging:
    """Acknowledges the pages of issues."""

    def __init__(
        self,
        app: Toasts,
        posting: Posting,
        options: ScreenOptions,
        me: Me,
        scene: Callable[[Issue], Scene],
        send: Send,
    ) -> None:
        """Take what it takes; nothing is sent yet.

        Args:
            app: For screens and notifications.
            posting: For what is said, and for questions.
            options: Looks and keys.
            me: Whose pages need no question.
            scene: How things stand around an issue.
            send: How it is posted.
        """
        self._app = app
        self._posting = posting
        self._options = options
        self._me = me
        self._scene = scene
        self._send = send

    def take(self, issues: Sequence[Issue]) -> None:
        """Acknowledge at once what is ours or nobody's; ask before taking what is another's."""
        pages = [(i, i.incident) for i in issues if i.incident and not i.incident.resolved]
        ringing = [(i, p) for i, p in pages if p.status is IncidentStatus.TRIGGERED]
        if len(issues) > 1:
            self._take_all(ringing)
        elif ringing:
            self._take_one(*ringing[0])
        elif pages:
            who = plain(pages[0][1].acknowledged_by or "us", 60)
            self._posting.say(f"It is acknowledged already, by {who}.")
        else:
            self._posting.say("There is no page to acknowledge: t triages, c answers.")

    def _take_one(self, issue: Issue, incident: Incident) -> None:
        def send() -> None:
            if trouble := self._send([_acknowledgement(issue, incident)]):
                self._app.notify(trouble, severity="error", markup=False)

        me = self._me
        mine = not incident.assignee_ids or me.pagerduty_id in incident.assignee_ids
        if mine or not me.names.isdisjoint(incident.assignees):
            send()
            return
        who = plain(", ".join(incident.assignees) or "somebody else", 80)
        self._posting.ask(f"This page is with {who}. Acknowledge it all the same?", send)

    def _take_all(self, pages: Sequence[tuple[Issue, Incident]]) -> None:
        """Several at once are shown first."""
        # Not loaded for the sake of a question.
        from services.forms.preview import shown_alone
        from tui.screens.preview import PreviewScreen

        if not pages:
            self._posting.say("None of the marked is a page that rings.")
            return
        actions = [_acknowledgement(issue, incident) for issue, incident in pages]
        scenes = [self._scene(issue) for issue, _ in pages]
        shown = [shown_alone(a, s) for a, s in zip(actions, scenes, strict=True)]
        self._app.push_screen(PreviewScreen(shown, lambda: self._send(actions), self._options))


def _acknowledgement(issue: Issue, incident: Incident) -> Action:
    return Action(
        issue=issue.id,
        form="acknowledge",
        label=f"Acknowledge PagerDuty #{incident.number}",
        writes=(acknowledge(incident),),
    )
