"""Do the values of the file make sense, each by itself and together?"""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from services.config.feel import NOTIFY, Signals
from services.config.placeholders import PLACEHOLDERS, unknown_names
from services.config.promised import Hours, Severities
from services.config.reading import Problem, nearest, quoted
from services.config.tables import (
    Forms,
    PagerDuty,
    Poll,
    Tables,
    Templates,
    Zendesk,
)
from services.domain import ClockKind
from services.policy.rules import Allowance

SHORTEST_POLL = timedelta(seconds=1)

_SUBDOMAIN = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_OPEN_HOST = r"(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
_HOST = r"[A-Za-z0-9._:-]+"


def check(tables: Tables) -> Iterator[Problem]:
    """Everything that is readable but cannot be meant."""
    yield from _zendesk(tables.zendesk)
    yield from _pagerduty(tables.pagerduty)
    yield from _poll(tables.poll)
    yield from _hours(tables.support_hours)
    yield from _severities(tables.severity)
    yield from _forms(tables.forms)
    yield from _templates(tables.templates)
    yield from _signals(tables.signals)
    yield from _hosts(tables.safety.open_hosts)
    yield from _web("links", tables.links)
    yield from _web("runbooks", tables.runbooks)
    yield from _patterns("runbooks", tables.runbooks)
    if tables.screen.start_view and tables.screen.start_view not in tables.views:
        known = nearest(tables.screen.start_view, tables.views)
        reason = f"{quoted(tables.screen.start_view)} is none of the views{known}"
        yield Problem("screen.start_view", reason)


def _zendesk(table: Zendesk) -> Iterator[Problem]:
    if table.subdomain and not re.fullmatch(_SUBDOMAIN, table.subdomain):
        reason = f'{quoted(table.subdomain)} is not a subdomain; of acme.zendesk.com write "acme"'
        yield Problem("zendesk.subdomain", reason)
    if table.base_url:
        yield from _base_url("zendesk.base_url", table.base_url)
    yield from _command("zendesk.token_command", table.token_command)


def _pagerduty(table: PagerDuty) -> Iterator[Problem]:
    yield from _base_url("pagerduty.base_url", table.base_url)
    yield from _command("pagerduty.token_command", table.token_command)


def _command(key: str, argv: tuple[str, ...]) -> Iterator[Problem]:
    if argv and not argv[0].strip():
        yield Problem(key, "the first word must name a program")
    if any("\0" in word for word in argv):
        yield Problem(key, "a word of a command cannot hold a NUL")


def _base_url(key: str, url: str) -> Iterator[Problem]:
    reason = url_trouble(url)
    if reason:
        yield Problem(key, reason)


def url_trouble(url: str) -> str:
    """Why a vendor cannot be asked at a URL; "" when it can.

    >>> url_trouble("http://127.0.0.1:8765/zendesk")
    ''
    >>> url_trouble("http://acme.zendesk.com")
    'http:// is for this computer only; write https://'
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is not a URL; write https://host"
    if parts.scheme not in ("http", "https") or not host or not re.fullmatch(_HOST, host):
        return "is not a URL; write https://host"
    if port == 0 or not url.isascii() or not url.isprintable() or " " in url:
        return "is not a URL; write https://host"
    if parts.username is not None or parts.password is not None:
        return "must not hold a name or password"
    if parts.query or parts.fragment:
        return "must not have a query or fragment"
    if parts.path.rstrip("/").endswith("/api/v2"):
        return "is the account's root; leave out /api/v2"
    if parts.scheme == "http" and not _loopback(host):
        return "http:// is for this computer only; write https://"
    return ""


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _poll(table: Poll) -> Iterator[Problem]:
    waits = (table.pagerduty, table.zendesk, table.reconcile, table.rota)
    for name, wait in zip(("pagerduty", "zendesk", "reconcile", "rota"), waits, strict=True):
        if wait < SHORTEST_POLL:
            yield Problem(f"poll.{name}", "is too often; write 1s or more")


def _hours(table: Hours) -> Iterator[Problem]:
    try:
        ZoneInfo(table.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = nearest(table.timezone, available_timezones())
        reason = f"{quoted(table.timezone)} is not a time zone{known or '; write Europe/London'}"
        yield Problem("support_hours.timezone", reason)
    if not table.days:
        yield Problem("support_hours.days", "support must open on one day at least")
    for name, at in (("opens", table.opens), ("closes", table.closes)):
        if at.second or at.microsecond:
            yield Problem(f"support_hours.{name}", 'write whole minutes, as "09:00"')
    if table.opens >= table.closes:
        opens, closes = table.opens.strftime("%H:%M"), table.closes.strftime("%H:%M")
        reason = f'"{closes}" is not after opens, which is "{opens}"'
        yield Problem("support_hours.closes", reason)
    yield from _bank_holidays(table)


def _bank_holidays(table: Hours) -> Iterator[Problem]:
    """Asks the `holidays` package, which is slow to load, about other places than the default."""
    default = Hours()
    same = (table.country, table.subdivision) == (default.country, default.subdivision)
    if same or not table.country:
        return
    from holidays import list_supported_countries

    places = list_supported_countries(include_aliases=True)
    if table.country not in places:
        reason = f"no bank holidays are known for {quoted(table.country)}; write GB, IE or DE"
        yield Problem("support_hours.country", reason)
    elif table.subdivision and table.subdivision not in places[table.country]:
        some = ", ".join(sorted(places[table.country])[:6]) or '""'
        reason = f"{quoted(table.subdivision)} is no part of {table.country}; write one of {some}"
        yield Problem("support_hours.subdivision", reason)


def _severities(table: Severities) -> Iterator[Problem]:
    tags: dict[str, str] = {}
    priorities: dict[str, str] = {}
    for severity, promises in table.classified().items():
        where = f"severity.{severity.value}"
        if promises.clock is ClockKind.ALWAYS:
            yield from _no_business_days(f"{where}.respond", promises.respond)
            yield from _no_business_days(
                f"{where}.respond_out_of_hours", promises.respond_out_of_hours
            )
            yield from _no_business_days(f"{where}.update", promises.update)
        if promises.tag != promises.tag.lower() or re.search(r"\s", promises.tag):
            yield Problem(f"{where}.tag", "a tag is lower case and has no spaces")
        yield from _only_once(f"{where}.tag", promises.tag, tags)
        yield from _only_once(f"{where}.incident_priority", promises.incident_priority, priorities)
    if table.unclassified.clock is ClockKind.ALWAYS:
        where = "severity.unclassified"
        yield from _no_business_days(f"{where}.triage", table.unclassified.triage)
        yield from _no_business_days(f"{where}.first_response", table.unclassified.first_response)


_MUST_SAY = {
    "close_reopen": ("reopen_until",),
    "rename": ("old", "new", "why"),
    "backlog": ("card",),
}
"""Names that a prepared text cannot do without."""


def _forms(table: Forms) -> Iterator[Problem]:
    if not table.reopen_window:
        yield Problem("forms.reopen_window", "leaves no time at all; write 96h")
    if len(set(table.roles)) != len(table.roles) or not all(r.strip() for r in table.roles):
        yield Problem("forms.roles", "names each role once, and none without a name")


def _templates(table: Templates) -> Iterator[Problem]:
    for name in table.__struct_fields__:
        key, text = f"templates.{name}", getattr(table, name)
        for wrong in dict.fromkeys(unknown_names(text)):
            known = nearest(wrong, PLACEHOLDERS)
            yield Problem(key, f"{{{wrong}}} stands for nothing{known}")
        for needed in _MUST_SAY.get(name, ()):
            if text and f"{{{needed}}}" not in text:
                yield Problem(key, f"must have {{{needed}}} in it")


def _signals(table: Signals) -> Iterator[Problem]:
    if table.notify not in NOTIFY:
        known = ", ".join(quoted(way) for way in NOTIFY)
        yield Problem(
            "signals.notify", f"{quoted(table.notify)} is no way to notify; write {known}"
        )
    yield from _command("signals.command", table.command)


def _hosts(hosts: tuple[str, ...]) -> Iterator[Problem]:
    for host in hosts:
        if not re.fullmatch(_OPEN_HOST, host):
            reason = f'{quoted(host)} is no host; write "docs.example.com" or "*.example.com"'
            yield Problem("safety.open_hosts", reason)


def _web(where: str, links: Mapping[str, str]) -> Iterator[Problem]:
    for name, url in links.items():
        if not web_address(url):
            yield Problem(f"{where}.{quoted(name)}", "is no web address; write https://…")


def web_address(url: str) -> bool:
    """Whether a browser may be sent there.

    >>> web_address("https://ci.example.org/x?y#z"), web_address("file:///etc/passwd")
    (True, False)
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()


def _patterns(where: str, named: Mapping[str, str]) -> Iterator[Problem]:
    for pattern in named:
        try:
            re.compile(pattern)
        except re.error as error:
            yield Problem(f"{where}.{quoted(pattern)}", f"is no regular expression: {error}")


def _no_business_days(key: str, allowance: Allowance | None) -> Iterator[Problem]:
    if allowance is not None and allowance.business_days:
        reason = f'"{allowance}" counts business days, but this clock always runs; write hours'
        yield Problem(key, reason)


def _only_once(key: str, name: str, taken: dict[str, str]) -> Iterator[Problem]:
    if name and name in taken:
        yield Problem(key, f"{quoted(name)} is what {taken[name]} says already")
    taken.setdefault(name, key)
