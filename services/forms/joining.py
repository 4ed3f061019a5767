"""Pair, unpair, merge: which records are the same story?"""

from collections.abc import Iterator

from services.domain import Incident, Issue, Ticket
from services.forms.addressing import update_ticket
from services.forms.form import Answers, Choice, Field, Form, Scene
from services.forms.words import title_words, when
from services.letters import IncidentMerge, Write
from services.pairing import TAG_PREFIX, UNPAIRED_TAG

UNPAIR = "unpair"

MOST_CHOICES = 20
"""How many others are offered, the nearest in time first."""


def pair_fields(scene: Scene) -> tuple[Field, ...]:
    """With what; or with nothing."""
    return (
        Field("with", "Same story as", required=True, choices=_pair_choices(scene),
              missing="Choose what it belongs with."),
    )  # fmt: skip


def _pair_choices(scene: Scene) -> tuple[Choice, ...]:
    issue = scene.issue
    if issue is None:
        return ()
    if issue.ticket is not None and issue.incident is not None:
        return (
            Choice(UNPAIR, f"Nothing: take #{issue.ticket.id} and PagerDuty "
                   f"#{issue.incident.number} apart", "never paired by subject again"),
        )  # fmt: skip
    wants_ticket = issue.ticket is None
    others = [o for o in scene.others if (o.incident is None) is wants_ticket and _lone(o)]
    choices = tuple(
        Choice(other.id, _name(other), _raised(other, scene)) for other in _nearest(issue, others)
    )
    if issue.ticket is not None and issue.broken_pair:
        return (*choices, Choice(UNPAIR, "Nothing: drop the broken pair"))
    return choices


def _lone(issue: Issue) -> bool:
    return issue.ticket is None or issue.incident is None


def _nearest(issue: Issue, others: list[Issue]) -> list[Issue]:
    near = sorted(others, key=lambda o: (abs(o.raised_at - issue.raised_at), o.id))
    return near[:MOST_CHOICES]


def _name(issue: Issue) -> str:
    ticket, incident = issue.ticket, issue.incident
    number = f"#{ticket.id}" if ticket is not None else ""
    if incident is not None:
        number += f" PagerDuty #{incident.number}"
    return f"{number.strip()}  {title_words(issue.subject, 50)}"


def _raised(issue: Issue, scene: Scene) -> str:
    return f"raised {when(issue.raised_at, scene.policy, scene.now)}"


def pair_writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """One tag on the ticket, in place of any other pairing tag."""
    issue, chosen = scene.issue, answers.get("with", "")
    if issue is None:
        return ()
    if chosen == UNPAIR:
        return _tagged(scene, issue.ticket, UNPAIRED_TAG)
    other = next((o for o in scene.others if o.id == chosen), None)
    if other is None:
        return ()
    ticket = issue.ticket or other.ticket
    incident = issue.incident or other.incident
    return _tagged(scene, ticket, _tag(incident))


def _tag(incident: Incident | None) -> str:
    return TAG_PREFIX + incident.id.lower() if incident is not None else UNPAIRED_TAG


def _tagged(scene: Scene, ticket: Ticket | None, tag: str) -> tuple[Write, ...]:
    if ticket is None:
        return ()
    gone = tuple(sorted(t for t in ticket.tags if t.startswith(TAG_PREFIX) and t != tag))
    return (update_ticket(scene, ticket, first=False, add_tags=(tag,), remove_tags=gone),)


def pair_refuses(scene: Scene) -> str:
    """There must be something to pair it with."""
    issue = scene.issue
    if issue is not None and issue.ticket is not None and scene.ticket is None:
        return "A closed ticket takes no tag."
    if not _pair_choices(scene):
        missing = "ticket" if issue is not None and issue.ticket is None else "incident"
        return f"There is no open {missing} without a pair."
    return ""


def merge_fields(scene: Scene) -> tuple[Field, ...]:
    """Into which incident."""
    return (
        Field("into", "Merge into", required=True, choices=_merge_choices(scene),
              missing="Choose the incident that stays."),
    )  # fmt: skip


def _merge_choices(scene: Scene) -> tuple[Choice, ...]:
    issue = scene.issue
    if issue is None:
        return ()
    others = [o for o in scene.others if o.incident is not None and not o.incident.resolved]
    return tuple(
        Choice(o.incident.id, f"PagerDuty #{o.incident.number}  "
               f"{title_words(o.incident.title, 50)}", _raised(o, scene))
        for o in _nearest(issue, others)
        if o.incident is not None
    )  # fmt: skip


def merge_writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """This incident becomes part of the other, which resolves it."""
    incident = scene.incident
    if incident is None:
        return ()
    return (IncidentMerge(into_id=answers["into"], from_ids=(incident.id,)),)


def merge_warn(scene: Scene, answers: Answers) -> Iterator[str]:
    """What a merge does not do."""
    yield "PagerDuty cannot take a merge back. It merges only incidents that have alerts."
    if scene.ticket is not None and not scene.ticket.status.done:
        yield f"The ticket {scene.short_id} stays open."


def merge_refuses(scene: Scene) -> str:
    """It takes two open incidents."""
    if scene.incident is None:
        return "Only incidents can be merged."
    return "" if _merge_choices(scene) else "There is no other open incident."


PAIR = Form(
    id="pair", title="Pair", fields=pair_fields, writes=pair_writes, verb="Pair",
    refuses=pair_refuses,
)  # fmt: skip

MERGE = Form(
    id="merge", title="Merge", fields=merge_fields, writes=merge_writes, verb="Merge",
    warn=merge_warn, refuses=merge_refuses,
)  # fmt: skip
