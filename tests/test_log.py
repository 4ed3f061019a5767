"""Does the log tell what happened, to its owner only, and never what people wrote or a secret?"""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from services.errors import OutcomeUnknown, Rejected
from services.log import LARGEST, OLD_FILES, Log
from tests.clients.vendor import TOKEN, Vendor
from tui.screens.log import log_lines

NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)


def log_in(directory: Path) -> Log:
    return Log(directory / "state" / "rota.log", lambda: NOON)


def test_a_line_is_json_and_the_file_is_ours_alone(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    log.note("asked", source="zendesk", status=200, trouble=None, words="two\nlines")
    path = tmp_path / "state" / "rota.log"

    assert json.loads(path.read_text()) == {
        "at": "2026-01-14T12:00:00.000Z",
        "what": "asked",
        "source": "zendesk",
        "status": 200,
        "words": "two\nlines",
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    log.close()


def test_it_begins_anew_when_it_has_grown_and_keeps_a_few(tmp_path: Path) -> None:
    first, second = log_in(tmp_path), log_in(tmp_path)
    for number in range(2 * (OLD_FILES + 3) * LARGEST // 4000):
        (first if number % 3 else second).note("filler", number=number, **_wide())
    files = sorted((tmp_path / "state").iterdir())

    assert len(files) == OLD_FILES + 1
    assert all(path.stat().st_size < LARGEST + 10_000 for path in files)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    lines = (tmp_path / "state" / "rota.log").read_text().splitlines()
    assert all(json.loads(line)["what"] == "filler" for line in lines)
    first.close()
    second.close()


def _wide() -> dict[str, str]:
    return {f"field{n}": "x" * 300 for n in range(6)}


def test_a_disk_in_trouble_costs_only_the_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the directory should be")
    log = log_in(tmp_path)
    log.note("asked")

    assert [entry["what"] for entry in log.latest()] == ["asked"]


def test_known_secrets_and_what_looks_like_one_are_blotted_out(tmp_path: Path) -> None:
    log = Log(None, lambda: NOON)
    log.hide("hunter2hunter2")
    log.note(
        "x", a="my hunter2hunter2!", b="Authorization: Bearer abc.DEF-123456", c="token=qwertyui"
    )

    entry = log.latest()[0]
    assert (entry["a"], entry["b"], entry["c"]) == ("my …!", "Authorization: Bearer …", "token=…")


async def test_of_a_write_only_the_fact_is_kept(tmp_path: Path) -> None:
    said = "the customer's own words"
    refused = httpx.Response(422, json={"error": "RecordInvalid", "description": said})
    log = Log(None, lambda: NOON)
    vendor = Vendor(refused, httpx.Response(500, text=said))
    api = vendor.api(log=log)
    with pytest.raises(Rejected):
        await api.write("PUT", "/tickets/1", {"comment": said}, msgspec.Raw)
    with pytest.raises(OutcomeUnknown):
        await api.write("PUT", "/tickets/1", {"comment": said}, msgspec.Raw)
    entries = log.latest()

    assert [(e["what"], e["status"], e["path"]) for e in entries] == [
        ("refused", 422, "/tickets/1"),
        ("refused", 500, "/tickets/1"),
    ]
    assert said not in repr(entries)
    assert TOKEN not in repr(entries)


def test_the_latest_is_read_first_and_words_narrow_it() -> None:
    log = Log(None, lambda: NOON)
    log.note("asked", source="zendesk", path="/tickets")
    log.note("trouble", source="pagerduty", why="\x1b[31mred")

    assert log_lines(log.latest()).plain.splitlines() == [
        "12:00:00 trouble pagerduty ␛[31mred",
        "12:00:00 asked zendesk /tickets",
    ]
    assert log_lines(log.latest(), "ZEN asked").plain.count("\n") == 1
    assert log_lines(log.latest(), "nowhere").plain == "Nothing in the log has these words."
