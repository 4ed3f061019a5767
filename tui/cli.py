"""What did the person ask for on the command line?

Only reads the command line and sends for the command; nothing heavy is imported until it is known
which one. Exit status: 0 done, 1 the command has bad news, 2 something we cannot work with.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from services.errors import ConfigError, RotaError, UsageError
from tui.version import VERSION as VERSION

TYPE_CHECKING = False
"""As `typing` has it, which is slow to load."""

if TYPE_CHECKING:
    from typing import NoReturn

EXIT_OK = 0
EXIT_BAD_NEWS = 1
EXIT_UNUSABLE = 2
EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells say it."""

DEFAULT_PORT = 8765
DEFAULT_SEED = 1
DEFAULT_OPEN = 28
"""Issues open in the demo and the simulator, unless the scenario says otherwise."""

SCENARIOS = "boundary, night, quiet, scale, shift, storm"
"""As in `services/simulator/scenarios`, where a test holds it; looking there is slow."""

_USUAL_WIDTH = 80
"""Columns where no terminal says how many it has."""

_MOST_OPEN = 10_000
_FASTEST = 100_000.0

_MOMENT = "ISO 8601, as 2026-01-06T11:00Z; without an offset it is read in the support time zone"


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
    _add_plain(top, default=False)
    _add_config(top, default=None)
    commands = top.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    for name, (run, does, arguments) in _COMMANDS.items():
        command = commands.add_parser(
            name, help=does, description=does, allow_abbrev=False, formatter_class=_Formatter
        )
        if argv is None or name in argv:
            command.set_defaults(command=run)
            _add_config(command, default=argparse.SUPPRESS)
            arguments(command)
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


def _obey(argv: Sequence[str]) -> int:
    try:
        asked = parser(argv).parse_args(argv)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else EXIT_OK
    command: Callable[[argparse.Namespace], int] = asked.command
    return command(asked)


def _add_config(to: argparse.ArgumentParser, default: str | None) -> None:
    to.add_argument("--config", metavar="PATH", default=default, help="the configuration to use")


def _add_json(to: argparse.ArgumentParser) -> None:
    to.add_argument("--json", action="store_true", help="for scripts; the shape is stable")


def _add_world(to: argparse.ArgumentParser) -> None:
    to.add_argument("--speed", type=_speed, default=1.0, metavar="N", help="N times as fast")
    to.add_argument("--seed", type=int, default=DEFAULT_SEED, metavar="N", help="which made-up day")
    to.add_argument(
        "--open",
        type=_count,
        metavar="N",
        help=f"issues open at the start; {DEFAULT_OPEN}, or as the scenario says",
    )
    to.add_argument(
        "--scenario",
        metavar="NAME|PATH",
        help=f"what happens: {SCENARIOS}, or a TOML file of one's own",
    )


def _add_plain(to: argparse.ArgumentParser, default: bool | str) -> None:
    to.add_argument(
        "--plain",
        action="store_true",
        default=default,
        help="no screen: a line for each change, for screen readers, logs and pipes",
    )


def _add_demo(to: argparse.ArgumentParser) -> None:
    _add_world(to)
    _add_plain(to, default=argparse.SUPPRESS)


def _add_handover(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--since", metavar="T", help=f"when the shift began; the rota says if not given: {_MOMENT}"
    )


def _add_report(to: argparse.ArgumentParser) -> None:
    to.add_argument("--since", metavar="T", help=f"four weeks if not given: {_MOMENT}")
    to.add_argument("--until", metavar="T", help="now if not given")
    to.add_argument("--csv", action="store_true", help="every promise on a line")


def _add_deadline(to: argparse.ArgumentParser) -> None:
    to.add_argument("severity", metavar="SEVERITY", help="P1, P2, P3, P4 or unclassified")
    to.add_argument("--raised", required=True, metavar="T", help=_MOMENT)
    to.add_argument("--responded", metavar="T", help="the first public answer")
    to.add_argument("--updated", metavar="T", help="the latest public answer")
    _add_json(to)


def _add_simulate(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, metavar="N", help="0 takes any free one"
    )
    _add_world(to)
    to.add_argument("--start", metavar="T", help=f"its clock begins here: {_MOMENT}")
    to.add_argument(
        "--config-file", metavar="PATH", help="write the ready configuration here as well"
    )


def _add_init(to: argparse.ArgumentParser) -> None:
    to.description = (
        "Set rota up: on the screen, or with answers as options without one. Tokens are asked for, "
        "or taken from ROTA_ZENDESK_TOKEN (or ROTA_ZENDESK_EMAIL and ROTA_ZENDESK_API_TOKEN) and "
        "ROTA_PAGERDUTY_TOKEN; never given as options, where others could read them."
    )
    to.add_argument("--zendesk", metavar="WHERE", help="the subdomain, or the account's URL")
    to.add_argument("--zendesk-email", metavar="E", help="whose API token it is")
    to.add_argument("--no-zendesk", action="store_true", help="Zendesk is not used here")
    to.add_argument("--group", action="append", default=[], metavar="G", help="id or name; repeats")
    to.add_argument("--view", default="", metavar="V", help="id or name of a view to narrow to")
    to.add_argument("--pagerduty-url", metavar="URL", help="where its API lies, if elsewhere")
    to.add_argument("--pagerduty-email", metavar="E", help="for whom an account's key writes")
    to.add_argument("--bearer", action="store_true", help="PagerDuty's is an OAuth access token")
    to.add_argument("--no-pagerduty", action="store_true", help="PagerDuty is not used here")
    to.add_argument("--team", action="append", default=[], metavar="T", help="id or name; repeats")
    to.add_argument(
        "--service", action="append", default=[], metavar="S", help="id or name; repeats"
    )
    to.add_argument(
        "--keep",
        choices=("keyring", "file", "environment"),
        help="where the tokens stay; environment keeps them nowhere",
    )
    to.add_argument("--yes", action="store_true", help="write without asking")


def _add_vendor(to: argparse.ArgumentParser) -> None:
    to.add_argument("vendor", choices=("zendesk", "pagerduty"), help="whose credentials")


def _add_login(to: argparse.ArgumentParser) -> None:
    to.description = (
        "Keep credentials once the vendor has said whose they are. Zendesk asks for consent in the "
        "browser where an OAuth client is known; otherwise a token is asked for, or read from a "
        "pipe. The secret of a confidential OAuth client is taken from ROTA_ZENDESK_CLIENT_SECRET."
    )
    _add_vendor(to)
    to.add_argument("--client-id", metavar="ID", help="the OAuth client, or zendesk.oauth_client")
    to.add_argument(
        "--port", type=_port, default=8976, metavar="N", help="of the client's redirect address"
    )
    to.add_argument("--token", action="store_true", help="ask for a token in place of consent")


def _add_status(to: argparse.ArgumentParser) -> None:
    to.epilog = (
        "Exit status: 0 nothing presses, 10 something is due soon, 11 something is breached, "
        "3 no dashboard runs, 4 it has not been heard of for a minute."
    )
    form = to.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_const", const="json", dest="form", default="text")
    form.add_argument("--tmux", action="store_const", const="tmux", dest="form", help="in colour")
    to.add_argument(
        "--width", type=_width, default=40, metavar="N", help="characters of --tmux at the most"
    )


def _width(text: str) -> int:
    return _number(text, 1, 1000)


def _add_purge(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--days",
        type=_keep_days,
        metavar="N",
        help="after so many days since an issue was last seen open; as configured if not given",
    )
    to.add_argument("--yes", action="store_true", help="without a question")


def _number(text: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text[:20]) <= most:
        raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
    return int(text)


def _keep_days(text: str) -> int:
    return _number(text, 1, 3650)


def _count(text: str) -> int:
    return _number(text, 0, _MOST_OPEN)


def _port(text: str) -> int:
    return _number(text, 0, 65535)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= _FASTEST:
        raise argparse.ArgumentTypeError(f"must be a number above 0, at most {_FASTEST:.0f}")
    return speed


def _dashboard(asked: argparse.Namespace) -> int:
    from tui.commands.dashboard import dashboard

    return dashboard(asked.config, os.environ, plain=asked.plain)


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
    "demo": (_demo, "the dashboard on a simulated, scripted shift", _add_demo),
    "queue": (_queue, "one poll, the queue to stdout, exit", _add_json),
    "status": (_status, "how the running dashboard stands; no network", _add_status),
    "handover": (_handover, "what whoever comes next must know, as Markdown", _add_handover),
    "report": (_report, "which promises were kept; no network", _add_report),
    "deadline": (_deadline, "when is what promised? no network", _add_deadline),
    "simulate": (_simulate, "both vendors as one server on this computer", _add_simulate),
    "init": (_init, "set rota up, asking for what it needs", _add_init),
    "check": (_check, "is all well? one line each, with advice", _add_json),
    "login": (_login, "keep credentials, in the keyring if there is", _add_login),
    "logout": (_logout, "forget the credentials of a vendor", _add_vendor),
    "purge": (_purge, "remove texts that are no longer needed here", _add_purge),
}
"""What each command does, in words too, and the arguments that it takes."""


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
