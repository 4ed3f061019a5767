"""Does every room keep the rules that no single test of a room can hold?

Read from the sources, so that the next widget, file or program is held to them too.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = [path for floor in ("services", "widgets", "tui") for path in (ROOT / floor).rglob("*.py")]
SCREENS = [path for path in ROOMS if path.relative_to(ROOT).parts[0] != "services"]

MARKUP = frozenset({"from_markup", "render_markup", "render_str"})
LABELS = frozenset({"Static", "Label"})
TITLES = frozenset({"border_title", "border_subtitle", "tooltip"})
"""What is read as markup when it is set to a text."""

FILES = frozenset({"open", "fdopen", "write_text", "write_bytes", "mkstemp", "mkdtemp"})
"""What opens or makes a file."""

MAY_START_PROGRAMS = {
    "services/commands.py": "the room for it",
    "tui/screens/external_editor.py": "an editor needs the terminal",
    "tui/signaller.py": "tmux is asked what it lets through, and told the window's name",
    "tui/commands/login.py": "consent is given in the browser, at the vendor's own address",
}
MAY_OPEN_FILES = {
    "services/private.py": "the room for it",
    "services/config/files.py": "reads the configuration",
    "services/simulator/script.py": "reads scenarios",
    "services/outbox/lock.py": "a lock beside the state, in its directory",
    "services/setup/writing.py": "writes the configuration, wherever it lies",
    "services/status/line.py": "`rota status` starts without anything else; it only reads",
    "tui/outlet.py": "opens the terminal that it was given once more, so as never to wait for it",
    "tui/cli.py": "hands stdout to nobody at the end",
    "tui/commands/simulate.py": "writes a made-up configuration where it was told to",
}

PROGRAMS = frozenset({"subprocess", "pty", "webbrowser"})


Said = ast.Call | ast.Assign | ast.Import | ast.ImportFrom


@cache
def said(path: Path) -> tuple[Said, ...]:
    """All that the rules are about in a room; read once for all of them."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return tuple(node for node in nodes if isinstance(node, Said))


def calls(path: Path) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call: the last part of its name, the part before that, and the call."""
    for node in said(path):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name):
                yield called.id, "", node
            elif isinstance(called, ast.Attribute):
                before = called.value
                yield called.attr, before.id if isinstance(before, ast.Name) else "…", node


def harmless(node: ast.expr) -> bool:
    """Whether it is a text as it is written there, without brackets, or no bare text at all."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("Content", "Text")
    return isinstance(node, ast.Constant) and "[" not in str(node.value)


def no_markup(call: ast.Call) -> bool:
    found = [one.value for one in call.keywords if one.arg == "markup"]
    return bool(found) and isinstance(found[0], ast.Constant) and found[0].value is False


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_are_many() -> None:
    assert len(ROOMS) > len(SCREENS) > 50


def test_no_text_is_read_as_markup() -> None:
    found = [(path, *call) for path in SCREENS for call in calls(path)]
    wrong = [
        f"{name_of(path)}:{call.lineno}: {called}: say markup=False"
        for path, called, _, call in found
        if called in MARKUP
        or (called in LABELS and not (no_markup(call) or all(map(harmless, call.args))))
        or (called in ("notify", "RichLog") and not no_markup(call))
    ]

    assert wrong == []
    assert {called for _, called, _, _ in found} >= {*LABELS, "notify"}


def test_no_title_is_read_as_markup() -> None:
    found = [
        (path, node)
        for path in SCREENS
        for node in said(path)
        if isinstance(node, ast.Assign)
        and TITLES & {one.attr for one in node.targets if isinstance(one, ast.Attribute)}
    ]
    wrong = [
        f"{name_of(path)}:{node.lineno}: wrap it in Content()"
        for path, node in found
        if not harmless(node.value)
    ]

    assert wrong == []
    assert found


def test_files_are_opened_and_programs_started_in_few_rooms() -> None:
    wrong = [
        f"{name_of(path)}:{call.lineno}: {called}: {why}"
        for path in ROOMS
        for called, before, call in calls(path)
        if (why := _what_is_wrong(name_of(path), called, before, call))
    ]

    assert wrong == []


def _what_is_wrong(room: str, called: str, before: str, call: ast.Call) -> str:
    if called in ("system", "popen", "eval", "getoutput", "create_subprocess_shell"):
        return "nobody may"
    if any(one.arg == "shell" for one in call.keywords):
        return "no shell reads our words"
    if called == "create_subprocess_exec" and room not in MAY_START_PROGRAMS:
        return "programs run in services/commands.py"
    opens = called in FILES and (called != "open" or before in ("", "os", "io", "path", "file"))
    if opens and not room.startswith("services/simulator/") and room not in MAY_OPEN_FILES:
        return "files are opened in services/private.py"
    return ""


def test_what_starts_programs_is_imported_in_few_rooms() -> None:
    wrong = [
        f"{name_of(path)}:{node.lineno}"
        for path in ROOMS
        for node in said(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and PROGRAMS & {module.partition(".")[0] for module in _modules(node)}
        and name_of(path) not in MAY_START_PROGRAMS
    ]

    assert wrong == []


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]


def test_no_exception_has_outlived_its_reason() -> None:
    for name in (*MAY_OPEN_FILES, *MAY_START_PROGRAMS):
        assert (ROOT / name).is_file(), name
