"""Lines are cut and wrapped between letters, never between a letter and its accents."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from widgets.accents import cut, wrapped_with_letters

letters = st.sampled_from(["e", "e\u0301", "e\u0301\u0302", "é\u0302", "漢", "漢\u0301", " ", "🌈"])


@given(st.lists(letters, min_size=1, max_size=12), st.data())
def test_every_cut_has_its_letters_with_their_accents(
    letters: list[str], data: st.DataObject
) -> None:
    cells = [cell for one in letters for cell in (one, "")[: cell_len(one)]]
    text = "".join(letters)
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=3)))
    parts = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    line = Strip([Segment(part) for part in parts if part])
    start = data.draw(st.integers(0, len(cells) - 1))
    end = data.draw(st.integers(start + 1, len(cells)))

    wanted = cells[start:end]
    if wanted[0] == "":
        wanted[0] = " "
    if cell_len(wanted[-1]) == 2:
        wanted[-1] = " "
    piece = cut(line, start, end)
    assert piece.text == "".join(wanted)
    assert piece.cell_length == cell_len(piece.text) == end - start


@given(st.lists(letters, min_size=1, max_size=12))
def test_an_accent_without_a_letter_is_not_sent(letters: list[str]) -> None:
    line = Strip([Segment("\u0301\u0302"), Segment("\u0301" + "".join(letters))])

    assert cut(line, 0, line.cell_length).text == "".join(letters)


def test_an_accent_that_was_wrapped_goes_back_to_its_letter() -> None:
    lines = [
        Strip([Segment(text)]) for text in ("cafe", "\u0301 ole", "\u0301\u0302", "\u0301", "x")
    ]

    assert [line.text for line in wrapped_with_letters(lines)] == [
        "cafe\u0301",
        " ole\u0301\u0302",
        "",
        "",
        "x",
    ]


def test_an_accent_over_nothing_is_left_out() -> None:
    lines = [Strip([Segment(text)]) for text in ("\u0301first ", "\u0301second")]

    assert [line.text for line in wrapped_with_letters(lines)] == ["first ", "second"]
