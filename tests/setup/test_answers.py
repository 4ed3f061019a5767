"""A configuration made of answers: only what was chosen, nothing dropped in silence."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.config.files import default_text, read
from services.config.tables import Config
from services.errors import ConfigError
from services.setup.answers import Answers, document, salvage
from services.setup.writing import write_config


def written(answers: Answers, before: str = "") -> dict[str, object]:
    """The tables of the file that the answers make."""
    return tomllib.loads(document(answers, salvage(before).tables))


def test_only_what_differs_from_the_defaults_is_written() -> None:
    answers = Answers(zendesk="acme", groups=("Platform", 42), pagerduty=True, view=0)

    assert written(answers) == {"zendesk": {"subdomain": "acme", "groups": ["Platform", 42]}}


def test_the_address_as_the_browser_shows_it_is_a_subdomain() -> None:
    assert written(Answers(zendesk="acme.zendesk.com")) == {"zendesk": {"subdomain": "acme"}}


def test_a_url_is_the_account_s_root() -> None:
    asked = Answers(zendesk="http://127.0.0.1:8765/zendesk/")

    assert written(asked) == {"zendesk": {"base_url": "http://127.0.0.1:8765/zendesk"}}


def test_a_vendor_that_is_not_used_is_switched_off() -> None:
    assert written(Answers(zendesk="", pagerduty=False)) == {
        "zendesk": {"enabled": False},
        "pagerduty": {"enabled": False},
    }


def test_what_was_there_and_can_be_used_stays() -> None:
    before = '[zendesk]\nsubdomain = "old"\nview = 7\n[severity.P2]\nrespond = "45m"\n'

    assert written(Answers(zendesk="new"), before) == {
        "zendesk": {"subdomain": "new", "view": 7},
        "severity": {"P2": {"respond": "45m"}},
    }


def test_what_cannot_be_used_is_named_and_the_rest_is_kept() -> None:
    kept = salvage('# mine\n[severity.P2]\nrespond = "soon"\nupdate = "3h"\n[screen]\nthem = "x"\n')

    assert kept.tables == {"severity": {"P2": {"update": "3h"}}}
    assert [line.partition(":")[0] for line in kept.lost] == ["severity.P2.respond", "screen.them"]
    assert kept.comments == 1


def test_a_half_written_file_gives_nothing_and_says_so() -> None:
    kept = salvage('[zendesk]\nsubdomain = "ac')

    assert (kept.tables, len(kept.lost)) == ({}, 1)


def test_an_answer_that_cannot_be_used_names_its_key() -> None:
    with pytest.raises(ConfigError, match=r"zendesk\.base_url: http:// is for this computer only"):
        document(Answers(zendesk="http://acme.zendesk.com"), {})


@given(
    groups=st.lists(st.integers(1, 10**14) | st.text(min_size=1, max_size=30), max_size=5),
    teams=st.lists(st.text(min_size=1, max_size=20), max_size=4),
    view=st.integers(0, 10**14),
)
def test_what_is_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    groups: list[int | str],
    teams: list[str],
    view: int,
) -> None:
    """Whatever the vendors' names hold, the file says it back."""
    answers = Answers(zendesk="acme", groups=tuple(groups), teams=tuple(teams), view=view)
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_text(document(answers, {}), encoding="utf-8")

    config = read(path)

    assert config.zendesk.groups == tuple(groups)
    assert config.zendesk.view == view
    assert config.pagerduty.teams == tuple(teams)


def test_every_default_survives_being_written_again(tmp_path: Path) -> None:
    text = document(Answers(), salvage(default_text()).tables)
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")

    assert salvage(default_text()).lost == ()
    assert read(path).severity == read_defaults(tmp_path).severity


def read_defaults(folder: Path) -> Config:
    path = folder / "defaults.toml"
    path.write_text(default_text(), encoding="utf-8")
    return read(path)


def test_the_file_before_is_kept_and_the_new_one_is_its_owner_s(tmp_path: Path) -> None:
    path = tmp_path / "rota" / "config.toml"

    assert write_config(path, "first\n") is None
    one = write_config(path, "second\n")
    two = write_config(path, "third\n")

    assert path.read_text() == "third\n"
    assert one is not None
    assert two is not None
    assert (one.read_text(), two.read_text()) == ("first\n", "second\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in path.parent.iterdir()) == [
        "config.toml",
        "config.toml.before-1",
        "config.toml.before-2",
    ]


def test_a_place_that_cannot_be_written_says_so_and_leaves_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here\n")

    with pytest.raises(ConfigError, match=r"file/config\.toml: cannot be written"):
        write_config(tmp_path / "file" / "config.toml", "new\n")
    assert (tmp_path / "file").read_text() == "here\n"
