"""How fast is it, beside references taken in the same run? `make bench`.

CPU seconds of this process or of a child, medians of five. Ratios are what counts: the machine is
shared and noisy. The table goes to stdout and, as JSON, to `build/bench.json`.
"""

import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pendulum

from services.domain import Fact, Issue, Severity, Status, Ticket
from services.policy.calendar import SupportCalendar
from services.policy.deadlines import Policy
from services.policy.holidays import bank_holidays
from services.policy.rules import PolicyRules
from services.queue import arrange

ROOT = Path(__file__).parents[1]
RUNS = 5
HOLIDAYS = bank_holidays("GB", "ENG")
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement beside its reference; both in CPU seconds."""

    name: str
    cpu: float
    reference: str
    reference_cpu: float
    goal: float
    """The ratio must not be above this."""

    @property
    def ratio(self) -> float:
        """The measurement as a multiple of the reference."""
        return self.cpu / self.reference_cpu

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.ratio <= self.goal


def cpu(work: Callable[[], object]) -> float:
    """Median CPU seconds of this process for a piece of work."""
    spent = []
    for _ in range(RUNS):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return statistics.median(spent)


def child_cpu(*argv: str) -> float:
    """Median CPU seconds of a Python child process."""
    spent = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *argv], cwd=ROOT, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(spent)


def rota(*argv: str) -> str:
    """What the installed `rota` script does with these arguments."""
    return f"import sys; from tui.cli import main; sys.exit(main({list(argv)!r}))"


def pendulum_due(start: datetime, allowance: timedelta) -> datetime:
    """The same sum, day by day with pendulum: the reference."""
    now = pendulum.instance(start).in_timezone("Europe/London")
    left = allowance
    while True:
        opens, closes = now.at(9), now.at(17)
        working = now.weekday() < 5 and now.date() not in HOLIDAYS(now.year)
        if working and now < closes:
            begin = max(now, opens)
            if begin + left <= closes:
                return begin + left
            left -= closes - begin
        now = now.add(days=1).at(0)


def issues(number: int) -> list[Issue]:
    """So many open tickets, answered at some time, with their promises."""
    rng = random.Random(7)
    made = []
    for n in range(number):
        raised = START + timedelta(minutes=rng.randrange(60 * 24 * 20))
        said = Fact(raised + timedelta(minutes=rng.randrange(200)))
        severity = rng.choice([None, *Severity])
        made.append(
            Ticket(
                n, f"subject {n}", Status.OPEN, raised, raised, severity=severity,
                replied_first=said, replied_last=said, changes_known=True,
            )
        )  # fmt: skip
    return [Issue(ticket, None, POLICY.promises(ticket, None)) for ticket in made]


CALENDAR = SupportCalendar(PolicyRules().hours, HOLIDAYS)
POLICY = Policy(PolicyRules(), CALENDAR)


def figures() -> list[Figure]:
    """Everything that is measured."""
    rng = random.Random(1)
    cases = [
        (
            START + timedelta(seconds=rng.randrange(86400 * 300)),
            timedelta(minutes=rng.choice((30, 480))),
        )
        for _ in range(2000)
    ]
    assert all(CALENDAR.due(s, a) == pendulum_due(s, a) for s, a in cases)
    walk = cpu(lambda: [pendulum_due(s, a) for s, a in cases])
    fast = cpu(lambda: [CALENDAR.due(s, a) for s, a in cases])
    small, large = issues(1000), issues(10_000)
    now = START + timedelta(days=10)
    one = cpu(lambda: arrange(small, POLICY, now))
    ten = cpu(lambda: arrange(large, POLICY, now))
    nothing = child_cpu("-c", "pass")
    return [
        Figure("2,000 deadlines", fast, "pendulum day by day", walk, 1 / 50),
        Figure("arrange 10,000 issues", ten, "ten times 1,000", one * 10, 1.5),
        Figure("rota --version", child_cpu("-c", rota("--version")), "python -c pass", nothing, 3),
        Figure("rota --help", child_cpu("-c", rota("--help")), "python -c pass", nothing, 3),
    ]


def main() -> int:
    """Print and keep the table; 1 if a goal is missed."""
    measured = figures()
    print(
        f"{'figure':<24}{'CPU ms':>9}  {'reference':<22}{'CPU ms':>9}{'ratio':>8}{'goal':>7}  met"
    )
    for row in measured:
        print(
            f"{row.name:<24}{row.cpu * 1000:>9.2f}  {row.reference:<22}"
            f"{row.reference_cpu * 1000:>9.2f}{row.ratio:>8.3f}{row.goal:>7.2f}  "
            f"{'yes' if row.met else 'NO'}"
        )
    out = ROOT / "build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    table = [{**asdict(row), "ratio": row.ratio, "met": row.met} for row in measured]
    out.write_text(json.dumps(table, indent=2), encoding="utf-8")
    return 0 if all(row.met for row in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
