"""What is written around the answers of a form? Words only; where they go is not known."""

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from services.forms.form import Answers, Field, Form, Scene, answered
from services.forms.words import standing, title_words, when
from widgets.outline import Question


def title(form: Form, scenes: Sequence[Scene]) -> Text:
    """Which form, on what."""
    if len(scenes) > 1:
        return Text(f"{form.title}: {len(scenes)} issues", no_wrap=True)
    scene = scenes[0]
    subject = title_words(scene.subject, 200) if scene.issue is not None else ""
    severity = scene.issue.severity if scene.issue is not None else None
    parts = [form.title, severity.value if severity else "", scene.short_id, subject]
    return Text(" ".join(part for part in parts if part), no_wrap=True, overflow="ellipsis")


def question(field: Field, answers: Answers, wrong: bool) -> Question:
    """One line of the outline."""
    answer = answers.get(field.id, "")
    labels = {choice.value: choice.label for choice in field.choices}
    if wrong:
        state = "wrong"
    elif answered(field, answer):
        state = "done"
    else:
        state = "needed" if field.required else "open"
    return Question(field.label, labels.get(answer, answer), state)


def hint(field: Field, wrong: str) -> Text:
    """What is wrong with the answer, or else what is asked for."""
    if wrong:
        return Text(wrong, style="bold")
    text = Text(field.label, style="bold")
    if field.hint:
        text.append(f"  {field.hint}", style="not bold")
    return text


def notes(
    form: Form,
    scenes: Sequence[Scene],
    answers: Answers,
    field: Field,
    *,
    unkept: str,
    changed: Sequence[str],
    meaning: str,
    said: str,
) -> list[Text]:
    """What there is to know while answering, the most important first.

    Args:
        form: Which.
        scenes: What it is about.
        answers: As far as there are any.
        field: The question being answered.
        unkept: Why the draft is not kept; "" when it is.
        changed: What has happened to the issue meanwhile.
        meaning: What the chosen answer means.
        said: A line about the draft.
    """
    scene, lines = scenes[0], list[Text]()
    if unkept:
        lines.append(Text(f"NOT SAVED: {unkept}", style="bold reverse"))
    if changed:
        lines.append(Text(f"CHANGED since you opened this: {' '.join(changed)}", style="bold"))
    lines += [Text(f"! {words}") for words in form.warn(scene, answers)]
    if meaning:
        lines.append(Text(meaning))
    if field.template and not answers.get(field.id, "").strip():
        lines.append(Text("ctrl+t puts a prepared text here.", style="dim"))
    if scene.issue is not None and len(scenes) == 1:
        owed = standing(scene.issue, scene.policy, scene.now)
        lines.append(Text(f"Owed now: {owed}.", style="dim"))
    if said:
        lines.append(Text(said, style="dim"))
    return lines


def kept_words(saved_at: datetime, scene: Scene) -> str:
    """That a draft was found."""
    return f"Your draft of {when(saved_at, scene.policy, scene.now)} is back; F4 throws it away."
