"""Where `rota` begins. `rota status` is answered here, before anything heavy is imported."""

import io
import os
import sys

from services.status.line import run


def main() -> int:
    """Do what the command line asks; the exit status."""
    if sys.argv[1:2] == ["status"]:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        status = run(sys.argv[2:], os.environ)
        if status is not None:
            return status
    from tui.cli import main as whole

    return whole()
