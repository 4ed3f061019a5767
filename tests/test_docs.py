"""What the README and the pages of docs/ say is so."""

import re
import shlex
from pathlib import Path

import pytest

from services.errors import UsageError
from tests.pages import PAGES
from tests.pictures import SCENES
from tui.cli import main
from tui.parsing import parser

ROOT = Path(__file__).parents[1]
TEXTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_IN_TABLE = re.compile(r"^\| `(rota [^`]*)` \|", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#: ]+)(?:#[^)]*)?\)")
_ASSIGNMENT = re.compile(r"[A-Z_]+=")
SHOWN = [
    pytest.param(path, session, id=f"{path.stem}-{number}")
    for path in TEXTS
    for number, (kind, session) in enumerate(_FENCE.findall(path.read_text(encoding="utf-8")))
    if kind == "console"
]


def commands(text: str) -> list[list[str]]:
    """Every `rota …` that a page tells the reader to type, as words."""
    shell = [body for kind, body in _FENCE.findall(text) if kind == "sh"]
    lines = [*"\n".join(shell).split("\n"), *_IN_TABLE.findall(text)]
    found = []
    for line in lines:
        for part in re.split(r"&&|\|", line.partition(" #")[0]):
            words = shlex.split(part.partition(">")[0])
            while words and _ASSIGNMENT.match(words[0]):
                words.pop(0)
            if words[:1] == ["rota"]:
                found.append(words[1:])
    return found


def refusal(words: list[str]) -> str | None:
    """Why the command line does not take these words; None if it does."""
    try:
        parser().parse_args(words)
    except SystemExit as leaving:
        return None if leaving.code == 0 else "ends at once"
    except UsageError as error:
        return error.headline
    return None


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_command_that_is_shown_can_be_given(path: Path) -> None:
    shown = commands(path.read_text(encoding="utf-8"))

    assert {" ".join(words): why for words in shown if (why := refusal(words))} == {}


@pytest.mark.parametrize(("path", "session"), SHOWN)
def test_what_a_command_is_shown_to_print_is_what_it_prints(
    path: Path,
    session: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("ROTA_CONFIG", raising=False)
    for block in session.split("$ ")[1:]:
        line, _, printed = block.partition("\n")
        main(shlex.split(line)[1:])

        assert capsys.readouterr().out == printed, f"{path.name}: {line}"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_make_that_is_shown_can_be_made(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = re.findall(r"(?:^|`)make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(shown) <= targets


def test_every_picture_is_drawn_and_shown() -> None:
    shown = {link for path in TEXTS for link in _LINK.findall(path.read_text(encoding="utf-8"))}

    assert {Path(link).stem for link in shown if link.endswith(".svg")} == set(SCENES)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_link_leads_to_a_file(path: Path) -> None:
    links = _LINK.findall(path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_follows_from_the_program_is_up_to_date(name: str) -> None:
    """`make pages` writes them."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == PAGES[name]()


def test_every_page_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    missing = [p.name for p in (ROOT / "docs").glob("*.md") if f"docs/{p.name}" not in readme]

    assert missing == []
