"""What does the running dashboard say of itself, in a line? Read from its state file alone.

Nothing is imported here but what the interpreter has loaded anyway: tmux asks every few seconds.
Moments are seconds since 1970. Exit statuses: 0 nothing presses, 10 something is due soon,
11 something is breached, 3 no dashboard runs, 4 a dashboard runs but has not written lately.
"""

import os
import sys
import time
from collections.abc import Mapping

STATE_FILE = "status"
DEMO_FILE = "status-demo"

CALM = 0
NOT_RUNNING = 3
STALE = 4
SOON = 10
BREACHED = 11

FRESH = 60.0
"""Seconds after which a state that was not written anew is stale; it is written every 15."""

LONGEST_FILE = 8192
"""Bytes that are read at the most."""

WIDTH = 40
"""Cells of tmux's `status-right` unless told otherwise."""

_SIGNS = {
    BREACHED: ("▲", "red"),
    SOON: ("◆", "yellow"),
    CALM: ("●", "green"),
    STALE: ("?", "magenta"),
}

_FAR = 1e11
"""No number here is as great; neither is one that is no number at all."""

Facts = dict[str, str]


def run(argv: list[str], environ: Mapping[str, str]) -> int | None:
    """`rota status …`, done; None when it has to be looked at more closely, by argparse.

    >>> run(["--help"], {}) is None
    True
    """
    form, width = "text", WIDTH
    words = iter(argv)
    for word in words:
        if word in ("--json", "--tmux"):
            form = word[2:]
        elif word == "--width" and (said := next(words, "")).isdigit() and int(said[:6]) > 0:
            width = int(said[:6])
        else:
            return None
    return show(environ, form, width)


def show(environ: Mapping[str, str], form: str, width: int) -> int:
    """Print how the queue stands, as text, json or tmux; the exit status."""
    facts, status = look(directory(environ), time.time())
    if form == "json":
        print(_json(facts, status))
    elif form == "tmux":
        print(tmux_line(facts, status, time.time(), width))
    else:
        print(text_line(facts, status, time.time()))
    return status


def directory(environ: Mapping[str, str]) -> str:
    """The directory of rota's state, without asking `platformdirs` where that is not needed."""
    home = environ.get("HOME", "")
    if not environ.get("XDG_STATE_HOME") and sys.platform == "linux" and home.startswith("/"):
        return os.path.join(home, ".local", "state", "rota")
    from services.places import state_dir

    return str(state_dir(environ))


def look(folder: str, now: float) -> tuple[Facts, int]:
    """What the dashboard wrote last, and the exit status; a demo only if nothing else runs."""
    seen = [(facts, _status(facts, now)) for name in (STATE_FILE, DEMO_FILE)
            if (facts := read(os.path.join(folder, name)))]  # fmt: skip
    running = [found for found in seen if found[1] != NOT_RUNNING]
    return (running or seen or [({}, NOT_RUNNING)])[0]


def read(path: str) -> Facts:
    """The facts of a state file, a name and a value to the line; none when it is not there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return {}
    try:
        text = os.read(descriptor, LONGEST_FILE).decode("utf-8", "replace")
    except OSError:
        return {}
    finally:
        os.close(descriptor)
    pairs = (line.partition(" ") for line in text.splitlines())
    return {name: value for name, gap, value in pairs if gap}


def _status(facts: Facts, now: float) -> int:
    if not _alive(facts.get("pid", "")):
        return NOT_RUNNING
    if not -FRESH <= now - _number(facts, "written") <= FRESH:
        return STALE
    due, state = _number(facts, "due"), facts.get("state", "")
    if facts.get("breached", "0") != "0" or (
        due and state != "unknown" and _servers(facts, now) > due
    ):
        return BREACHED
    return SOON if facts.get("soon", "0") != "0" else CALM


def _alive(pid: str) -> bool:
    if not (pid.isascii() and pid.isdigit()) or len(pid) > 10 or int(pid) < 2:
        return False
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _number(facts: Facts, name: str) -> float:
    try:
        number = float(facts.get(name) or 0)
    except ValueError:
        return 0.0
    return number if abs(number) < _FAR else 0.0


def _servers(facts: Facts, now: float) -> float:
    """The servers' time, as far as the dashboard knew how wrong this computer's clock is."""
    return now + _number(facts, "offset")


def clock_text(seconds: float) -> str:
    """A length of time, as the queue writes it.

    >>> clock_text(249), clock_text(8040), clock_text(1036800)
    ('4:09', '2h14', '12d00h')
    """
    whole = int(abs(seconds))
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02}"
    if whole < 100 * 3600:
        return f"{whole // 3600}h{whole % 3600 // 60:02}"
    return f"{whole // 86400}d{whole % 86400 // 3600:02}h"


def _next(facts: Facts, now: float) -> str:
    """What comes first, and how long it has; a clock that sleeps is told by when it is due."""
    if not facts.get("label"):
        return ""
    words = f"{facts.get('severity', '')} {facts['label']} {facts.get('kind', '')}".strip()
    due, servers = _number(facts, "due"), _servers(facts, now)
    if not due:
        return words
    if facts.get("state") == "unknown":
        return f"{words} not before {facts.get('due_words', '')}"
    if servers > due:
        return f"{words} +{clock_text(servers - due)}"
    if facts.get("counts") == "1":
        left = _number(facts, "left") - max(0.0, now - _number(facts, "written"))
        return f"{words} {clock_text(max(0.0, left))}"
    return f"{words} due {facts.get('due_words', '')}"


def _parts(facts: Facts, status: int, now: float) -> list[str]:
    """What matters most first."""
    if status == NOT_RUNNING:
        return ["rota: not running"]
    demo = ["DEMO"] if facts.get("demo") == "1" else []
    if status == STALE:
        return [
            *demo,
            f"rota: stale, not heard of for {clock_text(now - _number(facts, 'written'))}",
        ]
    counts = [f"{facts[name]} {word}" for name, word in (("breached", "late"), ("soon", "soon"))
              if facts.get(name, "0") != "0"]  # fmt: skip
    counts = counts or [f"{facts.get('open', '0')} open"]
    old = [facts["trouble"]] if facts.get("trouble") else []
    muted = ["muted"] if _number(facts, "muted_until") > _servers(facts, now) else []
    first = _next(facts, now)
    return [*demo, ", ".join(counts), *([first] if first else []), *old, *muted]


def text_line(facts: Facts, status: int, now: float) -> str:
    """For people."""
    sign = _SIGNS.get(status, ("-", ""))[0]
    return f"{sign} {' · '.join(_parts(facts, status, now))}"


def tmux_line(facts: Facts, status: int, now: float, width: int) -> str:
    """For tmux's status line: with colours, at most so many characters, nothing in it a format.

    >>> tmux_line({}, NOT_RUNNING, 0.0, 40)
    '#[dim]- rota: not running#[default]'
    """
    sign, colour = _SIGNS.get(status, ("-", ""))
    style = f"#[fg={colour},bold]" if status in (BREACHED, STALE) else f"#[fg={colour}]"
    words = f"{sign} {' · '.join(_parts(facts, status, now))}"
    if len(words) > width:
        words = words[: max(1, width - 1)] + "…"
    return f"{style if colour else '#[dim]'}{words.replace('#', '##')}#[default]"


def _json(facts: Facts, status: int) -> str:
    import json

    names = {
        CALM: "ok",
        SOON: "soon",
        BREACHED: "breached",
        NOT_RUNNING: "not_running",
        STALE: "stale",
    }
    shown: dict[str, object] = {"state": names[status]}
    if status != NOT_RUNNING:
        counted = {
            name: int(_number(facts, name)) for name in ("open", "breached", "soon", "unknown")
        }
        first = {name: facts.get(name) or None for name in ("issue", "severity", "kind", "due_at")}
        shown |= {
            "written_at": facts.get("written_at"),
            "demo": facts.get("demo") == "1",
            **counted,
            "next": {**first, "state": facts.get("state") or None} if facts.get("issue") else None,
            "trouble": facts.get("trouble") or None,
        }
    return json.dumps(shown)
