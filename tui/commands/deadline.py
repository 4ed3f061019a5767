"""`rota deadline`: when is what promised for an issue? The policy, without any network."""

import json
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.config import load
from services.domain import Period, Severity
from services.errors import UsageError
from services.places import state_dir
from services.policy.deadlines import Policy
from tui.commands.moments import local, read_moment

UNCLASSIFIED = "unclassified"

_PERIODS = {
    Period.IN_HOURS: "in hours",
    Period.OUT_OF_HOURS_WAKING: "out of hours, waking",
    Period.OUT_OF_HOURS_OVERNIGHT: "out of hours, overnight",
}


class Question(Struct, frozen=True):
    """What is asked, as it was written."""

    severity: str
    raised: str
    responded: str | None = None
    updated: str | None = None


class Answer(Struct, frozen=True):
    """What is promised; moments are UTC."""

    severity: str
    raised: datetime
    period: Period
    respond_by: datetime
    update_by: datetime | None
    triage_by: datetime | None


def deadline(
    config_path: str | None, environ: Mapping[str, str], question: Question, *, as_json: bool
) -> int:
    """Print the answer to a question.

    Raises:
        ConfigError: The configuration cannot be used.
        UsageError: The question makes no sense.
    """
    severity = _severity(question.severity)
    config = load(config_path, environ)
    policy = Policy(config.policy_rules(), config.support_calendar(state_dir(environ)))
    zone = policy.calendar.zone
    answer = _answer(policy, severity, question, zone)
    print(json.dumps(_document(answer)) if as_json else "\n".join(_lines(answer, zone)))
    return 0


def _answer(
    policy: Policy, severity: Severity | None, question: Question, zone: ZoneInfo
) -> Answer:
    raised = read_moment(question.raised, "--raised", zone)
    responded = _maybe_moment(question.responded, "--responded", zone)
    updated = _maybe_moment(question.updated, "--updated", zone)
    if updated is not None and responded is None:
        raise UsageError("--updated needs --responded: an update follows a response.")
    for option, moment in (("--responded", responded), ("--updated", updated)):
        if moment is not None and moment < raised:
            raise UsageError(f"{option} is before --raised.")
    found = policy.what_if(severity, raised, responded, updated)
    name = UNCLASSIFIED if severity is None else severity.value
    return Answer(name, raised, found.period, found.respond_by, found.update_by, found.triage_by)


def _severity(text: str) -> Severity | None:
    if text.lower() == UNCLASSIFIED:
        return None
    if text.upper() not in Severity.__members__:
        raise UsageError(f"{text!r} is not a severity; write P1, P2, P3, P4 or unclassified.")
    return Severity[text.upper()]


def _maybe_moment(text: str | None, option: str, zone: ZoneInfo) -> datetime | None:
    return None if text is None else read_moment(text, option, zone)


def _document(answer: Answer) -> Mapping[str, str | None]:
    return {
        "severity": answer.severity,
        "raised_at": _utc(answer.raised),
        "period": answer.period.value,
        "respond_by": _utc(answer.respond_by),
        "update_by": None if answer.update_by is None else _utc(answer.update_by),
        "triage_by": None if answer.triage_by is None else _utc(answer.triage_by),
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _lines(answer: Answer, zone: ZoneInfo) -> list[str]:
    response = "first response" if answer.severity == UNCLASSIFIED else "respond"
    promised = (
        ("triage by", answer.triage_by),
        (f"{response} by", answer.respond_by),
        ("update by", answer.update_by),
    )
    raised = local(answer.raised, zone)
    lines = [f"{answer.severity}, raised {raised} ({_PERIODS[answer.period]})"]
    return lines + [f"{what:<18} {local(due, zone)}" for what, due in promised if due is not None]
