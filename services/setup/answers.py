"""What did the person choose, and how does the configuration say it?

Only what differs from the defaults is written. What an earlier file said, and can still be read,
is kept; what of it cannot is named, so that nothing is dropped in silence.
"""

import tomllib
from collections.abc import Mapping

from msgspec import Struct, field

from services.config.checks import check
from services.config.reading import Problem, read_table
from services.config.tables import PagerDuty, Tables, Zendesk
from services.errors import ConfigError

HEADER = """\
# The configuration of rota. `rota --print-config` prints every key with its default, and
# `rota init` asks again.
"""


class Answers(Struct, frozen=True, kw_only=True):
    """What was chosen; None leaves a key as it is."""

    zendesk: str | None = None
    """The subdomain, or the account's root as a URL; "" switches Zendesk off."""
    zendesk_email: str | None = None
    groups: tuple[int | str, ...] | None = None
    view: int | None = None
    pagerduty: bool | None = None
    """Whether PagerDuty is used."""
    pagerduty_url: str | None = None
    pagerduty_email: str | None = None
    bearer: bool | None = None
    teams: tuple[str, ...] | None = None
    services: tuple[str, ...] | None = None
    zendesk_command: tuple[str, ...] | None = None
    pagerduty_command: tuple[str, ...] | None = None


class Salvage(Struct, frozen=True):
    """What an earlier file still gives."""

    tables: Mapping[str, object] = field(default_factory=dict)
    """Its tables as TOML has them, without what cannot be used."""
    lost: tuple[str, ...] = ()
    """Lines for the person: what could not be kept, and why."""
    comments: int = 0
    """Lines of it that hold somebody's comment; a written file has none of them."""


def salvage(text: str) -> Salvage:
    """Keep what can be kept of a configuration, whatever its state."""
    comments = sum(1 for line in text.splitlines() if _has_comment(line))
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError):
        return Salvage(lost=("the file is no TOML; nothing of it is kept",), comments=comments)
    problems: list[Problem] = []
    tables = read_table(Tables(), raw, problems)
    unreadable = {problem.key for problem in problems}
    problems += (problem for problem in check(tables) if problem.key not in unreadable)
    kept = {name: value for name, value in raw.items()}
    for problem in problems:
        kept = _without(kept, problem.key.split("."))
    lost = tuple(f"{problem.key}: {problem.reason}" for problem in problems)
    return Salvage(kept, lost, comments)


def document(
    answers: Answers,
    before: Mapping[str, object],
    secrets: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """The configuration as it is to be written.

    Args:
        answers: What was chosen.
        before: The tables of the file there was.
        secrets: Keys to put tokens in, by table; None writes none.

    Raises:
        ConfigError: What was chosen cannot be used; the headline names the keys.
    """
    import tomli_w

    tables = {name: dict(t) if isinstance(t, Mapping) else t for name, t in before.items()}
    kept = secrets or {}
    _put(tables, "zendesk", {**_zendesk(answers), **kept.get("zendesk", {})}, Zendesk())
    _put(tables, "pagerduty", {**_pagerduty(answers), **kept.get("pagerduty", {})}, PagerDuty())
    problems: list[Problem] = []
    read = read_table(Tables(), tables, problems)
    problems += check(read)
    if problems:
        raise ConfigError("\n".join(f"{problem.key}: {problem.reason}." for problem in problems))
    return HEADER + "\n" + tomli_w.dumps(tables)


def _has_comment(line: str) -> bool:
    """Whether somebody wrote a comment there; rather too often than too seldom."""
    own = line.lstrip().startswith("#") or " #" in line
    return own and line.strip() not in HEADER


def _zendesk(answers: Answers) -> dict[str, object]:
    said: dict[str, object | None] = {
        "email": answers.zendesk_email,
        "groups": answers.groups,
        "view": answers.view,
        "token_command": answers.zendesk_command,
    }
    if answers.zendesk is not None:
        by_url = "://" in answers.zendesk
        said["enabled"] = bool(answers.zendesk)
        said["base_url"] = answers.zendesk.rstrip("/") if by_url else ""
        said["subdomain"] = "" if by_url else answers.zendesk.removesuffix(".zendesk.com")
    return {name: value for name, value in said.items() if value is not None}


def _pagerduty(answers: Answers) -> dict[str, object]:
    said: dict[str, object | None] = {
        "enabled": answers.pagerduty,
        "base_url": answers.pagerduty_url,
        "email": answers.pagerduty_email,
        "bearer": answers.bearer,
        "teams": answers.teams,
        "services": answers.services,
        "token_command": answers.pagerduty_command,
    }
    return {name: value for name, value in said.items() if value is not None}


def _put(
    tables: dict[str, object], name: str, said: Mapping[str, object], default: Zendesk | PagerDuty
) -> None:
    """What was said over what was there; a key at its default is left out."""
    table = tables.get(name)
    merged = {**(table if isinstance(table, dict) else {}), **said}
    merged = {
        key: list(value) if isinstance(value, tuple) else value for key, value in merged.items()
    }
    kept = {
        key: value
        for key, value in merged.items()
        if (tuple(value) if isinstance(value, list) else value) != getattr(default, key, None)
    }
    if kept:
        tables[name] = kept
    else:
        tables.pop(name, None)


def _without(table: Mapping[str, object], path: list[str]) -> dict[str, object]:
    """The same without one key, and without a table that is empty then."""
    name, *rest = path
    kept = dict(table)
    inner = kept.get(name)
    if rest and isinstance(inner, dict):
        left = _without(inner, rest)
        if left:
            kept[name] = left
            return kept
    kept.pop(name, None)
    return kept
