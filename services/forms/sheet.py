"""How far is a form filled in, what of it will not do, and is it kept?

What it is about is decided when it is made. Nothing here is painted; every change is kept at once.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from services.domain import Issue
from services.forms.changes import changes
from services.forms.form import Field, Form, Scene, answered, complaints, fresh_answers

Keep = Callable[[Mapping[str, str]], str]
"""Keeps a draft; says why it could not be kept, or ""."""


class Sheet:
    """The answers to one form.

    Attributes:
        answers: By the field's id, as they are now.
        fields: The questions, as they read now.
        wrong: Why an answer will not do, by the field's id; found by `complain`.
        unkept: Why the draft is not kept; "" when it is.
        untouched: Whether there is no word in it, and none was kept before.
        changed: What has happened to the issues since it was made.
    """

    def __init__(
        self, form: Form, scenes: Sequence[Scene], draft: Mapping[str, str], keep: Keep
    ) -> None:
        """Begin a form, or go on with it.

        Args:
            form: Which.
            scenes: What it is about; several where it is used on several issues at once.
            draft: The answers of a draft; empty for a fresh form.
            keep: Keeps what differs from a fresh form.
        """
        self.form = form
        self.scenes = tuple(scenes)
        self.resumed = bool(draft)
        self.answers = {**fresh_answers(form, scenes[0]), **draft}
        self.fields = form.fields(scenes[0])
        self.wrong: dict[str, str] = {}
        self.unkept = ""
        self.untouched = not draft
        self.changed: tuple[str, ...] = ()
        self._keep = keep

    @property
    def scene(self) -> Scene:
        """What it is about; the first, where it is about several."""
        return self.scenes[0]

    def look_again(self, scenes: Sequence[Scene]) -> None:
        """More is known, or it is later; what it is about stays."""
        self.scenes = tuple(scenes)
        self.fields = self.form.fields(self.scene)

    def at(self, now: datetime) -> None:
        """It is `now`: what a choice would mean may read differently."""
        self.look_again([replace(scene, now=now) for scene in self.scenes])

    def first_open(self) -> int:
        """The place of the first question that still needs an answer; the first if none does."""
        for place, field in enumerate(self.fields):
            if field.required and not answered(field, self.answers.get(field.id, "")):
                return place
        return 0

    def answer(self, field: Field, answer: str) -> bool:
        """Take an answer, and keep it; whether it is another than before."""
        if self.answers.get(field.id, "") == answer:
            return False
        self.answers[field.id] = answer
        self.wrong.pop(field.id, None)
        self.keep()
        return True

    def keep(self) -> bool:
        """Keep the draft; whether it is kept."""
        # What the questions say by now: to ask the form anew may take a look at all other issues.
        fresh = {field.id: field.default for field in self.fields}
        typed = {id: text for id, text in self.answers.items() if text != fresh.get(id, "")}
        self.unkept, self.untouched = self._keep(typed), False
        return not self.unkept

    def complain(self) -> int | None:
        """Look for answers that will not do; the place of the first one, None if all will."""
        self.wrong = {}
        for scene in self.scenes:
            for id, why in complaints(self.form, scene, self.answers).items():
                self.wrong.setdefault(id, why)
        places = [p for p, field in enumerate(self.fields) if field.id in self.wrong]
        return places[0] if places else None

    def follow(self, issues: Mapping[str, Issue], ours: Mapping[str, datetime]) -> bool:
        """Hold what it is about against what is there now; whether there are news.

        Args:
            issues: By id.
            ours: When a letter of our own last arrived, by part of an issue's id.
        """
        lines: list[str] = []
        for scene in self.scenes:
            if scene.issue is not None:
                now_is = issues.get(scene.issue.id) or _half_of(scene.issue, issues)
                own = [ours[part] for part in scene.issue.id.split("+") if part in ours]
                lines += changes(scene.issue, now_is, max(own, default=None))
        before, self.changed = self.changed, tuple(lines)
        return self.changed != before


def _half_of(issue: Issue, issues: Mapping[str, Issue]) -> Issue | None:
    """The same issue under another id: one that has been paired or unpaired meanwhile."""
    parts = set(issue.id.split("+"))
    return next((other for id, other in issues.items() if parts & set(id.split("+"))), None)
