"""Which modules are looked through for examples? Those that have any.

Pytest looks at every name of every module, twice over for a module of tests. To read the file for
the sign that begins an example takes a hundredth of that.
"""

from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule

BEGINS = b">>> "


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path,
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Leave out who looks for examples where there are none."""
    found = yield
    if (
        any(isinstance(one, DoctestModule) for one in found)
        and BEGINS not in file_path.read_bytes()
    ):
        return [one for one in found if not isinstance(one, DoctestModule)]
    return found
