"""Whatever goes wrong wherever and whenever: nothing is lost, nothing looks live that is not.

A sample of the matrix, drawn so that every kind, every endpoint and every phase is in it; all of
it is lived through by `make faults`.
"""

from pathlib import Path

import pytest

from tests.faults.matrix import ENDPOINTS, KINDS, PHASES, Cell, cells, tried


def sample() -> list[Cell]:
    """Each endpoint once, and each kind at least once, in turns of phases; always the same ones."""
    everything = set(cells())
    kinds = [kind for kind in KINDS if kind != "search is down"]
    wanted = [Cell("search is down", "zendesk", "/search", "before")]
    for place, (vendor, path) in enumerate(ENDPOINTS):
        kind = kinds[place * 7 % len(kinds)]
        phases = PHASES[place % len(PHASES) :] + PHASES
        turns = (Cell(kind, vendor, path, phase) for phase in phases)
        wanted.append(next(cell for cell in turns if cell in everything))
    return wanted


@pytest.mark.parametrize("cell", sample(), ids=str)
async def test_trouble_is_lived_through(cell: Cell) -> None:
    outcome = await tried(cell)

    assert outcome.complaints == ()


def test_the_sample_has_all_kinds_and_endpoints() -> None:
    drawn = sample()

    assert {(cell.vendor, cell.path) for cell in drawn} == set(ENDPOINTS)
    assert {cell.kind for cell in drawn} == set(KINDS)
    assert {cell.phase for cell in drawn} == set(PHASES)


def test_the_readme_tells_how_many_there_are() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

    assert f"`make faults` lives through {len(list(cells())):,} kinds of trouble" in readme
