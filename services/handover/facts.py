"""What is a handover written from, and which of it belongs to which issue?

Times are aware `datetime`s in UTC; text is raw where it is kept, plain where words are made of it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct, field

from services.domain import Happening, History, Issue, Rota, Source, SourceStatus
from services.journal.records import Deed
from services.letters import Draft, Letter, LetterState
from services.markdown import written
from services.queue import Row
from services.rota.sent import ROTA
from services.rota.shift import ShiftSpan


class HandoverFacts(Struct, frozen=True):
    """All that a handover is written from."""

    now: datetime
    span: ShiftSpan
    rows: tuple[Row, ...]
    """The queue as it stands at `now`, most urgent first."""
    done: tuple[Issue, ...] = ()
    """What was done with lately; only this shift's is told."""
    rota: Rota = field(default_factory=Rota)
    names: Collection[str] = ()
    history: History | None = None
    """None as long as the vendors have not been asked."""
    deeds: tuple[Deed, ...] = ()
    drafts: tuple[Draft, ...] = ()
    letters: tuple[Letter, ...] = ()
    remarks: str = ""
    sources: Mapping[Source, SourceStatus] = field(default_factory=dict)


def _parts(issue_id: str) -> frozenset[str]:
    return frozenset(issue_id.split("+"))


def by_issue(facts: HandoverFacts) -> dict[str, list[Happening]]:
    """What was done this shift, by the issue it concerns, or by what it concerns alone."""
    known = {
        part: issue.id
        for issue in (*facts.done, *(row.issue for row in facts.rows))
        for part in _parts(issue.id)
    }
    found: defaultdict[str, list[Happening]] = defaultdict(list)
    for one in _happenings(facts):
        found[known.get(one.anchor, one.anchor)].append(one)
    return dict(found)


def _happenings(facts: HandoverFacts) -> list[Happening]:
    """From the vendors; what they could not tell, from the journal."""
    history = facts.history
    read = history.read if history is not None else frozenset[Source]()
    told = list(history.happenings) if history is not None else []
    for deed in facts.deeds:
        parts = _parts(deed.anchor)
        paged = any(part.startswith("pd-") for part in parts)
        source = Source.PAGERDUTY if deed.kind == "acknowledged" or paged else Source.ZENDESK
        if deed.anchor == ROTA or source in read or deed.at < facts.span.since:
            continue
        kind = "acknowledged" if deed.kind == "acknowledged" else f"sent: {deed.text}"
        anchor = min(parts)
        told.append(Happening(deed.at, source, kind, deed.who or "somebody", anchor, deed.text))
    return [one for one in told if facts.span.since <= one.at <= facts.now]


def unsent(facts: HandoverFacts) -> dict[str, list[str]]:
    """What was written and has not arrived, by issue."""
    known = {part: row.issue.id for row in facts.rows for part in _parts(row.issue.id)}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for draft in facts.drafts:
        key = next((known[p] for p in _parts(draft.issue) if p in known), draft.issue)
        about = "" if key in known.values() else f" on {_issue_words(draft.issue)}"
        found[key].append(f"NOT SENT: draft of {written(draft.form, 40)}{about}")
    for letter in facts.letters:
        if letter.state is LetterState.SENT:
            continue
        key = next((known[p] for p in _parts(letter.issue) if p in known), letter.issue)
        here = key in known.values()
        what = written(letter.form if here else letter.label, 120)
        why = f", {written(letter.reason, 160)}" if letter.reason else ""
        found[key].append(f"NOT SENT: {what} ({letter.state.value}{why})")
    return dict(found)


def anchor_words(anchor: str) -> str:
    """How people say which ticket or incident an anchor names."""
    vendor, _, id = anchor.partition("-")
    return f"#{id}" if vendor == "zd" else f"PagerDuty {written(id, 40)}"


def _issue_words(issue_id: str) -> str:
    if issue_id == ROTA:
        return "the rota"
    return " + ".join(anchor_words(part) for part in issue_id.split("+"))
