"""What is written around the answers of a form? Words only; where they go is not known."""

from datetime import datetime

from rich.text import Text

from services.forms.form import Answers, Field, Scene, answered
from services.forms.sheet import Sheet
from services.forms.words import standing, title_words, when
from widgets.outline import Question


def title(sheet: Sheet) -> Text:
    """Which form, on what."""
    form, scene = sheet.form, sheet.scene
    if len(sheet.scenes) > 1:
        return Text(f"{form.title}: {len(sheet.scenes)} issues", no_wrap=True)
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


def notes(sheet: Sheet, field: Field, meaning: str, said: str) -> list[Text]:
    """What there is to know while answering, the most important first.

    Args:
        sheet: The form as far as it is filled in.
        field: The question being answered.
        meaning: What the chosen answer means.
        said: A line about the draft.
    """
    scene, answers, lines = sheet.scene, sheet.answers, list[Text]()
    if sheet.unkept:
        lines.append(Text(f"NOT SAVED: {sheet.unkept}", style="bold reverse"))
    if sheet.changed:
        lines.append(
            Text(f"CHANGED since you opened this: {' '.join(sheet.changed)}", style="bold")
        )
    lines += [Text(f"! {words}") for words in sheet.form.warn(scene, answers)]
    if meaning:
        lines.append(Text(meaning))
    if field.template and not answers.get(field.id, "").strip():
        lines.append(Text("ctrl+t puts a prepared text here.", style="dim"))
    if scene.issue is not None and len(sheet.scenes) == 1:
        owed = standing(scene.issue, scene.policy, scene.now)
        lines.append(Text(f"Owed now: {owed}.", style="dim"))
    if said:
        lines.append(Text(said, style="dim"))
    return lines


def kept_words(saved_at: datetime, scene: Scene) -> str:
    """That a draft was found."""
    return f"Your draft of {when(saved_at, scene.policy, scene.now)} is back; F4 throws it away."
