"""Triage: what must be known before an issue has a severity, and who decided?

Source: the team's support manual, "Triaging issues" and "Alerting out of hours".
"""

from collections.abc import Iterator

from services.domain import ClockKind, Severity
from services.forms.addressing import prioritise, severity_fields, update_ticket
from services.forms.form import LONGEST_NOTE, Answers, Choice, Field, Form, Scene, said
from services.forms.severity import severity_choices
from services.forms.templates import filled
from services.forms.words import out_of_hours, when
from services.letters import IncidentNote, Write

SURE = "sure"
ALONE = "alone"
NONE_OF_THEM = "none"

SUPPORTED_OUT_OF_HOURS = (
    ("down", "Apps are not being served because of our platform"),
    ("breach", "A serious security breach on the platform"),
    ("deploy", "A tenant cannot push an emergency fix because the API is down"),
    ("tenant", "A tenant's live production app has a P1 that only we can resolve"),
)
"""The four things that are supported out of hours."""

KNOWN = (
    Choice("new", "New to us"),
    Choice("workaround", "Known, and there is a workaround"),
    Choice("known", "Known, without a workaround"),
)


def fields(scene: Scene) -> tuple[Field, ...]:
    """The questions of the manual, in its order; then what follows from them."""
    asked = [
        Field(
            "urgency", "Urgency, and why", "How soon does it hurt, and what makes it so?",
            required=True, missing="Say how urgent it is, and why.", lines=3,
        ),
        Field(
            "users", "Impact on users", "Tenants, their users, our team: what can they not do?",
            required=True, missing="Say what users cannot do.", lines=3,
        ),
        Field("systems", "Impact on systems", "What is broken or at risk? Empty: none.", lines=2),
        Field("reputation", "Impact on reputation", "Who has noticed? Empty: none.", lines=2),
        Field(
            "extent", "Extent", "How many systems, how many users?",
            required=True, missing="Say how many systems and users are affected.", lines=2,
        ),
        Field("known", "Known issue", required=True, choices=KNOWN, default="new"),
        Field("workaround", "Workaround", "What the tenant can do meanwhile.", lines=2),
        Field(
            "severity", "Severity", required=True, choices=severity_choices(scene),
            missing="Choose a severity.",
        ),
        Field("call", "Final call", "Unsure? Who decided?", required=True,
              choices=final_calls(scene), default=SURE),
    ]  # fmt: skip
    if out_of_hours(scene.policy, scene.opened_at):
        asked.append(
            Field("ooh", "Out of hours, is it", required=True, choices=out_of_hours_choices(scene),
                  missing="Say whether it is one of the four that we support out of hours.")
        )  # fmt: skip
    if scene.ticket is not None:
        asked += [
            Field("tags", "More tags", "Separated by spaces. May be empty."),
            Field("mine", "Assign to me", choices=(Choice("yes", "Yes"), Choice("no", "No")),
                  default="yes" if scene.me.zendesk_id is not None else "no"),
            Field("reply", "Public reply", "Empty: the requester is told nothing yet.",
                  lines=5, template=filled(scene, "triage"), public=True),
        ]  # fmt: skip
    return tuple(asked)


def final_calls(scene: Scene) -> tuple[Choice, ...]:
    """Who may have decided."""
    return (
        Choice(SURE, "Nobody needed: I am sure"),
        *(Choice(role, f"The {role}") for role in scene.house.roles),
        Choice(ALONE, "Nobody available: decided on what we know"),
    )


def out_of_hours_choices(scene: Scene) -> tuple[Choice, ...]:
    """The four, or none of them; and what that means by the policy as it is configured."""
    always = scene.policy.rules.severities[Severity.P1].clock is ClockKind.ALWAYS
    opens = when(scene.policy.calendar.opens_next(scene.now), scene.policy, scene.now)
    work = (
        "supported now: work on it as a P1" if always else f"this team's clocks sleep until {opens}"
    )
    rest = f"waits for support hours, {opens}; nobody needs to be woken"
    return (
        *(Choice(id, words, work) for id, words in SUPPORTED_OUT_OF_HOURS),
        Choice(NONE_OF_THEM, "None of these", rest),
    )


def check(scene: Scene, answers: Answers) -> Iterator[tuple[str, str]]:
    """A workaround that is there must be told."""
    if answers.get("known") == "workaround" and not answers.get("workaround", "").strip():
        yield "workaround", "Say what the workaround is."
    for tag in answers.get("tags", "").split():
        if "," in tag or '"' in tag:
            yield "tags", f"{tag}: a tag has no commas or quotes; separate tags by spaces."


def warn(scene: Scene, answers: Answers) -> Iterator[str]:
    """Answers that contradict each other, or the policy."""
    severity, ooh = answers.get("severity"), answers.get("ooh")
    if ooh == NONE_OF_THEM and severity == Severity.P1.value:
        yield "P1, but none of the four things that are supported out of hours: is it P1?"
    if ooh in {id for id, _ in SUPPORTED_OUT_OF_HOURS} and severity not in (None, "", "P1"):
        yield f"Supported out of hours, but {severity}: its clock sleeps until support opens."
    issue = scene.issue
    if issue is not None and issue.severity is not None:
        yield f"It is {issue.severity.value} already; this changes it."


def note(scene: Scene, answers: Answers) -> str:
    """What colleagues read: every question with its answer."""
    asked = {field.id: field for field in fields(scene)}

    def told(id: str) -> str:
        return said(scene, asked.values(), answers, id)

    severity = answers["severity"]
    lines = [f"Triage: {severity}", ""]
    for id, label in (
        ("urgency", "Urgency"),
        ("users", "Impact on users"),
        ("systems", "Impact on systems"),
        ("reputation", "Impact on reputation"),
        ("extent", "Extent"),
    ):
        lines.append(f"{label}: {told(id) or 'none named'}")
    lines.append(f"Known issue: {_label(asked['known'], answers)}")
    if told("workaround"):
        lines.append(f"Workaround: {told('workaround')}")
    lines.append(f"Final call: {_call(scene, answers)}")
    if "ooh" in asked:
        lines.append(f"Out of hours: {_label(asked['ooh'], answers)}")
    return "\n".join(lines)


def _call(scene: Scene, answers: Answers) -> str:
    who = scene.me.name or "whoever was on support"
    match answers.get("call", SURE):
        case "sure":
            return who
        case "alone":
            return f"{who}; nobody of {', '.join(scene.house.roles)} was available, decided on " \
                "what we know"  # fmt: skip
        case role:
            return f"the {role}"


def _label(field: Field, answers: Answers) -> str:
    labels = {choice.value: choice.label for choice in field.choices}
    return labels.get(answers.get(field.id, ""), "not said")


def writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """The note with tag and priority; PagerDuty's priority and note; the reply, if there is one."""
    severity = Severity(answers["severity"])
    text, out = note(scene, answers), list[Write]()
    ticket, incident = scene.ticket, scene.incident
    reply = said(scene, fields(scene), answers, "reply")
    if ticket is not None:
        changed = severity_fields(scene, ticket, severity)
        more = tuple(tag for tag in answers.get("tags", "").lower().split())
        changed["add_tags"] = tuple(dict.fromkeys((*changed.get("add_tags", ()), *more)))
        mine = answers.get("mine") == "yes" and scene.me.zendesk_id != ticket.assignee_id
        if mine and scene.me.zendesk_id is not None:
            changed["assignee_id"] = scene.me.zendesk_id
        changed["comment"], changed["public"] = text, False
        out.append(update_ticket(scene, ticket, **changed))
    if incident is not None:
        out += prioritise(scene, incident, severity)
        out.append(IncidentNote(incident_id=incident.id, text=text[:LONGEST_NOTE]))
    if ticket is not None and reply:
        out.append(update_ticket(scene, ticket, first=False, comment=reply, public=True))
    return tuple(out)


TRIAGE = Form(
    id="triage", title="Triage", fields=fields, writes=writes, verb="Triage",
    check=check, warn=warn,
)  # fmt: skip
