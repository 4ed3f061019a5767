"""Which promises were kept, by severity and week, and how soon do we answer?

From what the journal holds; nothing is asked of the vendors. Times shown are support's civil times;
lengths are on each promise's own clock. Text of strangers is made plain. Pure.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.domain import Kind, Severity
from services.journal.records import Kept, Outcome, Record
from services.markdown import written
from services.plain import plain
from services.policy.receipt import KIND_WORDS
from services.policy.spoken import day_words, duration_words

USUAL = timedelta(weeks=4)
"""How far back a report goes, unless told otherwise."""

SEVERITIES: tuple[Severity | None, ...] = (*Severity, None)

BUCKETS: tuple[tuple[str, float], ...] = (
    ("5 min", 300), ("10 min", 600), ("20 min", 1200), ("30 min", 1800), ("1 h", 3600),
    ("2 h", 7200), ("4 h", 14400), ("8 h", 28800), ("16 h", 57600), ("more", float("inf")),
)  # fmt: skip
"""How soon an answer came, in seconds at the most."""

_HEADINGS = (
    "issue", "promise", "severity", "subject", "started_at", "due_at", "done_at", "exact",
    "outcome", "allowed_seconds", "taken_seconds", "reason",
)  # fmt: skip
_ANSWERS = (Kind.RESPONSE, Kind.FIRST_RESPONSE)


class Tally(Struct):
    """How many promises fared how."""

    met: int = 0
    late: int = 0
    missed: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """All of which something can be said, or could have been."""
        return self.met + self.late + self.missed + self.unknown

    @property
    def share(self) -> str:
        """How many of those that can be judged were met, in whole per cent rounded down."""
        judged = self.met + self.late + self.missed
        return f"{100 * self.met // judged} %" if judged else "-"

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        name = outcome.value
        setattr(self, name, getattr(self, name) + 1)


class Report(Struct, frozen=True):
    """All that the report says, before it is written."""

    since: datetime
    until: datetime
    zone: ZoneInfo
    by_severity: Mapping[Severity | None, Tally]
    by_week: Mapping[date, Mapping[Severity | None, Tally]]
    """By the Monday of the week in which a promise was done, or due; civil days."""
    by_kind: Mapping[Kind, Tally]
    answers: Mapping[Severity | None, tuple[float, ...]]
    """Seconds until the first answer, each in order."""
    failed: tuple[Kept, ...]
    """Missed or late, the latest last."""
    kept: tuple[Kept, ...] = ()
    """Everything counted."""

    @property
    def total(self) -> Tally:
        """Of all severities together."""
        whole = Tally()
        for one in self.kept:
            whole.add(one.record.outcome)
        return whole


def make_report(kept: Iterable[Kept], since: datetime, until: datetime, zone: ZoneInfo) -> Report:
    """Count what the journal holds.

    Args:
        kept: Promises; those that say nothing are left out.
        since: The first moment at which a promise was done, or due, that is counted.
        until: The last.
        zone: In which a week begins.
    """
    counted = tuple(
        one for one in kept if one.record.outcome.counts and since <= one.record.decided_at <= until
    )
    by_severity: dict[Severity | None, Tally] = {}
    by_week: dict[date, dict[Severity | None, Tally]] = {}
    by_kind: dict[Kind, Tally] = {}
    answers: dict[Severity | None, list[float]] = {}
    for one in counted:
        record = one.record
        week = by_week.setdefault(monday(record.decided_at, zone), {})
        for tally in (
            by_severity.setdefault(record.severity, Tally()),
            week.setdefault(record.severity, Tally()),
            by_kind.setdefault(record.kind, Tally()),
        ):
            tally.add(record.outcome)
        if record.kind in _ANSWERS and record.taken is not None:
            answers.setdefault(record.severity, []).append(record.taken)
    failed = tuple(one for one in counted if one.record.outcome in (Outcome.LATE, Outcome.MISSED))
    return Report(
        since,
        until,
        zone,
        {s: by_severity[s] for s in SEVERITIES if s in by_severity},
        {week: by_week[week] for week in sorted(by_week)},
        {kind: by_kind[kind] for kind in Kind if kind in by_kind},
        {s: tuple(sorted(answers[s])) for s in SEVERITIES if s in answers},
        failed,
        counted,
    )


def monday(at: datetime, zone: ZoneInfo) -> date:
    """The Monday of the week that a moment lies in, by the clock on the wall."""
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def buckets(seconds: Iterable[float]) -> tuple[int, ...]:
    """How many lengths fall into each bucket.

    >>> buckets([10, 300, 301, 99999])
    (2, 1, 0, 0, 0, 0, 0, 0, 0, 1)
    """
    counts = [0] * len(BUCKETS)
    for length in seconds:
        counts[next(n for n, (_, most) in enumerate(BUCKETS) if length <= most)] += 1
    return tuple(counts)


def name_of(severity: Severity | None) -> str:
    """A severity in words."""
    return severity.value if severity is not None else "unclassified"


def outcome_words(record: Record, zone: ZoneInfo) -> str:
    """What became of a promise, in one line."""
    due = _local(record.due_at, zone)
    if record.outcome is Outcome.MISSED:
        return f"missed: due {due}, not done"
    if record.outcome is Outcome.UNKNOWN or record.met_at is None:
        return f"due {due}; not known whether in time"
    about = "" if record.exact else " at the latest"
    by = duration_words(record.met_at - record.due_at)
    if record.outcome is Outcome.LATE:
        return f"late by {by}: due {due}, done {_local(record.met_at, zone)}{about}"
    return f"met: due {due}, done {_local(record.met_at, zone)}{about}"


def markdown(report: Report) -> str:
    """The report as Markdown."""
    zone, total = report.zone, report.total
    span = f"{_day(report.since, zone)} to {_day(report.until, zone)}"
    lines = [f"# Promises, {span}", "", _summary(total), ""]
    if not total.total:
        return "\n".join([*lines, _WHERE_FROM, ""])
    lines += _table("Severity", [(name_of(s), t) for s, t in report.by_severity.items()])
    lines += ["", "## By promise", ""]
    lines += _table("Promise", [(KIND_WORDS[k], t) for k, t in report.by_kind.items()])
    lines += ["", "## By week", ""]
    lines += _table(
        "Week from",
        [
            (f"{day_words(week)} {week.year}, {name_of(severity)}", tally)
            for week, tallies in report.by_week.items()
            for severity, tally in sorted(
                tallies.items(), key=lambda pair: SEVERITIES.index(pair[0])
            )
        ],
    )
    lines += ["", "## How soon we answer", "", *_answers(report)]
    lines += ["", "## Missed or late", "", *_failures(report)]
    return "\n".join([*lines, "", _WHERE_FROM, ""])


def csv_text(report: Report) -> str:
    """Every promise counted, one per line, for a spreadsheet; moments in UTC."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADINGS)
    for one in report.kept:
        record = one.record
        writer.writerow(
            [
                record.anchor,
                record.kind.value,
                name_of(record.severity),
                _harmless(record.subject),
                _utc(record.started_at),
                _utc(record.due_at),
                _utc(record.met_at),
                "yes" if record.exact else "no",
                record.outcome.value,
                f"{record.allowance:.0f}",
                "" if record.taken is None else f"{record.taken:.0f}",
                _harmless(one.reason),
            ]
        )
    return out.getvalue()


_WHERE_FROM = (
    "From this laptop's journal: promises that fell due while no rota ran, and that nobody has "
    "looked at since, are not in it."
)


def _summary(total: Tally) -> str:
    if not total.total:
        return "The journal holds no promise that was decided in this time."
    unknown = f"; of {total.unknown} it is not known" if total.unknown else ""
    counts = f"{total.met} met, {total.late} late, {total.missed} missed"
    return f"{counts}: {total.share} in time{unknown}."


def _heading(*names: str) -> list[str]:
    return [f"| {' | '.join(names)} |", f"|---{'|--:' * (len(names) - 1)}|"]


def _table(first: str, rows: Sequence[tuple[str, Tally]]) -> list[str]:
    return _heading(first, "met", "late", "missed", "not known", "in time") + [
        f"| {name} | {t.met} | {t.late} | {t.missed} | {t.unknown} | {t.share} |"
        for name, t in rows
    ]


def _answers(report: Report) -> list[str]:
    if not report.answers:
        return ["Nothing was answered."]
    names = (f"≤ {name}" if name != "more" else name for name, _ in BUCKETS)
    lines = _heading("Severity", *names, "median", "slowest")
    for severity, taken in report.answers.items():
        counts = " | ".join(str(count) for count in buckets(taken))
        middle = duration_words(timedelta(seconds=int(median(taken))))
        slowest = duration_words(timedelta(seconds=int(taken[-1])))
        lines.append(f"| {name_of(severity)} | {counts} | {middle} | {slowest} |")
    return lines


def _failures(report: Report) -> list[str]:
    if not report.failed:
        return ["None."]
    lines = []
    for one in report.failed:
        record = one.record
        lines.append(
            f"- {record.anchor} {name_of(record.severity)}, {KIND_WORDS[record.kind].lower()}, "
            f"{outcome_words(record, report.zone)}: {written(record.subject, 200)}"
        )
        if one.reason:
            lines.append(f"  - Why: {written(one.reason, 2000)}")
        lines += [f"  - {label}: {written(words)}" for label, words in record.receipt]
    return lines


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    words = plain(text, limit=2000)
    return f"'{words}" if words[:1] in ("=", "+", "-", "@") else words


def _utc(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _local(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{day_words(local)} {local:%H:%M}"


def _day(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{day_words(local)} {local.year}"
