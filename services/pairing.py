"""Which ticket and which incident were born of the same e-mail?

Source: policy rule "Pairing". Pure: the halves go in, the pairs come out.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field

from services.domain import Incident, Ticket
from services.nearest import nearest

TAG_PREFIX = "pd_"
"""A ticket's tag `pd_<incident id, lower case>` names the incident it is paired with."""

UNPAIRED_TAG = "pd_none"
"""Unpaired by hand: never to be paired by its subject again."""

DEFAULT_WINDOW = timedelta(minutes=15)

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime.fromtimestamp(0, UTC)
_REPLY_PREFIX = re.compile(r"^(?:re|fwd?)\s*:\s*", re.IGNORECASE)


class PairingRules(Struct, frozen=True):
    """How near in time two records must be, and which prefixes subjects lose first."""

    window: timedelta = DEFAULT_WINDOW
    prefixes: tuple[str, ...] = ()


class Pairs(Struct, frozen=True):
    """Who belongs with whom."""

    incident_of: Mapping[int, str] = field(default_factory=dict)
    """Ticket id to incident id, one to one."""
    by_subject: Mapping[int, str] = field(default_factory=dict)
    """Those of them found now by subject, to be remembered until a tag says so."""
    broken: Mapping[int, str] = field(default_factory=dict)
    """Ticket id to the id in a pairing tag that names no incident."""


def named_incident(ticket: Ticket) -> str | None:
    """The incident id in a ticket's pairing tag, upper case; None without such a tag."""
    names = sorted(t for t in ticket.tags if t.startswith(TAG_PREFIX) and t != UNPAIRED_TAG)
    return names[0].removeprefix(TAG_PREFIX).upper() if names else None


def plain_subject(subject: str, prefixes: Iterable[str] = ()) -> str:
    """A subject as it is compared: without reply and configured prefixes, case or odd spaces.

    >>> plain_subject("RE: Fwd:  [Emergency] API   is Down", ["[Emergency]"])
    'api is down'
    """
    text = " ".join(subject.split())
    removable = [" ".join(p.split()).casefold() for p in prefixes if p.strip()]
    while True:
        shorter = _REPLY_PREFIX.sub("", text)
        for prefix in removable:
            if shorter.casefold().startswith(prefix):
                shorter = shorter[len(prefix) :].lstrip()
        if shorter == text:
            return text.casefold()
        text = shorter


def pair(
    tickets: Collection[Ticket],
    incidents: Collection[Incident],
    rules: PairingRules,
    *,
    remembered: Mapping[int, str],
    void: Collection[str] = (),
) -> Pairs:
    """Decide every pair: by tag, then as remembered, then by subject and time.

    Args:
        tickets: Every ticket known, done ones too.
        incidents: Every incident known, resolved ones too.
        rules: Window and prefixes.
        remembered: Pairs found by subject earlier, ticket id to incident id.
        void: Incident ids that PagerDuty says do not exist.
    """
    known = {incident.id.upper(): incident.id for incident in incidents}
    taken: dict[int, str] = {}
    broken: dict[int, str] = {}
    used: set[str] = set()
    # Of two tickets that name one incident, the older has it.
    for ticket in sorted(tickets, key=lambda t: (t.created_at, t.id)):
        name = named_incident(ticket)
        if name is None:
            continue
        if name in void:
            broken[ticket.id] = name
        elif name in known and known[name] not in used:
            taken[ticket.id] = known[name]
            used.add(known[name])
    by_id = {ticket.id: ticket for ticket in tickets}
    free = {i for i, t in by_id.items() if i not in taken and _may_pair_by_subject(t, broken)}
    for ticket_id, incident_id in sorted(remembered.items()):
        if ticket_id in free and incident_id.upper() in known and incident_id not in used:
            taken[ticket_id] = incident_id
            used.add(incident_id)
            free.discard(ticket_id)
    found = _by_subject([by_id[i] for i in free], [i for i in incidents if i.id not in used], rules)
    return Pairs({**taken, **found}, found, broken)


def _may_pair_by_subject(ticket: Ticket, broken: Mapping[int, str]) -> bool:
    if UNPAIRED_TAG in ticket.tags:
        return False
    return named_incident(ticket) is None or ticket.id in broken


def _by_subject(
    tickets: Iterable[Ticket], incidents: Iterable[Incident], rules: PairingRules
) -> dict[int, str]:
    """Same subject, raised within the window of each other; the nearest in time wins."""
    said: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    raised: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for incident in incidents:
        subject = plain_subject(incident.title, rules.prefixes)
        if subject:
            raised[subject].append((_microseconds(incident.created_at), incident.id))
    for ticket in tickets:
        subject = plain_subject(ticket.subject, rules.prefixes)
        if subject in raised:
            said[subject].append((_microseconds(ticket.created_at), ticket.id))
    window = rules.window // _MICROSECOND
    found: dict[int, str] = {}
    for subject, alike in said.items():
        found |= nearest(alike, raised[subject], window)
    return found


def _microseconds(moment: datetime) -> int:
    """Exactly; of fractions of seconds two may come out the same that are not."""
    return (moment - _EPOCH) // _MICROSECOND
