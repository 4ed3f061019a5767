"""What holds of every form, whatever is typed into it."""

from hypothesis import given
from hypothesis import strategies as st

from services.forms.catalogue import FORMS
from services.forms.closing import text as closure
from services.forms.form import Scene, complaints, fresh_answers
from services.forms.preview import plan, preview
from services.letters import IncidentNote, TicketCreate, TicketUpdate
from tests.forms.scenes import INCIDENT, NOON, PAIR, TICKET, a_scene

SCENES = [a_scene(issue, NOON, PAIR) for issue in (TICKET, INCIDENT, PAIR)]
typed = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    ["{why}", "{reopen_until}", "{", "p1", "https://x", "a@b.c", "1h", "yes", "\n"]
)


@given(data=st.data(), form=st.sampled_from(sorted(FORMS)), where=st.sampled_from(SCENES))
def test_whatever_is_typed_is_refused_plainly_or_sent_as_it_was_shown(
    data: st.DataObject, form: str, where: Scene
) -> None:
    """No answer breaks a form; what has no complaint has letters, and the preview shows them."""
    chosen = FORMS[form]
    if chosen.refuses(where):
        return
    answers = fresh_answers(chosen, where)
    for field in chosen.fields(where):
        options = [st.sampled_from([c.value for c in field.choices])] if field.choices else []
        answers[field.id] = data.draw(st.one_of(typed, *options), label=field.id)
    wrong = complaints(chosen, where, answers)
    assert all(why.strip() for why in wrong.values())
    if wrong:
        return
    action = plan(chosen, where, answers)
    shown = preview(chosen, where, answers, action)
    assert len(shown.parts) == len(action.writes)
    for part, write in zip(shown.parts, action.writes, strict=True):
        if isinstance(write, TicketUpdate | TicketCreate):
            assert part.text == (write.comment or "")
            assert part.public is (write.public and write.comment is not None)
        if isinstance(write, IncidentNote):
            assert part.text == write.text


@given(why=typed, resolved=typed, title=typed)
def test_a_closure_that_may_be_sent_says_all_three(why: str, resolved: str, title: str) -> None:
    scene = a_scene(TICKET)
    answers = {
        **fresh_answers(FORMS["close"], scene),
        "why": why,
        "resolved": resolved,
        "title": title,
    }
    if complaints(FORMS["close"], scene, answers):
        return
    told = closure(scene, answers)

    assert why.strip() in told
    assert resolved.strip() in told
    assert "Sun 18 Jan 12:00 GMT" in told
