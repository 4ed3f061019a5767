"""Where `rota` begins. What is asked often is answered before anything heavy is imported."""

import io
import os
import sys

from tui.version import VERSION


def main() -> int:
    """Do what the command line asks; the exit status."""
    if sys.argv[1:] == ["--version"]:
        print(f"rota {VERSION}")
        return 0
    if sys.argv[1:2] == ["status"]:
        from services.status.line import run

        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        status = run(sys.argv[2:], os.environ)
        if status is not None:
            return status
    from tui.cli import main as whole

    return whole()
