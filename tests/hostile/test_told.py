"""Is what commands print without a screen just as harmless as what is painted?"""

import json

import pytest

from services.doctor.findings import Finding, Verdict, line
from services.errors import ConfigError
from services.queue import arrange
from services.queue_json import queue_document, queue_lines
from tests.hostile.corpus import BY_KIND
from tests.hostile.test_plain import harmless
from tests.screen.stage import NOON, POLICY, incident, issue, snapshot
from tui import cli


@pytest.mark.parametrize("kind", BY_KIND)
def test_a_queue_and_findings_are_printed_plainly_and_json_is_raw(kind: str) -> None:
    strings = [text.replace("\ud83d\ude00", "") for text in BY_KIND[kind][:40]]
    world = snapshot(
        *(issue(number, text) for number, text in enumerate(strings, start=1)),
        *(incident(number, text) for number, text in enumerate(strings, start=1)),
    )
    rows = arrange(world.issues, POLICY, NOON)

    lines = queue_lines(rows, NOON)
    assert len(lines) >= 2 * len(strings)
    for printed in lines:
        harmless(printed)
    for text in strings:
        harmless(line(Finding("zendesk credentials", Verdict.OK, f"signed in as {text}.")))
    period = POLICY.calendar.period(NOON)
    printed = json.dumps(queue_document(world, rows, now=NOON, period=period))
    assert printed.isascii()
    assert sorted(one["subject"] for one in json.loads(printed)["issues"]) == sorted(strings * 2)


def test_a_complaint_is_printed_plainly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(argv: object) -> int:
        raise ConfigError("a\x1b[2Jb\u202e", "c\x07\nd")

    monkeypatch.setattr(cli, "_obey", fail)

    assert cli.main([]) == 2
    assert capsys.readouterr().err == "rota: a␛[2Jb‹202E›\nrota: c␇\nrota: d\n"
