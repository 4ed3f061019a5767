"""What does the report count, and how is it written, drawn and explained?"""

import csv
import io
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from services.domain import Kind, Severity
from services.journal.journal import Journal
from services.journal.records import Kept, Outcome, Record
from services.report import Report, csv_text, make_report, markdown
from tests.rota.stage import LONDON, local
from tests.screen.stage import NOON, Desk, issue, settle, snapshot
from tui.cli import main
from tui.screens.missed import MissedScreen
from tui.screens.report import ReportScreen

DAY = timedelta(days=1)
_DONE = (Outcome.MET, Outcome.LATE)


def record(
    name: str, outcome: Outcome, severity: Severity | None = Severity.P2, days: float = 0,
    kind: Kind = Kind.RESPONSE, taken: float = 600,
) -> Record:  # fmt: skip
    """A promise due so many days before noon, started half an hour before that."""
    due = NOON - days * DAY
    late = timedelta(minutes=7 if outcome is Outcome.LATE else -5)
    return Record(
        key=f"{name}/answer", anchor=name, kind=kind, severity=severity, subject=f"about {name}",
        started_at=due - timedelta(minutes=30), due_at=due, outcome=outcome, allowance=1800,
        met_at=due + late if outcome in _DONE else None,
        taken=taken if outcome in _DONE else None, receipt=(("Rule", "30 min"), ("Due", "then")),
    )  # fmt: skip


KEPT = (
    Kept(record("zd-1", Outcome.MET, taken=200)),
    Kept(record("zd-2", Outcome.MET, Severity.P1, days=8, taken=900)),
    Kept(record("zd-3", Outcome.LATE, days=1, taken=4000), "Two P1s *at once*"),
    Kept(record("zd-4", Outcome.MISSED, Severity.P3, days=2, kind=Kind.UPDATE)),
    Kept(record("zd-5", Outcome.UNKNOWN, None, kind=Kind.TRIAGE)),
    Kept(record("zd-6", Outcome.OPEN)),
    Kept(record("zd-7", Outcome.LET_GO)),
    Kept(record("zd-8", Outcome.MET, days=40)),
)


def made(*kept: Kept) -> Report:
    return make_report(kept or KEPT, NOON - 28 * DAY, NOON, LONDON)


def test_promises_are_counted_by_severity_and_week_and_only_those_that_say_something() -> None:
    report = made()
    total = report.total

    assert (total.met, total.late, total.missed, total.unknown) == (2, 1, 1, 1)
    assert total.share == "50 %"
    assert {s: t.total for s, t in report.by_severity.items()} == {
        Severity.P1: 1, Severity.P2: 2, Severity.P3: 1, None: 1,
    }  # fmt: skip
    assert [f"{week:%m-%d}" for week in report.by_week] == ["01-05", "01-12"]
    assert report.answers[Severity.P2] == (200, 4000)


def test_a_week_begins_on_monday_by_the_clock_on_the_wall() -> None:
    """Half past midnight in London, when it is still Sunday in UTC."""
    at = local("2026-06-15 00:30")
    kept = Kept(msgspec.structs.replace(record("zd-1", Outcome.MISSED), due_at=at))
    report = make_report([kept], at - DAY, at + DAY, LONDON)

    assert [f"{week}" for week in report.by_week] == ["2026-06-15"]


def test_as_markdown_it_tells_each_failure_with_its_receipt_and_reason() -> None:
    text = markdown(made())

    assert "2 met, 1 late, 1 missed: 50 % in time; of 1 it is not known." in text
    assert "| P2 | 1 | 1 | 0 | 0 | 50 % |" in text
    assert "| Mon 12 Jan 2026, P3 | 0 | 0 | 1 | 0 | 0 % |" in text
    assert (
        "- zd-3 P2, response, late by 7 min: due Tue 13 Jan 12:00, done Tue 13 Jan 12:07: "
        "about zd-3\n"
        "  - Why: Two P1s \\*at once\\*\n"
        "  - Rule: 30 min\n"
    ) in text
    assert "- zd-4 P3, update, missed: due Mon 12 Jan 12:00, not done: about zd-4" in text


def test_as_csv_each_promise_is_a_line_that_no_spreadsheet_takes_for_a_formula() -> None:
    nasty = Kept(msgspec.structs.replace(KEPT[0].record, subject='=HYPERLINK("x")'), "+1")
    rows = list(csv.DictReader(io.StringIO(csv_text(made(*KEPT, nasty)))))

    assert len(rows) == 6
    assert rows[0]["due_at"] == "2026-01-14T12:00:00Z"
    assert rows[-1]["subject"] == '\'=HYPERLINK("x")'
    assert rows[-1]["reason"] == "'+1"


def test_an_empty_journal_says_so() -> None:
    report = make_report([], NOON - DAY, NOON, LONDON)

    assert "The journal holds no promise" in markdown(report)
    assert len(csv_text(report).splitlines()) == 1


def journal_with(*kept: Kept) -> Journal:
    journal = Journal(None)
    for one in kept:
        journal._entries.put(one.record)
        journal.give_reason(one.record.key, one.reason)
    return journal


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15)])
async def test_the_screen_draws_counts_and_explains(size: tuple[int, int]) -> None:
    desk = Desk()
    desk.app.journal = journal_with(*KEPT)
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, snapshot())
        desk.app.action_report()
        await settle(pilot)
        top = desk.text()
        for _ in range(4):
            await pilot.press("pagedown")
        await settle(pilot)
        bottom = desk.text()
        await pilot.press("m")
        await settle(pilot)
        missed = desk.text()

        assert "REPORT Wed 17 Dec to Wed 14 Jan 2026" in top
        assert "P2" in top
        assert "zd-3 P2 response: late by 7 min" in bottom.replace("\n", "")
        assert "late by 7 min: due Tue 13 Jan 12:00" in missed
        assert isinstance(desk.app.screen, MissedScreen)


async def test_a_reason_is_given_once_and_stands_in_the_report() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "nobody answered", 45)))
        desk.app.action_report()
        await settle(pilot)
        await pilot.press("m", "e", *"busy", "enter")
        await settle(pilot)
        screen = desk.app.screen

        assert isinstance(screen, ReportScreen)
        assert [one.reason for one in screen.report.failed] == ["busy"]
        assert "| busy" in desk.text()


async def test_it_is_saved_beside_where_rota_was_started_and_never_over_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    desk = Desk()
    desk.app.journal = journal_with(*KEPT)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot())
        desk.app.action_report()
        await settle(pilot)
        await pilot.press("s", "s", "c", "y")
        await settle(pilot)

    saved = {path.name: path for path in tmp_path.iterdir()}
    assert saved.keys() == {
        "report-2026-01-14.md", "report-2026-01-14-2.md", "report-2026-01-14.csv",
    }  # fmt: skip
    assert {path.stat().st_mode & 0o777 for path in saved.values()} == {0o600}
    assert desk.app.clipboard == saved["report-2026-01-14.md"].read_text()


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["report", "--since", "soon"], "--since: 'soon' is not a moment."),
        (
            ["report", "--since", "2026-01-02T00:00Z", "--until", "2026-01-01T00:00Z"],
            "--since must be before --until.",
        ),
        (["handover"], "Neither Zendesk nor PagerDuty is configured"),
        (["handover", "--since", "noon"], "--since: 'noon' is not a moment."),
    ],
)
def test_what_makes_no_sense_on_the_command_line_is_refused(
    argv: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    assert main(argv) == 2
    assert words in capsys.readouterr().err


def test_the_command_reads_this_laptop_s_journal_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert main(["report", "--until", "2026-01-14T12:00Z"]) == 0
    assert "# Promises, Wed 17 Dec 2025 to Wed 14 Jan 2026" in capsys.readouterr().out
