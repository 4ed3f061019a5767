"""Plain text, filters and keys, without a screen."""

import unicodedata
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain import Fact, Issue, Severity, Status
from services.filter import FilterError, parse_filter, understood
from services.plain import plain, plain_lines
from tests.screen.stage import NOON, incident, issue, row

HIDDEN = {"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"}
SAID = Fact(NOON - timedelta(minutes=30))

any_text = st.text(st.characters(exclude_categories=[]), max_size=60)


@given(any_text)
def test_nothing_that_acts_on_a_terminal_is_left(text: str) -> None:
    shown_text = plain(text) + "".join(plain_lines(text))

    assert not {unicodedata.category(char) for char in shown_text} & HIDDEN


@given(any_text)
def test_plain_text_is_left_as_it_is_the_second_time(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_ascii_is_never_changed(text: str) -> None:
    assert plain(text) == text


ANN = issue(7, "Deploy of night-map fails", 90, assignee="Ann", tags=frozenset({"api_v3", "p2"}))


@pytest.mark.parametrize(
    ("text", "held", "kept"),
    [
        ("", ANN, True),
        ("NIGHT deploy", ANN, True),
        ("night river", ANN, False),
        ("zd-7", ANN, True),
        ("-night", ANN, False),
        ("sev:p2", ANN, True),
        ("sev:p1,p2", ANN, True),
        ("sev:p1", ANN, False),
        ("sev:none", issue(1, "x", severity=None), True),
        ("-sev:p2", ANN, False),
        ("src:zd", ANN, True),
        ("src:pd", ANN, False),
        ("src:pd", incident(3, "down"), True),
        ("who:an", ANN, True),
        ("who:bo", incident(3, "down", who="Bo"), True),
        ("tag:api", ANN, True),
        ("tag:cf", ANN, False),
        ("age>1h", ANN, True),
        ("age<1h", ANN, False),
        ("due<30m", issue(1, "x", 5), True),
        ("due>30m", issue(1, "x", 5), False),
        ("is:breached", ANN, True),
        ("is:soon", ANN, False),
        ("is:mine", issue(1, "x", assignee="me"), True),
        ("is:mine", ANN, False),
        ("is:unclassified", issue(1, "x", severity=None), True),
        ("is:paired", ANN, False),
        (
            "is:waiting",
            issue(1, "x", 60, status=Status.PENDING, replied_first=SAID, replied_last=SAID),
            True,
        ),
    ],
    ids=lambda value: value.id if isinstance(value, Issue) else str(value) or "empty",
)
def test_a_filter_keeps_what_it_says(text: str, held: Issue, kept: bool) -> None:
    assert parse_filter(text, {"Me"}).keeps(row(held), NOON) is kept


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sev:p9", "use p1 to p4"),
        ("src:jira", "use zd or pd"),
        ("is:odd", "mine, breached"),
        ("age>soon", "write 30m, 2h or 1d"),
        ("due<2w", "write 30m, 2h or 1d"),
        ("colour:red", "colour: is no field"),
        ("who:", "wants a value"),
    ],
)
def test_a_filter_that_makes_no_sense_says_why(text: str, why: str) -> None:
    with pytest.raises(FilterError, match=why):
        parse_filter(text)


@given(any_text)
def test_whatever_is_typed_is_understood_as_far_as_it_goes(text: str) -> None:
    assert understood(text).keeps(row(ANN), NOON) in (True, False)


def test_a_term_that_makes_no_sense_does_not_spoil_the_others() -> None:
    assert understood("night sev:p9").keeps(row(ANN), NOON)
    assert not understood("river sev:p9").keeps(row(ANN), NOON)


def test_the_severities_a_filter_knows_are_those_of_the_queue() -> None:
    for severity in Severity:
        assert parse_filter(f"sev:{severity.value}").tests
