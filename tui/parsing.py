"""What can be asked for on the command line, and who does it?

Only reads the command line and sends for the command; nothing heavy is imported until it is known
which one.
"""

import argparse
import os
from collections.abc import Callable, Mapping, Sequence

from services.errors import UsageError
from tui import arguments
from tui.cli import EXIT_OK, dashboard
from tui.version import VERSION

TYPE_CHECKING = False
"""As `typing` has it, which is slow to load."""

if TYPE_CHECKING:
    from typing import NoReturn

_USUAL_WIDTH = 80
"""Columns where no terminal says how many it has."""


def obey(argv: Sequence[str]) -> int:
    """Do what the arguments ask, which are without the program's name; the exit status."""
    try:
        asked = parser(argv).parse_args(argv)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else EXIT_OK
    command: Callable[[argparse.Namespace], int] = asked.command
    return command(asked)


def parser(argv: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The whole command line; of its commands, only those that `argv` names know their arguments.

    With None, all do. Telling each of them takes longer than starting Python.
    """
    top = _Parser(
        prog="rota",
        description="Zendesk tickets and PagerDuty incidents as one queue, with live countdowns.",
        epilog="Without a command: the dashboard; without a configuration: the demo.",
        allow_abbrev=False,
        formatter_class=_Formatter,
    )
    top.add_argument("--version", action="version", version=f"rota {VERSION}")
    top.add_argument(
        "--print-config",
        dest="command",
        action="store_const",
        const=_print_config,
        help="every setting with its default, to start a configuration from",
    )
    top.set_defaults(command=_dashboard)
    arguments.add_plain(top, default=False)
    arguments.add_config(top, default=None)
    commands = top.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    for name, (run, does, take) in _COMMANDS.items():
        command = commands.add_parser(
            name, help=does, description=does, allow_abbrev=False, formatter_class=_Formatter
        )
        if argv is None or name in argv:
            command.set_defaults(command=run)
            arguments.add_config(command, default=argparse.SUPPRESS)
            take(command)
    return top


class _Formatter(argparse.HelpFormatter):
    """Asks the system how wide the terminal is; argparse loads three decompressors for that."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said) > 0:
        return int(said)
    try:
        return os.get_terminal_size(1).columns or _USUAL_WIDTH
    except OSError:
        return _USUAL_WIDTH


class _Parser(argparse.ArgumentParser):
    """Reports bad usage as every other failure is reported."""

    def error(self, message: str) -> "NoReturn":
        """Refuse, and say where the help is.

        Raises:
            UsageError: Always.
        """
        raise UsageError(f"{message}.", f"See {self.prog} --help.")


def _dashboard(asked: argparse.Namespace) -> int:
    return dashboard(asked.config, plain=asked.plain)


def _print_config(asked: argparse.Namespace) -> int:
    from services.config.files import default_text

    print(default_text(), end="")
    return EXIT_OK


def _demo(asked: argparse.Namespace) -> int:
    from tui.commands.dashboard import demo

    return demo(
        asked.config,
        os.environ,
        speed=asked.speed,
        seed=asked.seed,
        open_issues=asked.open,
        scenario=asked.scenario,
        plain=asked.plain,
    )


def _queue(asked: argparse.Namespace) -> int:
    from tui.commands.queue import queue

    return queue(asked.config, os.environ, as_json=asked.json)


def _status(asked: argparse.Namespace) -> int:
    from services.status.line import show

    return show(os.environ, asked.form, asked.width)


def _handover(asked: argparse.Namespace) -> int:
    from tui.commands.handover import print_handover

    return print_handover(asked.config, os.environ, asked.since)


def _report(asked: argparse.Namespace) -> int:
    from tui.commands.report import report

    return report(asked.config, os.environ, asked.since, asked.until, as_csv=asked.csv)


def _deadline(asked: argparse.Namespace) -> int:
    from tui.commands.deadline import Question, deadline

    question = Question(asked.severity, asked.raised, asked.responded, asked.updated)
    return deadline(asked.config, os.environ, question, as_json=asked.json)


def _simulate(asked: argparse.Namespace) -> int:
    from tui.commands.simulate import Play, simulate

    play = Play(
        port=asked.port,
        seed=asked.seed,
        open_issues=asked.open,
        speed=asked.speed,
        start=asked.start,
        scenario=asked.scenario,
        config_file=asked.config_file,
    )
    return simulate(asked.config, os.environ, play)


def _init(asked: argparse.Namespace) -> int:
    from tui.commands.init import Given, init

    given = Given(
        zendesk=asked.zendesk,
        zendesk_email=asked.zendesk_email,
        no_zendesk=asked.no_zendesk,
        groups=tuple(asked.group),
        view=asked.view,
        pagerduty_url=asked.pagerduty_url,
        pagerduty_email=asked.pagerduty_email,
        bearer=asked.bearer,
        no_pagerduty=asked.no_pagerduty,
        teams=tuple(asked.team),
        services=tuple(asked.service),
        keep=asked.keep,
        yes=asked.yes,
    )
    return init(asked.config, os.environ, given)


def _check(asked: argparse.Namespace) -> int:
    from tui.commands.check import check

    return check(asked.config, os.environ, as_json=asked.json)


def _login(asked: argparse.Namespace) -> int:
    from tui.commands.login import Way, login

    way = Way(client_id=asked.client_id, port=asked.port, token=asked.token)
    return login(asked.config, os.environ, asked.vendor, way)


def _logout(asked: argparse.Namespace) -> int:
    from tui.commands.login import logout

    return logout(os.environ, asked.vendor)


def _purge(asked: argparse.Namespace) -> int:
    from tui.commands.purge import purge

    return purge(asked.config, os.environ, days=asked.days, yes=asked.yes)


_COMMANDS: Mapping[
    str,
    tuple[Callable[[argparse.Namespace], int], str, Callable[[argparse.ArgumentParser], None]],
] = {
    "demo": (_demo, "the dashboard on a simulated, scripted shift", arguments.add_demo),
    "queue": (_queue, "one poll, the queue to stdout, exit", arguments.add_json),
    "status": (_status, "how the running dashboard stands; no network", arguments.add_status),
    "handover": (
        _handover,
        "what whoever comes next must know, as Markdown",
        arguments.add_handover,
    ),
    "report": (_report, "which promises were kept; no network", arguments.add_report),
    "deadline": (_deadline, "when is what promised? no network", arguments.add_deadline),
    "simulate": (_simulate, "both vendors as one server on this computer", arguments.add_simulate),
    "init": (_init, "set rota up, asking for what it needs", arguments.add_init),
    "check": (_check, "is all well? one line each, with advice", arguments.add_json),
    "login": (_login, "keep credentials, in the keyring if there is", arguments.add_login),
    "logout": (_logout, "forget the credentials of a vendor", arguments.add_vendor),
    "purge": (_purge, "remove texts that are no longer needed here", arguments.add_purge),
}
"""What each command does, in words too, and the arguments that it takes."""
