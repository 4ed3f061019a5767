"""Is what is left of hostile text harmless, and just as wide as every terminal thinks?"""

import re
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcswidth, wcwidth

from services.plain import (
    LONGEST_LINE,
    MOST_MARKS,
    plain,
    plain_file_name,
    plain_lines,
    plain_status,
    plain_title,
)
from tests.hostile.corpus import BY_KIND, STRINGS, hostile_text

ACTS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
                       "\U000e0100-\U000e01ef]")  # fmt: skip


def harmless(text: str) -> None:
    """Nothing that acts, hides, steers, or is a cell wide here and two there."""
    assert not [hex(ord(c)) for c in text if unicodedata.category(c) in ACTS]
    assert not INVISIBLE.search(text)
    text.encode("utf-8")
    widths = [wcwidth(char) for char in text]
    assert min(widths, default=0) >= 0
    # Two libraries of C disagree on these.
    assert "Mc" not in map(unicodedata.category, text)
    assert sum(widths) == cell_len(text) == wcswidth(text), "terminals disagree on its width"
    marks = "".join("m" if unicodedata.category(c) in ("Mn", "Me") else "." for c in text)
    assert "m" * (MOST_MARKS + 1) not in marks
    assert not marks.startswith("m"), "a mark would land on the cell before"


def test_the_corpus_is_large_and_has_every_kind() -> None:
    assert len(set(STRINGS)) == len(STRINGS) >= 400
    assert len(BY_KIND) >= 15


@pytest.mark.parametrize("kind", BY_KIND)
def test_no_string_of_the_corpus_acts_hides_or_overflows(kind: str) -> None:
    for string in BY_KIND[kind]:
        for made in (plain(string), plain(string, 40), plain_title(string), *plain_lines(string)):
            harmless(made)
        assert len(plain(string, 40)) <= 40
        assert max(map(len, plain_lines(string))) <= LONGEST_LINE


@settings(max_examples=150)
@given(hostile_text, st.integers(0, 60))
def test_no_text_acts_hides_or_overflows(text: str, limit: int) -> None:
    for made in (plain(text, limit), plain_title(text), *plain_lines(text)):
        harmless(made)
    assert not limit or len(plain(text, limit)) <= limit


def test_every_single_character_is_harmless_and_as_wide_as_terminals_think() -> None:
    """All of Unicode, in one go per plane; the quick way gives what the slow way gives."""
    for start in range(0, sys.maxunicode + 1, 0x10000):
        if 0x40000 <= start < 0xE0000:
            continue  # Planes without a character.
        for code in range(start, start + 0x10000):
            char = chr(code)
            if unicodedata.category(char) in ("Cn", "Co", "Cs") and code & 0xFF:
                continue  # One of each 256 of those that are all alike.
            made = plain(char)
            assert made == plain(f"{char}\x00")[:-1] or made == "" or made[0] == "\u25cc"
            if not made.isascii():
                assert sum(map(wcwidth, made)) == cell_len(made), hex(code)


@given(hostile_text)
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    once = plain(text)

    assert plain(once) == once or unicodedata.normalize("NFC", once) != once


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_ascii_is_left_alone(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Überprüfung – „nächtliche“ Läufe…", "Ошибка 502 при входе", "決済が失敗する", "결제 실패",
        "שגיאה 502", "خطأ 502", "ไม่ทำงาน", "Ελληνικά", "naïve café", "100 % → 50 €", "[x] {y} $z",
    ],
)  # fmt: skip
def test_what_people_write_is_left_alone(text: str) -> None:
    assert plain(text) == text


def test_decomposed_letters_become_whole() -> None:
    assert plain("cafe\u0301 \u1112\u1161\u11ab") == "café 한"


def test_emoji_fall_apart_into_their_parts() -> None:
    assert plain("\U0001f469\u200d\U0001f4bb\U0001f44d\U0001f3fd\U0001f1ec\U0001f1e7") == "👩💻👍GB"


def test_a_run_of_invisible_characters_is_counted() -> None:
    assert plain("a" + "\u202e" * 500 + "b") == "a‹202E›‹202E›‹202E›‹+497›b"


def test_lines_end_wherever_a_terminal_would_end_them() -> None:
    assert plain_lines("a\r\nb\rc\n\td") == ["a", "b", "c", "    d"]


@given(hostile_text)
def test_a_title_has_no_fields_and_no_end_before_its_end(text: str) -> None:
    title = plain_title(text, 50)

    assert not set(title) & set(";\x1b\x07\x9c\n")
    assert title == title.strip()
    assert len(title) <= 50


@given(hostile_text)
def test_tmux_finds_nothing_of_its_own_in_a_status(text: str) -> None:
    assert not set(plain_status(text)) & set("#;\x1b")


@given(hostile_text)
def test_a_file_name_is_never_empty_a_path_an_option_or_hidden(text: str) -> None:
    name = plain_file_name(text)

    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}", name)
    assert ".." not in name
