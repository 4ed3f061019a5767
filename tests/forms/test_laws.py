"""What holds of every form, whatever is typed into it."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.domain import Issue
from services.forms.catalogue import FORMS
from services.forms.closing import text as closure
from services.forms.form import Others, Scene, complaints, fresh_answers
from services.forms.preview import plan, preview
from services.forms.sheet import Sheet
from services.letters import IncidentNote, TicketCreate, TicketUpdate
from tests.forms.scenes import (
    INCIDENT,
    NOON,
    PAIR,
    TICKET,
    a_scene,
    a_ticket,
    an_incident,
    issue_of,
)
from tui.screens.form_words import notes

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


class Counted(Others):
    """Remembers how many issues were looked at."""

    looked_at = 0

    def __iter__(self) -> Iterator[Issue]:
        for issue in super().__iter__():
            self.looked_at += 1
            yield issue

    def __reversed__(self) -> Iterator[Issue]:
        for place in range(len(self) - 1, -1, -1):
            self.looked_at += 1
            yield self[place]


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize("where", [TICKET, INCIDENT], ids=["ticket", "incident"])
def test_a_key_looks_at_no_other_issue_however_many_are_open(form: str, where: Issue) -> None:
    """They are looked through when a form is opened, and not again before it is sent."""
    tickets = [issue_of(a_ticket(9, id=n, subject=f"gateway {n}")) for n in range(100, 120)]
    pages = [issue_of(None, an_incident(9, id=f"P{n}", number=n)) for n in range(20)]
    others = Counted([*tickets, *pages])
    scene = replace(a_scene(where), others=others)
    if FORMS[form].refuses(scene):
        return
    sheet = Sheet(FORMS[form], (scene,), {}, lambda answers: "")
    notes(sheet, sheet.fields[0], "", "")
    looked_at = []
    for key in range(1, 6):
        for one in sheet.fields:
            choice = one.choices[key % len(one.choices)].value if one.choices else ""
            sheet.answer(one, choice or f"gateway 11{'0' * key}")
            notes(sheet, one, "", "")
        looked_at.append(others.looked_at)

    assert len({*looked_at}) == 1
    assert looked_at[-1] <= 3 * len(others)


def test_typing_a_title_over_the_one_there_is_looks_at_no_other_issue() -> None:
    others = Counted([issue_of(a_ticket(9, id=n, subject=f"gateway {n}")) for n in range(20)])
    sheet = Sheet(FORMS["rename"], (replace(a_scene(TICKET), others=others),), {}, lambda typed: "")
    notes(sheet, sheet.fields[0], "", "")
    opened = others.looked_at
    said = []
    for title in ("gateway", "gateway 1", "gateway 17"):
        sheet.answer(sheet.fields[0], title)
        said.append(str(notes(sheet, sheet.fields[0], "", "")[0]))

    assert others.looked_at == opened == len(others)
    assert ["zd-" in line for line in said] == [False, True, True]


def test_the_first_of_several_with_a_title_is_named() -> None:
    others = Others(issue_of(a_ticket(id=n, subject="Re: Stale  ROUTE")) for n in (7, 8))

    assert others.by_title == {"stale route": "zd-7"}
