"""Writes the pages of docs/ that follow from the program itself: `python -m tests.pages`.

The configuration reference comes from the types of its tables and from the comments of the
default `config.toml`; the keys come from the key table. A test holds the pages to both.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import get_type_hints

from services.config.files import default_text
from services.config.promised import Share, Weekdays
from services.config.table import Table
from services.config.tables import Id, Tables
from services.domain import ClockKind, Status
from services.policy.rules import Allowance
from tui.keys import SCREENS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

_ROOMS = "<!-- rooms: written by make pages -->"

_KINDS: Mapping[object, str] = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    float: "number",
    Id: "id",
    Share: "share, 0 to 1",
    Weekdays: "days",
    timedelta: "duration",
    time: "time of day",
    Allowance: "allowance",
    Allowance | None: 'allowance, or ""',
    ClockKind: '"always" or "support_hours"',
    frozenset[Status]: "ticket statuses",
    frozenset[date]: "dates",
    tuple[str, ...]: "list of texts",
    tuple[float, ...]: 'steps: "75%" of the time allowed, "breach"',
    tuple[int | str, ...]: "list of ids or names",
    dict[str, str]: "texts by name",
}
_HEADER = re.compile(r"\[([A-Za-z0-9_.]+)\]")
_LONG = '"""'
_KEY = re.compile(r"([A-Za-z0-9_]+) = (.*)")


def _architecture() -> str:
    """The page as it is written by hand, with the list of rooms under its mark."""
    by_hand = (DOCS / "architecture.md").read_text(encoding="utf-8").partition(_ROOMS)[0]
    lines = [by_hand + _ROOMS]
    for floor in ("services", "widgets", "tui"):
        for folder in (ROOT / floor, *sorted(p for p in (ROOT / floor).rglob("*") if p.is_dir())):
            rooms = [room for room in sorted(folder.glob("*.py")) if room.stem != "__init__"]
            if not rooms:
                continue
            lines += ["", f"### `{folder.relative_to(ROOT)}/`", "", "| room | |", "|---|---|"]
            lines += [f"| `{room.name}` | {_cell(_question(room))} |" for room in rooms]
    return "\n".join(lines) + "\n"


def _question(room: Path) -> str:
    """The first line of a module's docstring."""
    said = ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))) or ""
    return said.partition("\n")[0]


def _configuration() -> str:
    lines = [
        "# Configuration",
        "",
        "Generated from the program; `rota --print-config` prints the same as a file to start",
        "from. `--config PATH`, `$ROTA_CONFIG`, `./config.toml` and",
        "`$XDG_CONFIG_HOME/rota/config.toml` are looked at in that order, and the first one",
        "counts, whole. A key that is not there has its default. A key that does not exist, or a",
        "value that cannot be used, is told with its place, and nothing starts.",
        "",
        "A *duration* is `90s`, `20m`, `2h` or `1h30m`. An *allowance* is a duration, or `2bd`:",
        "two business days, that is two support days' worth of support time.",
    ]
    return "\n".join([*lines, *_tables(default_text())]) + "\n"


def _tables(text: str) -> Iterator[str]:
    """The reference, table by table, out of the commented defaults."""
    table, said, headed = "", list[str](), False
    for line in text.splitlines():
        if header := _HEADER.fullmatch(line):
            table = header[1]
            yield from ("", f"## `[{table}]`")
            if said:
                yield from ("", " ".join(said))
            headed = False
        elif line.startswith("# --"):
            said = []
            continue
        elif line.startswith("#"):
            said.append(line.removeprefix("#").strip())
            continue
        elif (key := _KEY.fullmatch(line)) and table:
            if not headed:
                yield from ("", "| key | is | default | |", "|---|---|---|---|")
            headed = True
            kind, note = _kind(Tables(), [*table.split("."), key[1]])
            words = _cell(" ".join(said) or note)
            default = "several lines" if key[2] == _LONG else f"`{_cell(key[2])}`"
            yield f"| `{key[1]}` | {kind} | {default} | {words} |"
        said = []


def _kind(table: Table, path: list[str]) -> tuple[str, str]:
    """What a key takes, in words, and what its declaration says of it."""
    name, *rest = path
    if rest:
        inner = getattr(table, name)
        return _kind(inner, rest) if isinstance(inner, Table) else ("text", "")
    kind = get_type_hints(type(table), include_extras=True)[name]
    words = _KINDS.get(kind) or _KINDS[getattr(kind, "__origin__", kind)]
    return words, _notes(type(table)).get(name, "")


def _notes(table: type[Table]) -> Mapping[str, str]:
    """The texts under the fields of a table, each on one line."""
    body = ast.parse(textwrap.dedent(inspect.getsource(table))).body[0]
    assert isinstance(body, ast.ClassDef)
    notes = {}
    for field, under in pairwise(body.body):
        match field, under:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=text)):
                notes[name] = " ".join(str(text).split())
    return notes


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _keys() -> str:
    lines = [
        "# Keys",
        "",
        "Generated from the key table; `?` shows the keys of the screen you are on. Every key can",
        "be changed in the configuration, by its id. Letters do",
        "nothing while a field has the focus.",
    ]
    for screen, table in SCREENS.items():
        lines += ["", f"## {screen.replace('_', ' ').capitalize()}", ""]
        lines += ["| key | id | does |", "|---|---|---|"]
        for key in table:
            shown = key.shown or key.keys.split(",")[0] or "(palette)"
            lines.append(f"| `{_cell(shown)}` | `{key.id}` | {_cell(key.help)} |")
    return "\n".join(lines) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "architecture.md": _architecture,
    "configuration.md": _configuration,
    "keys.md": _keys,
}
"""What writes each generated page, by its name in docs/."""


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
