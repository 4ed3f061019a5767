"""What did the person ask for on the command line?

Sends for whoever can read it, and tells of what went wrong. The dashboard, as it is started on
most days, needs no reading. Exit status: 0 done, 1 the command has bad news, 2 something we cannot
work with.
"""

import gc
import io
import os
import sys
from collections.abc import Sequence

from services.errors import ConfigError, RotaError, UsageError

EXIT_OK = 0
EXIT_BAD_NEWS = 1
EXIT_UNUSABLE = 2
EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells say it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks; `argv` is without the program's name.

    Returns:
        The exit status. Expected failures are told on stderr, one line each.
    """
    _survive_any_text()
    try:
        status = _obey(sys.argv[1:] if argv is None else argv)
        if sys.stdout is not None:
            sys.stdout.flush()
    except RotaError as error:
        _complain(error)
        return EXIT_UNUSABLE if isinstance(error, ConfigError | UsageError) else EXIT_BAD_NEWS
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return EXIT_OK
    return status


def dashboard(config: str | None = None, *, plain: bool = False) -> int:
    """The dashboard, on the configuration that is named or found."""
    # Nothing that is made on the way to the first paint is garbage; behind it, some is.
    gc.disable()
    try:
        from tui.commands.dashboard import dashboard as run

        return run(config, os.environ, plain=plain)
    finally:
        gc.enable()


def _obey(argv: Sequence[str]) -> int:
    usual = not argv or (len(argv) == 2 and argv[0] == "--config" and argv[1][:1] != "-")
    if usual:
        return dashboard(*argv[1:])
    # To load what can read all the rest takes longer than to read it.
    from tui.parsing import obey

    return obey(argv)


def _survive_any_text() -> None:
    """Vendors' text may hold what the terminal's encoding has not; that must not end us."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _complain(error: RotaError) -> None:
    from services.plain import plain

    lines = [*error.headline.splitlines(), *error.advice.splitlines()]
    for line in lines:
        print(f"rota: {plain(line)}", file=sys.stderr)


def _forget_stdout() -> None:
    """Nobody reads any more; keep the interpreter from saying so when it flushes at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
