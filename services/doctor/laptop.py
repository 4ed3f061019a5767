"""Is this computer as rota needs it: configuration, state, terminal, notifications?"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from services.commands import printed_by
from services.config.tables import Config
from services.database import open_database
from services.doctor.findings import Finding, Verdict
from services.errors import ConfigError, RotaError

Ask = Callable[[Sequence[str]], str]
"""Runs a program and gives what it prints; raises `ConfigError` where it cannot."""

TMUX_SECONDS = 2.0
"""How long tmux may take to say what an option is."""

_TMUX_WISHES = {
    "focus-events": (("on",), "so that nothing rings while you look at it"),
    "allow-passthrough": (("on", "all"), "so that desktop notifications get through"),
    # tmux's own default, "external", is for tmux: what a program copies it drops.
    "set-clipboard": (("on",), "so that copying reaches your clipboard"),
}
"""Options of tmux that make a difference, what they may be, the best first, and why."""


def examine_config(config: Config) -> Finding:
    """Which file counts."""
    if config.path is None:
        said = "there is no file; every default holds."
        return Finding("configuration", Verdict.WARNING, said, "`rota init` makes one.")
    return Finding("configuration", Verdict.OK, f"{config.path}.")


def examine_pairing(config: Config) -> Finding:
    """What is taken off a subject before tickets and incidents are compared."""
    prefixes = config.pairing.prefixes
    minutes = config.pairing.window.total_seconds() / 60
    words = f"same subject within {minutes:g} min; "
    if prefixes:
        return Finding("pairing", Verdict.OK, words + f"prefixes off: {', '.join(prefixes)}.")
    return Finding("pairing", Verdict.OK, words + "no prefixes but Re:, Fwd: and Fw:.")


def examine_state(path: Path) -> Finding:
    """Whether words and facts can be kept.

    Args:
        path: A file that does not exist, where the others are.
    """
    try:
        open_database(path, ()).close()
    except RotaError as error:
        return Finding("state", Verdict.FAILED, error.headline, error.advice)
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return Finding("state", Verdict.OK, f"kept in {path.parent}.")


def examine_terminal(environ: Mapping[str, str], size: tuple[int, int]) -> list[Finding]:
    """What the terminal can show.

    Args:
        environ: `TERM`, `COLORTERM`, `NO_COLOR` and the locale are looked at.
        size: Columns and rows; zeros where there is no terminal.
    """
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        said = f"TERM is {term or 'not set'}: the dashboard cannot be drawn."
        return [
            Finding("terminal", Verdict.FAILED, said, "Use a terminal; `rota queue` needs none.")
        ]
    colours = "none, by NO_COLOR" if environ.get("NO_COLOR") else _colours(environ)
    columns, rows = size
    where = f", {columns}x{rows}" if columns else ""
    found = [Finding("terminal", Verdict.OK, f"{term}{where}; colours: {colours}.")]
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    if "utf" not in locale.lower():
        said = f"the locale is {locale or 'not set'}, which may not show every sign."
        advice = "Set LANG to one with UTF-8, or screen.ascii = true."
        found.append(Finding("terminal", Verdict.WARNING, said, advice))
    if 0 < columns < 40:
        said = f"{columns} columns are too few to read a countdown and a subject."
        found.append(Finding("terminal", Verdict.WARNING, said, "Give it 40 or more."))
    return found


def examine_notifications(environ: Mapping[str, str], ask: Ask | None = None) -> list[Finding]:
    """How a bell and a notification get from here to the person."""
    if not environ.get("TMUX"):
        return [Finding("notifications", Verdict.OK, "straight to the terminal.")]
    asked = ask or (lambda argv: printed_by(argv, "tmux", environ, TMUX_SECONDS))
    found = []
    for option, (wanted, why) in _TMUX_WISHES.items():
        try:
            value = asked(["tmux", "show", "-gqv", option]).strip()
        except ConfigError:
            return [Finding("notifications", Verdict.WARNING, "tmux does not answer.")]
        if value not in wanted:
            said = f"tmux has {option} {value or 'off'}; better {wanted[0]}, {why}."
            advice = f"tmux set -g {option} {wanted[0]}"
            found.append(Finding("notifications", Verdict.WARNING, said, advice))
    return found or [Finding("notifications", Verdict.OK, "through tmux.")]


def _colours(environ: Mapping[str, str]) -> str:
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "16 million"
    return "256" if "256" in environ.get("TERM", "") else "as the terminal says"


def terminal_size() -> tuple[int, int]:
    """Columns and rows of the terminal; zeros where there is none."""
    try:
        columns, rows = os.get_terminal_size()
    except OSError:
        return 0, 0
    return columns, rows
