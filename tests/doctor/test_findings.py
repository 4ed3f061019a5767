"""What the doctor finds, with the simulator in every kind of trouble."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from services.clock import ManualClock, ServerClock
from services.config.tables import Config
from services.doctor.findings import Finding, Verdict, usable
from services.doctor.laptop import (
    examine_notifications,
    examine_state,
    examine_terminal,
)
from services.doctor.vendors import examine_clock, examine_pagerduty, examine_zendesk
from services.domain import Source
from services.errors import ConfigError
from services.simulator.scenario import DEMO_START
from tests.embedded import CONFIG, Embedded, embedded


def about(findings: Sequence[Finding], what: str) -> Finding:
    return next(found for found in findings if found.about == what)


async def zendesk(desk: Embedded, config: Config = CONFIG) -> list[Finding]:
    assembly = desk.assembly
    api = next(api for api in assembly.apis if api.source is Source.ZENDESK)
    return await examine_zendesk(config, assembly.sessions[Source.ZENDESK], api, desk.clock.now())


async def pagerduty(desk: Embedded, config: Config = CONFIG) -> list[Finding]:
    assembly = desk.assembly
    api = next(api for api in assembly.apis if api.source is Source.PAGERDUTY)
    return await examine_pagerduty(config, assembly.sessions[Source.PAGERDUTY], api)


async def test_all_is_well() -> None:
    async with embedded(3) as desk:
        findings = await zendesk(desk) + await pagerduty(desk)

    assert {found.verdict for found in findings} == {Verdict.OK}
    assert usable(findings)
    assert "Primary" in about(findings, "pagerduty schedules").said
    assert "requests a minute are left" in about(findings, "zendesk rate limit").said


async def test_a_token_of_nobody_fails_with_what_to_do_and_without_the_token() -> None:
    async with embedded(3, token="guess-of-mine") as desk:
        findings = await zendesk(desk)

    assert [found.verdict for found in findings] == [Verdict.FAILED]
    assert findings[0].advice
    assert "guess-of-mine" not in repr(findings)


async def test_groups_views_teams_and_services_that_are_not_there_fail() -> None:
    config = msgspec.structs.replace(
        CONFIG,
        zendesk=msgspec.structs.replace(CONFIG.zendesk, groups=("No such group",)),
        pagerduty=msgspec.structs.replace(CONFIG.pagerduty, teams=("PNONE",), services=("PNO",)),
    )
    async with embedded(3) as desk:
        findings = await zendesk(desk, config) + await pagerduty(desk, config)

    assert about(findings, "zendesk groups").verdict is Verdict.FAILED
    assert "No such group" in about(findings, "zendesk groups").said
    assert about(findings, "pagerduty teams").verdict is Verdict.FAILED
    assert about(findings, "pagerduty services").verdict is Verdict.FAILED


async def test_a_group_by_id_and_a_group_by_name_are_both_found() -> None:
    async with embedded(3) as desk:
        first, second, *_ = desk.world.zendesk.groups.values()
        groups = (first.id, second.name.upper())
        config = msgspec.structs.replace(
            CONFIG, zendesk=msgspec.structs.replace(CONFIG.zendesk, groups=groups)
        )
        findings = await zendesk(desk, config)

    assert about(findings, "zendesk groups").verdict is Verdict.OK


async def test_a_priority_that_the_account_has_not_got_is_told() -> None:
    p2 = msgspec.structs.replace(CONFIG.severity.P2, incident_priority="Sev-2")
    config = msgspec.structs.replace(
        CONFIG, severity=msgspec.structs.replace(CONFIG.severity, P2=p2)
    )
    async with embedded(3) as desk:
        found = about(await pagerduty(desk, config), "pagerduty priorities")

    assert found.verdict is Verdict.WARNING
    assert "Sev-2" in found.said


def test_a_laptop_that_is_off_is_told_by_how_much() -> None:
    laptop = ManualClock(DEMO_START + timedelta(minutes=7))
    clock = ServerClock(laptop)

    before = examine_clock(clock)
    clock.observe("zendesk", {"date": DEMO_START.strftime("%a, %d %b %Y %H:%M:%S GMT")}, 0.0)
    after = examine_clock(clock)

    assert "no vendor" in before.said
    assert after.verdict is Verdict.WARNING
    assert "420 s ahead" in after.said


def test_a_state_directory_that_cannot_be_written_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    assert examine_state(tmp_path / "state" / "check.db").verdict is Verdict.OK
    assert list((tmp_path / "state").iterdir()) == []
    assert examine_state(tmp_path / "file" / "check.db").verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("environ", "size", "expected"),
    [
        ({"TERM": "xterm-256color", "LANG": "en_GB.UTF-8"}, (120, 40), [Verdict.OK]),
        ({"TERM": "dumb"}, (0, 0), [Verdict.FAILED]),
        ({}, (0, 0), [Verdict.FAILED]),
        ({"TERM": "xterm", "LANG": "C"}, (80, 24), [Verdict.OK, Verdict.WARNING]),
        ({"TERM": "xterm", "LANG": "C.UTF-8"}, (30, 10), [Verdict.OK, Verdict.WARNING]),
    ],
)
def test_what_the_terminal_can_show(
    environ: dict[str, str], size: tuple[int, int], expected: list[Verdict]
) -> None:
    assert [found.verdict for found in examine_terminal(environ, size)] == expected


def test_tmux_is_asked_for_what_makes_a_difference() -> None:
    def answers(argv: Sequence[str]) -> str:
        return "off\n" if "focus-events" in argv else "on\n"

    found = examine_notifications({"TMUX": "/tmp/tmux-0/default,1,0"}, answers)

    assert [f.verdict for f in found] == [Verdict.WARNING]
    assert found[0].advice == "tmux set -g focus-events on"


def test_tmux_s_own_default_for_the_clipboard_keeps_ours_back() -> None:
    found = examine_notifications(
        {"TMUX": "x"}, lambda argv: "external" if argv[-1] == "set-clipboard" else "on"
    )

    assert [f.advice for f in found] == ["tmux set -g set-clipboard on"]


def test_a_tmux_that_does_not_answer_is_no_disaster() -> None:
    def silent(argv: Sequence[str]) -> str:
        raise ConfigError("tmux: did not end")

    found = examine_notifications({"TMUX": "x"}, silent)

    assert [f.verdict for f in found] == [Verdict.WARNING]
    assert examine_notifications({})[0].verdict is Verdict.OK
