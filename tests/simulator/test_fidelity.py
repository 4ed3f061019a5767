"""Does the page on the simulator's fidelity say what the tests prove?"""

import re
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from services.simulator.settings import Settings
from tests.contract.test_either_way import DOUBTFUL

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "simulator.md"
CHECKLIST = ROOT.parent / "shared" / "api" / "fidelity.md"

_ROW = re.compile(r"^\| ([A-D]\d+) \| (yes|part|no) \| (.+?) \| ?(.*?) ?\|$", re.MULTILINE)
_TEST = re.compile(r"def test_((?:[abcd]\d+_)+)")
_ASKED = re.compile(r"^\| ([ABC]\d+) \| .* \| ([MSO]) \| .* \|$", re.MULTILINE)
_STORY = re.compile(r"^(\d+)\. ", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """One behaviour."""

    name: str
    done: str
    unconfirmed: str

    @property
    def switches(self) -> set[str]:
        """The settings it depends on."""
        known = {field.name for field in fields(Settings)}
        return known & set(re.findall(r"`(\w+)`", self.unconfirmed))


def _rows() -> dict[str, Row]:
    found = [Row(name, done, rest) for name, done, _, rest in _ROW.findall(PAGE.read_text())]
    assert len(found) == len({row.name for row in found})
    return {row.name: row for row in found}


def _tested() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for prefix in _TEST.findall(path.read_text()):
            names |= {part.upper() for part in prefix.strip("_").split("_")}
    return names


def test_every_row_that_is_done_has_a_test_of_its_name_and_no_other_has() -> None:
    done = {row.name for row in _rows().values() if row.done != "no"}

    assert done == _tested()


def test_every_switch_is_named_and_the_client_is_tested_on_its_other_settings() -> None:
    named = set().union(*(row.switches for row in _rows().values()))

    assert named == {*DOUBTFUL, "priorities"}


def test_what_is_tested_on_the_client_is_not_what_is_usual() -> None:
    for switch, others in DOUBTFUL.items():
        assert getattr(Settings(), switch) not in others, switch


@pytest.mark.skipif(not CHECKLIST.is_file(), reason="the checklist is not beside this repository")
def test_the_page_has_the_rows_of_the_checklist_and_does_all_that_must_be() -> None:
    text = CHECKLIST.read_text()
    stories = text[text.index("## D.") : text.index("## E.")]
    levels = dict(_ASKED.findall(text)) | {f"D{n}": "S" for n in _STORY.findall(stories)}
    rows = _rows()

    assert rows.keys() == levels.keys()
    assert {
        name for name, level in levels.items() if level == "M" and rows[name].done != "yes"
    } == set()
