"""What does each command of the command line take? Nothing heavy is imported for that."""

import argparse

DEFAULT_PORT = 8765
DEFAULT_SEED = 1
DEFAULT_OPEN = 28
"""Issues open in the demo and the simulator, unless the scenario says otherwise."""

SCENARIOS = "boundary, night, quiet, scale, shift, storm"
"""As in `services/simulator/scenarios`, where a test holds it; looking there is slow."""

_MOST_OPEN = 10_000
_FASTEST = 100_000.0

_MOMENT = "ISO 8601, as 2026-01-06T11:00Z; without an offset it is read in the support time zone"


def add_config(to: argparse.ArgumentParser, default: str | None) -> None:
    """Which configuration; before the command or behind it."""
    to.add_argument("--config", metavar="PATH", default=default, help="the configuration to use")


def add_json(to: argparse.ArgumentParser) -> None:
    """Whether a script reads what is printed."""
    to.add_argument("--json", action="store_true", help="for scripts; the shape is stable")


def add_world(to: argparse.ArgumentParser) -> None:
    """What is simulated, and how fast."""
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


def add_plain(to: argparse.ArgumentParser, default: bool | str) -> None:
    """Whether there is to be a screen."""
    to.add_argument(
        "--plain",
        action="store_true",
        default=default,
        help="no screen: a line for each change, for screen readers, logs and pipes",
    )


def add_demo(to: argparse.ArgumentParser) -> None:
    """A simulated world, and whether there is to be a screen."""
    add_world(to)
    add_plain(to, default=argparse.SUPPRESS)


def add_handover(to: argparse.ArgumentParser) -> None:
    """Of what shift."""
    to.add_argument(
        "--since", metavar="T", help=f"when the shift began; the rota says if not given: {_MOMENT}"
    )


def add_report(to: argparse.ArgumentParser) -> None:
    """Of what time, and in which form."""
    to.add_argument("--since", metavar="T", help=f"four weeks if not given: {_MOMENT}")
    to.add_argument("--until", metavar="T", help="now if not given")
    to.add_argument("--csv", action="store_true", help="every promise on a line")


def add_deadline(to: argparse.ArgumentParser) -> None:
    """What the calculator is told: all moments as they are written, read later."""
    to.add_argument("severity", metavar="SEVERITY", help="P1, P2, P3, P4 or unclassified")
    to.add_argument("--raised", required=True, metavar="T", help=_MOMENT)
    to.add_argument("--responded", metavar="T", help="the first public answer")
    to.add_argument("--updated", metavar="T", help="the latest public answer")
    add_json(to)


def add_simulate(to: argparse.ArgumentParser) -> None:
    """A simulated world, and where it is served."""
    to.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, metavar="N", help="0 takes any free one"
    )
    add_world(to)
    to.add_argument("--start", metavar="T", help=f"its clock begins here: {_MOMENT}")
    to.add_argument(
        "--config-file", metavar="PATH", help="write the ready configuration here as well"
    )


def add_init(to: argparse.ArgumentParser) -> None:
    """The answers of the setup, for where nobody can be asked."""
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


def add_vendor(to: argparse.ArgumentParser) -> None:
    """Whose credentials."""
    to.add_argument("vendor", choices=("zendesk", "pagerduty"), help="whose credentials")


def add_login(to: argparse.ArgumentParser) -> None:
    """Whose credentials, and how they are come by."""
    to.description = (
        "Keep credentials once the vendor has said whose they are. Zendesk asks for consent in the "
        "browser where an OAuth client is known; otherwise a token is asked for, or read from a "
        "pipe. The secret of a confidential OAuth client is taken from ROTA_ZENDESK_CLIENT_SECRET."
    )
    add_vendor(to)
    to.add_argument("--client-id", metavar="ID", help="the OAuth client, or zendesk.oauth_client")
    to.add_argument(
        "--port", type=_port, default=8976, metavar="N", help="of the client's redirect address"
    )
    to.add_argument("--token", action="store_true", help="ask for a token in place of consent")


def add_status(to: argparse.ArgumentParser) -> None:
    """In which form."""
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


def add_purge(to: argparse.ArgumentParser) -> None:
    """How old, and whether to ask."""
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
