"""`rota report`: which promises were kept, from this laptop's journal; no network."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from services.assemble import kept_journal
from services.clock import SystemClock
from services.config import load
from services.errors import UsageError
from services.report import USUAL, csv_text, make_report, markdown
from tui.commands.moments import read_moment


def report(
    config_path: str | None,
    environ: Mapping[str, str],
    since: str | None,
    until: str | None,
    *,
    as_csv: bool,
) -> int:
    """Print the report as Markdown or CSV.

    Args:
        config_path: The configuration; None looks for it.
        environ: Where the state directory may be named.
        since: The first moment counted, as written; None is four weeks before the last.
        until: The last, as written; None is now.
        as_csv: Every promise on a line instead.

    Raises:
        ConfigError: The configuration cannot be used.
        UsageError: A moment is none, or they are the wrong way round.
        StoreError: The journal cannot be read.
    """
    config = load(config_path, environ)
    zone = config.support_calendar().zone
    last = _moment(until, "--until", zone) or SystemClock().now()
    first = _moment(since, "--since", zone) or last - USUAL
    if first >= last:
        raise UsageError("--since must be before --until.")
    journal = kept_journal(config, environ)
    try:
        found = make_report(journal.promises(first, last), first, last, zone)
    finally:
        journal.close()
    print(csv_text(found) if as_csv else markdown(found), end="")
    return 0


def _moment(text: str | None, option: str, zone: ZoneInfo) -> datetime | None:
    return None if text is None else read_moment(text, option, zone)
