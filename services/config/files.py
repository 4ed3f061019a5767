"""Which configuration file counts, and what does it say?

Source: policy rule "Configuration is read from": `--config`, `$ROTA_CONFIG`, `./config.toml`,
`$XDG_CONFIG_HOME/rota/config.toml`. Without any, every default holds.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from services.config.checks import check
from services.config.reading import Problem, quoted, read_table
from services.config.tables import Config, Tables
from services.config.trust import refuse_if_planted
from services.errors import ConfigError


def find(asked: str | None, environ: Mapping[str, str]) -> Path | None:
    """The configuration file to read; None when there is none.

    Args:
        asked: What `--config` says; None when it was not given.
        environ: `ROTA_CONFIG`, `XDG_CONFIG_HOME` and `HOME` are looked at.

    Raises:
        ConfigError: A file was asked for by name and is not there.
    """
    for said, by in ((asked, "--config"), (environ.get("ROTA_CONFIG") or None, "$ROTA_CONFIG")):
        if said is not None:
            path = _expanded(Path(said), environ)
            if not said or not path.exists():
                raise ConfigError(f"{_shown(path) if said else by}: there is no such file ({by}).")
            return path
    here = Path("config.toml")
    return next((path for path in (here, _at_home(environ)) if path.exists()), None)


def _expanded(path: Path, environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME")
    if home and path.parts[:1] == ("~",):
        return Path(home, *path.parts[1:])
    return path


def _at_home(environ: Mapping[str, str]) -> Path:
    """Where the person keeps settings; a relative `XDG_CONFIG_HOME` is none, by its standard."""
    said = Path(environ.get("XDG_CONFIG_HOME") or ".")
    folder = said if said.is_absolute() else _expanded(Path("~/.config"), environ)
    return folder / "rota" / "config.toml"


def place(asked: str | None, environ: Mapping[str, str]) -> Path:
    """Where a new configuration goes: where it was asked for, or where the person keeps settings.

    Args:
        asked: What `--config` says; None when it was not given.
        environ: `ROTA_CONFIG`, `XDG_CONFIG_HOME` and `HOME` are looked at.
    """
    said = asked or environ.get("ROTA_CONFIG")
    return _expanded(Path(said), environ) if said else _at_home(environ)


def default_text() -> str:
    """Every key with its default and what it means, as a configuration to start from."""
    # In the wheel the file travels inside the package; in a checkout it lies at the top.
    packaged = Path(__file__).with_name("default.toml")
    found = packaged if packaged.exists() else Path(__file__).parents[2] / "config.toml"
    return found.read_text(encoding="utf-8")


def load(asked: str | None, environ: Mapping[str, str]) -> Config:
    """The configuration that counts, checked whole; all defaults when there is no file.

    Raises:
        ConfigError: It cannot be read or used; each line of the headline is one problem.
    """
    path = find(asked, environ)
    return Config() if path is None else read(path)


def read(path: Path) -> Config:
    """One configuration file, checked whole.

    Raises:
        ConfigError: It cannot be read or used; each line of the headline is one problem.
    """
    content, found = _content(path)
    raw = _parse(path, _text(path, content))
    problems: list[Problem] = []
    tables = read_table(Tables(), raw, problems)
    unreadable = {problem.key for problem in problems}
    problems += (problem for problem in check(tables) if problem.key not in unreadable)
    if problems:
        raise ConfigError("\n".join(_line(path, problem) for problem in problems))
    refuse_if_planted(path, found, tables)
    zendesk = msgspec.structs.replace(tables.zendesk, base_url=tables.zendesk.base_url.rstrip("/"))
    pagerduty = msgspec.structs.replace(
        tables.pagerduty, base_url=tables.pagerduty.base_url.rstrip("/")
    )
    parts = {name: getattr(tables, name) for name in tables.__struct_fields__}
    return Config(**{**parts, "zendesk": zendesk, "pagerduty": pagerduty, "path": path})


def _line(path: Path, problem: Problem) -> str:
    ending = "" if problem.reason.endswith((".", "?")) else "."
    return f"{_shown(path)}: {problem.key}: {problem.reason}{ending}"


def _shown(path: Path) -> str:
    text = str(path)
    return text if text.isprintable() else quoted(text)


def _content(path: Path) -> tuple[bytes, os.stat_result]:
    """What the file says, and whose it is; both of the same file, whatever happens meanwhile."""
    try:
        with path.open("rb") as file:
            return file.read(), os.fstat(file.fileno())
    except IsADirectoryError:
        raise ConfigError(f"{_shown(path)}: this is a directory, not a file.") from None
    except OSError as error:
        why = (error.strerror or "it failed").lower()
        raise ConfigError(f"{_shown(path)}: cannot be read: {why}.") from None


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{_shown(path)}: line {line}: this is not UTF-8 text.") from None


def _parse(path: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigError(f"{_shown(path)}: lists or tables are nested too deeply.") from None
    except ValueError as error:
        raise ConfigError(f"{_shown(path)}: {_syntax(str(error), text)}.") from None


def _syntax(reason: str, text: str) -> str:
    """What the TOML reader says, with the line first.

    >>> _syntax("Invalid value (at line 3, column 5)", "")
    'line 3: invalid value (column 5)'
    >>> _syntax("Invalid value (at end of document)", "a = 1\\nb =")
    'line 2: invalid value (at the end)'
    """
    place = re.search(r" \(at line ([0-9]+), column ([0-9]+)\)$", reason)
    what = reason.partition(" (at ")[0]
    what = what[:1].lower() + what[1:]
    if place is not None:
        return f"line {place[1]}: {what} (column {place[2]})"
    return f"line {text.rstrip().count(chr(10)) + 1}: {what} (at the end)"
