"""Whatever goes wrong wherever and whenever: nothing is lost, nothing looks live that is not.

A sample of the matrix, drawn so that every kind, every endpoint and every phase is in it; all of
it is lived through by `make faults`.
"""

from pathlib import Path

import pytest

from tests.faults.matrix import ENDPOINTS, KINDS, PHASES, Cell, cells, tried


def sample() -> list[Cell]:
    """Each kind at two endpoints, each endpoint in every phase, always the same ones."""
    wanted = []
    for place, kind in enumerate(KINDS):
        for turn in range(2):
            vendor, path = ENDPOINTS[(place * 2 + turn * 5) % len(ENDPOINTS)]
            phase = PHASES[(place + turn) % len(PHASES)]
            wanted.append(Cell(kind, vendor, path, phase))
    everything = set(cells())
    return [cell for cell in wanted if cell in everything]


@pytest.mark.parametrize("cell", sample(), ids=str)
async def test_trouble_is_lived_through(cell: Cell) -> None:
    outcome = await tried(cell)

    assert outcome.complaints == ()


def test_the_sample_has_all_kinds_and_endpoints() -> None:
    drawn = sample()

    assert {(cell.vendor, cell.path) for cell in drawn} == set(ENDPOINTS)
    assert {cell.kind for cell in drawn} >= set(KINDS) - {"search is down"}
    assert {cell.phase for cell in drawn} == set(PHASES)


def test_the_readme_tells_how_many_there_are() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

    assert f"`make faults` lives through {len(list(cells()))} kinds of trouble" in readme
