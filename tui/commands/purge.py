"""`rota purge`: remove what customers wrote and is no longer needed on this laptop."""

import asyncio
import sys
from collections.abc import Mapping

from services.assemble import Assembly, assemble
from services.config import load
from services.errors import UsageError
from services.retention import Found


def purge(
    config_path: str | None, environ: Mapping[str, str], *, days: int | None, yes: bool
) -> int:
    """Say what is due to go, and let it go on a word; 1 if it was not given.

    Args:
        days: After how many days since an issue was last seen open; None is as configured.
        yes: Whether the word is given already.

    Raises:
        ConfigError: The configuration cannot be used.
        StoreError: A file cannot be read or written.
        UsageError: There is nobody to ask.
    """
    return asyncio.run(_purge(config_path, environ, days, yes))


async def _purge(
    config_path: str | None, environ: Mapping[str, str], days: int | None, yes: bool
) -> int:
    config = load(config_path, environ)
    assembly = assemble(config, environ)
    try:
        return _ask_and_do(assembly, config.safety.keep_days if days is None else days, yes)
    finally:
        await assembly.aclose()


def _ask_and_do(assembly: Assembly, days: int, yes: bool) -> int:
    retention = assembly.retention.after(days)
    due = retention.due(assembly.clock.now())
    for path in assembly.set_aside.of_words():
        print(f"left alone: {path.name}: may hold words that were never sent; look, then delete it")
    if not due:
        print(f"Nothing to remove: no texts are older than {_days(days)}.")
        return 0
    print(f"Of issues that were not seen open in the last {_days(days)}:")
    _tell(due)
    print("Drafts, and letters that have not arrived, stay.")
    if not yes and not _agreed():
        print("Nothing was removed.")
        return 1
    print("Removed:")
    _tell(retention.purge(assembly.clock.now()))
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("There is nobody to ask.", "Say --yes to remove it without a question.")
    print("Remove it? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _tell(found: tuple[Found, ...]) -> None:
    for one in found:
        print(f"  {one.count:>6}  {one.kept}")


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
