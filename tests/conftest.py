"""What holds for every test? It waits for nothing that the program does not wait for."""

from hypothesis import settings

from tests.sheets import parse_once
from tests.stillness import rest_by_turns

# How long an example takes is the machine's affair; speed is measured by `make bench`.
settings.register_profile("rota", deadline=None)
settings.load_profile("rota")

parse_once()
rest_by_turns()
