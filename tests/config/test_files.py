"""Which file counts, what its defaults are, and how it is refused."""

import tomllib
from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path

import msgspec
import pytest

from services.config import Config, find, load
from services.config.files import read
from services.config.table import Table
from services.domain import ClockKind, Severity
from services.errors import ConfigError
from services.policy.rules import Allowance, PolicyRules

SHIPPED = Path(__file__).parents[2] / "config.toml"


def keys_of(table: Table) -> Mapping[str, object]:
    """Every key that a table can have, down to the last."""
    values = {name: getattr(table, name) for name in table.__struct_fields__ if name != "path"}
    names = {k: dict.fromkeys(v) if isinstance(v, dict) and v else None for k, v in values.items()}
    return names | {k: keys_of(v) for k, v in values.items() if isinstance(v, Table)}


def keys_in(raw: Mapping[str, object]) -> Mapping[str, object]:
    """Every key that a file has."""
    return {k: keys_in(v) if isinstance(v, dict) and v else None for k, v in raw.items()}


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as refused:
        read(path)
    return refused.value.headline.replace(str(path), "config.toml")


def test_the_shipped_file_says_the_defaults() -> None:
    shipped = read(SHIPPED)

    assert msgspec.structs.replace(shipped, path=None) == Config()


def test_the_shipped_file_shows_every_key() -> None:
    assert keys_in(tomllib.loads(SHIPPED.read_text(encoding="utf-8"))) == keys_of(Config())


def test_the_defaults_are_the_policy() -> None:
    assert Config().policy_rules() == PolicyRules()


def test_a_team_without_out_of_hours_support_changes_one_line(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace('= "always"', '= "support_hours"')
    rule = read(written(tmp_path, text)).policy_rules().severities[Severity.P1]

    assert rule.clock is ClockKind.SUPPORT_HOURS
    assert rule.respond_out_of_hours is None


def test_what_a_file_leaves_out_keeps_its_default(tmp_path: Path) -> None:
    config = read(written(tmp_path, '[severity.P1]\nrespond = "15m"\n'))

    assert config.severity.P1.respond == Allowance(timedelta(minutes=15))
    assert config.severity.P1.update == Allowance(timedelta(hours=1))
    assert config.severity.P2 == Config().severity.P2


def test_hours_can_be_changed(tmp_path: Path) -> None:
    text = """[support_hours]
    days = ["mon", "Sat"]
    opens = "08:30"
    closes = 18:00:00
    extra_holidays = [2026-12-24, "2026-12-31"]
    country = ""
    """
    hours = read(written(tmp_path, text)).policy_rules().hours

    assert (hours.days, hours.opens, hours.closes) == (frozenset({0, 5}), time(8, 30), time(18))
    assert hours.extra_holidays == {date(2026, 12, 24), date(2026, 12, 31)}


def test_no_country_has_no_bank_holidays(tmp_path: Path) -> None:
    config = read(written(tmp_path, '[support_hours]\ncountry = ""\n'))

    assert config.support_calendar().why_closed(date(2026, 12, 25)) is None
    assert Config().support_calendar().why_closed(date(2026, 12, 25)) is not None


@pytest.mark.parametrize(
    ("text", "root"),
    [
        pytest.param("", "", id="not-set"),
        pytest.param('subdomain = "acme"', "https://acme.zendesk.com", id="subdomain"),
        pytest.param('base_url = "http://localhost:1/zd/"', "http://localhost:1/zd", id="url"),
        pytest.param('subdomain = "a"\nbase_url = "https://b"', "https://b", id="url-wins"),
    ],
)
def test_the_root_of_zendesk(tmp_path: Path, text: str, root: str) -> None:
    assert read(written(tmp_path, f"[zendesk]\n{text}\n")).zendesk_root == root


def test_severities_are_named_by_tag_and_priority(tmp_path: Path) -> None:
    config = read(written(tmp_path, '[severity.P2]\ntag = "major"\nincident_priority = ""\n'))

    assert config.severity_tags()["major"] is Severity.P2
    assert "P2" not in config.priorities()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            '[severity.P2]\nrespond = "20 minits"',
            'severity.P2.respond: "20 minits" is not a duration; write 20m, 2h, 1h30m or 2bd.',
            id="duration",
        ),
        pytest.param(
            '[severity.P2]\nrespnd = "20m"',
            "severity.P2.respnd: there is no such key; did you mean respond?",
            id="unknown-key",
        ),
        pytest.param(
            "[zendsk]\n",
            "zendsk: there is no such table; did you mean zendesk?",
            id="unknown-table",
        ),
        pytest.param(
            '[severity.P1]\nupdate = "1bd"',
            'severity.P1.update: "1bd" counts business days, but this clock always runs; '
            "write hours.",
            id="business-days-on-a-clock-that-always-runs",
        ),
        pytest.param(
            '[severity.P1]\nupdate = ""',
            'severity.P1.update: "" is not a duration; write 20m, 2h, 1h30m or 2bd.',
            id="no-duration",
        ),
        pytest.param(
            '[severity.P1]\nupdate = "0m"',
            'severity.P1.update: "0m" leaves no time at all; write 20m, 2h, 1h30m or 2bd.',
            id="no-time",
        ),
        pytest.param(
            "[severity.P1]\nupdate = 20",
            "severity.P1.update: must be text in quotes; write 20m, 2h, 1h30m or 2bd.",
            id="duration-as-a-number",
        ),
        pytest.param(
            '[severity.P1]\nclock = "never"',
            'severity.P1.clock: "never" is not a clock; write always or support_hours.',
            id="clock",
        ),
        pytest.param(
            '[severity.P1]\ntag = "p2"',
            'severity.P2.tag: "p2" is what severity.P1.tag says already.',
            id="one-tag-for-two",
        ),
        pytest.param("zendesk = 1", "zendesk: must be a table, [zendesk].", id="no-table"),
        pytest.param(
            '[zendesk]\nview = "7"',
            "zendesk.view: expected a whole number, got text.",
            id="wrong-type",
        ),
        pytest.param(
            "[zendesk]\ngroups = [1, true]",
            "zendesk.groups: entry 2: expected text or a whole number, got true or false.",
            id="wrong-type-in-a-list",
        ),
        pytest.param(
            '[zendesk]\nbase_url = "http://acme.zendesk.com"',
            "zendesk.base_url: http:// is for this computer only; write https://.",
            id="http-elsewhere",
        ),
        pytest.param(
            '[zendesk]\nbase_url = "https://a.zendesk.com/api/v2/"',
            "zendesk.base_url: is the account's root; leave out /api/v2.",
            id="url-of-the-api",
        ),
        pytest.param(
            '[pagerduty]\nbase_url = "https://me:secret@host"',
            "pagerduty.base_url: must not hold a name or password.",
            id="url-with-a-password",
        ),
        pytest.param(
            '[pagerduty]\nbase_url = "nonsense"',
            "pagerduty.base_url: is not a URL; write https://host.",
            id="no-url",
        ),
        pytest.param(
            '[zendesk]\nsubdomain = "acme.zendesk.com"',
            'zendesk.subdomain: "acme.zendesk.com" is not a subdomain; of acme.zendesk.com '
            'write "acme".',
            id="subdomain",
        ),
        pytest.param(
            '[poll]\nzendesk = "0s"', "poll.zendesk: is too often; write 1s or more.", id="poll"
        ),
        pytest.param(
            '[poll]\nrota = "1bd"',
            'poll.rota: "1bd" counts business days, but this is elapsed time; '
            "write 15s, 20m or 1h30m.",
            id="business-days-of-elapsed-time",
        ),
        pytest.param(
            '[support_hours]\ntimezone = "Europe/Londn"',
            'support_hours.timezone: "Europe/Londn" is not a time zone; '
            "did you mean Europe/London?",
            id="zone",
        ),
        pytest.param(
            '[support_hours]\nopens = "18:00"',
            'support_hours.closes: "17:00" is not after opens, which is "18:00".',
            id="closes-before-it-opens",
        ),
        pytest.param(
            '[support_hours]\nopens = "25:00"',
            'support_hours.opens: "25:00" is not a time of day; write "09:00".',
            id="time",
        ),
        pytest.param(
            "[support_hours]\ndays = []",
            "support_hours.days: support must open on one day at least.",
            id="never-open",
        ),
        pytest.param(
            '[support_hours]\ndays = ["Freitag"]',
            'support_hours.days: "Freitag" is not a day; '
            "write mon, tue, wed, thu, fri, sat or sun.",
            id="day",
        ),
        pytest.param(
            '[support_hours]\nnot_holidays = ["2026-02-30"]',
            'support_hours.not_holidays: "2026-02-30" is not a date; write 2026-12-24.',
            id="date",
        ),
        pytest.param(
            '[support_hours]\ncountry = "XX"',
            'support_hours.country: no bank holidays are known for "XX"; write GB, IE or DE.',
            id="country",
        ),
        pytest.param(
            "[deadlines]\nsoon_fraction = 1.5",
            "deadlines.soon_fraction: expected a number <= 1.0.",
            id="share",
        ),
        pytest.param("[keys]\nquit = 1", "keys.quit: must be text in quotes.", id="key"),
        pytest.param("a = \n", "line 1: invalid value (column 5).", id="syntax"),
        pytest.param("[a]\nb = [", "line 2: invalid value (at the end).", id="cut-off"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, text: str, message: str
) -> None:
    assert refusal(written(tmp_path, text)) == f"config.toml: {message}"


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = '[poll]\nzendesk = "x"\nrota = "0s"\n[screen]\nthem = ""\nascii = 1\n'

    assert refusal(written(tmp_path, text)).splitlines() == [
        'config.toml: poll.zendesk: "x" is not a duration; write 15s, 20m or 1h30m.',
        "config.toml: screen.them: there is no such key; did you mean theme?",
        "config.toml: screen.ascii: expected true or false, got a whole number.",
        "config.toml: poll.rota: is too often; write 1s or more.",
    ]


def test_a_token_is_never_repeated(tmp_path: Path) -> None:
    text = '[zendesk]\ntoken = ["hunter2"]\n[pagerduty]\ntoken_command = "hunter2"\n'

    assert "hunter2" not in refusal(written(tmp_path, text))


def test_a_file_of_bytes_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"[screen]\ntheme = '\xff'\n")

    assert refusal(path) == "config.toml: line 2: this is not UTF-8 text."


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "config.toml: this is a directory, not a file."


def test_a_file_nested_without_end_is_refused(tmp_path: Path) -> None:
    assert "\n" not in refusal(written(tmp_path, "a = " + "[" * 100_000))


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with a configuration in each place where one is looked for."""
    for name in ("asked.toml", "said.toml", "here/config.toml", "xdg/rota/config.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def test_the_first_place_that_has_a_file_counts(places: Path) -> None:
    environ = {"ROTA_CONFIG": str(places / "said.toml"), "XDG_CONFIG_HOME": str(places / "xdg")}

    assert find(str(places / "asked.toml"), environ) == places / "asked.toml"
    assert find(None, environ) == places / "said.toml"
    del environ["ROTA_CONFIG"]
    assert find(None, environ) == Path("config.toml")
    (places / "here/config.toml").unlink()
    assert find(None, environ) == places / "xdg/rota/config.toml"
    assert find(None, {"HOME": str(places)}) is None


def test_without_xdg_the_home_folder_is_looked_in(places: Path) -> None:
    (places / "here/config.toml").unlink()
    at_home = places / ".config/rota/config.toml"
    at_home.parent.mkdir(parents=True)
    at_home.touch()

    assert find(None, {"HOME": str(places)}) == at_home


@pytest.mark.parametrize(
    ("asked", "environ", "by"),
    [
        pytest.param("none.toml", {}, "--config", id="option"),
        pytest.param(None, {"ROTA_CONFIG": "none.toml"}, "$ROTA_CONFIG", id="environment"),
    ],
)
def test_a_file_asked_for_by_name_must_be_there(
    places: Path, asked: str | None, environ: Mapping[str, str], by: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        find(asked, environ)

    assert refused.value.headline == f"none.toml: there is no such file ({by})."


def test_without_a_file_all_is_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert load(None, {"HOME": str(tmp_path)}) == Config()
