"""What `rota` finds on a laptop where it ran before: its configuration, the queue it last knew."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from services.config import load
from services.opening import state_file
from services.places import state_dir
from services.store import Store
from tests.bench.terminal import python
from tests.perf.canned import canned, mixed
from tui.signals import TOURED

NOBODY = "http://127.0.0.1:9"
"""Where no vendor listens: what is painted comes from the cache."""

FIRST = b"#40001"
"""Seen once the queue is painted."""


@dataclass(frozen=True, slots=True)
class Laptop:
    """A home directory with rota's files in it."""

    home: Path
    config: Path

    @property
    def environ(self) -> dict[str, str]:
        """What the program is told of it."""
        home = str(self.home)
        tokens = {"ROTA_ZENDESK_TOKEN": "none-" * 5, "ROTA_PAGERDUTY_TOKEN": "none-" * 5}
        return {"HOME": home, "XDG_STATE_HOME": home, "XDG_CACHE_HOME": home, **tokens}

    def rota(self, *argv: str) -> list[str]:
        """The program, as the installed script runs it."""
        return python("-m", "tui", "--config", str(self.config), *argv)


def laptop(home: Path, number: int) -> Laptop:
    """One with so many issues in the cache, last seen just now; where it stands it is noon."""
    home.mkdir(parents=True)
    made = Laptop(home, home / "config.toml")
    made.config.write_text(
        f'[zendesk]\nbase_url = "{NOBODY}/zendesk"\n[pagerduty]\nbase_url = "{NOBODY}/pagerduty"\n'
        f'[support_hours]\ntimezone = "Etc/GMT{datetime.now(UTC).hour - 12:+d}"\n'
        'days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]\n'
    )
    config = load(str(made.config), made.environ)
    store, now = Store(state_file(config, made.environ)), datetime.now(UTC)
    store.save_queue(canned(number, now, mixed), now)
    store.close()
    # Who has been here before has seen the tour.
    (state_dir(made.environ) / TOURED).touch()
    calendar = config.support_calendar(state_dir(made.environ))
    for year in (now.year, now.year + 1):
        calendar.why_closed(date(year, 1, 1))
    return made
