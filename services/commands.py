"""How are the programs run that the configuration names?

An argument list as it stands there, never a shell, and nothing of an issue among the arguments:
other people on this machine can read those, and programs take what begins with a dash for an
option. What a program is to know of an issue it finds in its environment, made plain. Our own
tokens are taken out of that environment, and nothing that a program prints is repeated.
"""

import asyncio
import contextlib
import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

from services.errors import ConfigError
from services.plain import plain

LONGEST_SAID = 1000
"""Characters of one variable."""

MOST_PRINTED = 64 * 1024
"""Bytes that a program may print."""

_NAME = re.compile(r"ROTA_[A-Z][A-Z_]*")
_SECRET = re.compile(r"ROTA_\w*TOKEN\w*")


def printed_by(argv: Sequence[str], key: str, environ: Mapping[str, str], seconds: float) -> str:
    """What a program prints.

    Args:
        argv: The program and its arguments, from the configuration.
        key: How the configuration calls it, for the error.
        environ: Ours; the program gets it without our tokens.
        seconds: How long it may take.

    Raises:
        ConfigError: It could not be started, failed, took too long, or printed no text or too much.
    """
    program = plain(argv[0], 200)
    try:
        running = subprocess.Popen(  # noqa: S603 - a list from the operator's own configuration
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=told(environ, {}),
        )
    except (OSError, ValueError) as error:
        raise ConfigError(f"{key}: {program} cannot be started: {_why(error)}.") from None
    with running:
        try:
            printed = _read(running, seconds)
        except subprocess.TimeoutExpired:
            raise ConfigError(f"{key}: {program} did not end within {seconds:g} seconds.") from None
        finally:
            running.kill()
    if len(printed) > MOST_PRINTED:
        raise ConfigError(f"{key}: {program} prints far more than a token.")
    if running.returncode:
        raise ConfigError(f"{key}: {program} ended with exit status {running.returncode}.")
    try:
        return printed.decode()
    except UnicodeDecodeError:
        raise ConfigError(f"{key}: {program} did not print text.") from None


def _read(running: "subprocess.Popen[bytes]", seconds: float) -> bytes:
    """All that it prints until its end, or a little more than we want.

    Raises:
        subprocess.TimeoutExpired: It took too long.
    """
    pipe = running.stdout
    assert pipe is not None
    until = time.monotonic() + seconds
    printed = b""
    while len(printed) <= MOST_PRINTED:
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise subprocess.TimeoutExpired(running.args, seconds)
        piece = os.read(pipe.fileno(), MOST_PRINTED)
        if not piece:
            running.wait(max(0.0, until - time.monotonic()))
            break
        printed += piece
    return printed


async def tell(
    argv: Sequence[str],
    key: str,
    environ: Mapping[str, str],
    said: Mapping[str, str],
    seconds: float,
) -> None:
    """Run a program that is told of something, and wait for its end.

    It has no terminal: what it prints is thrown away, and it cannot draw on our screen. When it
    takes too long, or nobody waits for it any more, it and all that it started are ended.

    Args:
        argv: The program and its arguments, from the configuration.
        key: How the configuration calls it, for the error.
        environ: Ours; the program gets it without our tokens.
        said: What it is told, by the variable's name (`ROTA_…`); remote text is welcome.
        seconds: How long it may take.

    Raises:
        ConfigError: It could not be started, failed, or took too long.
    """
    program = plain(argv[0], 200)
    try:
        running = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=told(environ, said),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise ConfigError(f"{key}: {program} cannot be started: {_why(error)}.") from None
    try:
        async with asyncio.timeout(seconds):
            status = await running.wait()
    except TimeoutError:
        raise ConfigError(f"{key}: {program} did not end within {seconds:g} seconds.") from None
    finally:
        if running.returncode is None:
            # Its session is its own, and so is its group.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            await running.wait()
    if status:
        raise ConfigError(f"{key}: {program} ended with exit status {status}.")


def told(environ: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program: ours without our tokens, and what it is told.

    >>> told({"HOME": "/home/ann", "ROTA_ZENDESK_TOKEN": "s3cr3t"}, {"ROTA_SUBJECT": "a\\x1b\\nb"})
    {'HOME': '/home/ann', 'ROTA_SUBJECT': 'a␛ b'}
    """
    kept = {name: value for name, value in environ.items() if not _SECRET.fullmatch(name)}
    for name, value in said.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name for what a program is told: {name!r}")
        kept[name] = plain(value, LONGEST_SAID)
    return kept


def _why(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or "it failed").lower()
