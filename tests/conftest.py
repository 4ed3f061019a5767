"""What holds for every test? It waits for nothing that the program does not wait for."""

import gc
import sys

import pytest
from hypothesis import settings

from tests import doctests
from tests.certificates import read_once
from tests.sheets import parse_once
from tests.stillness import rest_by_turns

# How long an example takes is the machine's affair; speed is measured by `make bench`.
settings.register_profile("rota", deadline=None)
settings.load_profile("rota")

parse_once()
read_once()
rest_by_turns()

# Else httpx looks for it in every directory at every request, and never finds it.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


def pytest_configure(config: pytest.Config) -> None:
    """Modules outside of this directory are asked as well."""
    config.pluginmanager.register(doctests)


def pytest_collection_finish() -> None:
    """All the tests are there now: they are no garbage, and need not be looked through for any."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 20)
