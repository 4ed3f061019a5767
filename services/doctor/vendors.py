"""Do the vendors let us in, and do they show and allow what the configuration asks for?"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from services.api.client import Api
from services.clock import OFFSET_WORTH_A_WARNING, ServerClock
from services.config.tables import Config
from services.doctor.findings import Finding, Verdict
from services.domain import Source
from services.errors import RotaError
from services.sessions import Session
from services.setup.findings import (
    PagerDutyFindings,
    ZendeskFindings,
    look_at_pagerduty,
    look_at_zendesk,
)

T = TypeVar("T")

_PLENTY = 0.2
"""Of a rate limit; with less than this share left others are using it up."""


async def examine_zendesk(
    config: Config, session: Session, api: Api, now: datetime
) -> list[Finding]:
    """Everything about Zendesk; ends at the first thing without which the rest is moot."""
    found = await _let_in(Source.ZENDESK, session, api, look_at_zendesk)
    if isinstance(found, Finding):
        return [found]
    name = found.me.name or found.me.email or "somebody"
    return [
        Finding("zendesk credentials", Verdict.OK, f"signed in as {name}."),
        *_notices(session, now),
        _rights(found),
        _groups(config, found),
        *_limits(api),
    ]


async def examine_pagerduty(config: Config, session: Session, api: Api) -> list[Finding]:
    """Everything about PagerDuty; ends at the first thing without which the rest is moot."""
    found = await _let_in(Source.PAGERDUTY, session, api, look_at_pagerduty)
    if isinstance(found, Finding):
        return [found]
    return [
        _who(config, session, found),
        *(Finding("pagerduty rights", Verdict.WARNING, said) for said in found.troubles),
        *_priorities(config, found),
        _schedules(found),
        *_scope(config, found),
        *_limits(api),
    ]


def examine_clock(clock: ServerClock) -> Finding:
    """How far the laptop's clock is from the vendors'; of use once one of them has answered."""
    if not clock.known:
        return Finding("clock", Verdict.WARNING, "no vendor has told its time.")
    off = clock.laptop_is_off_by.total_seconds()
    said = f"the laptop is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the vendors."
    if abs(off) < OFFSET_WORTH_A_WARNING.total_seconds():
        return Finding("clock", Verdict.OK, said)
    advice = "Countdowns are right all the same; set the clock by the network."
    return Finding("clock", Verdict.WARNING, said, advice)


async def _let_in(
    source: Source, session: Session, api: Api, look: Callable[[Api], Awaitable[T]]
) -> T | Finding:
    """What a vendor shows us, or why it does not."""
    try:
        await session.prepare()
        return await look(api)
    except RotaError as error:
        return Finding(f"{source} credentials", Verdict.FAILED, error.headline, error.advice)


def _notices(session: Session, now: datetime) -> list[Finding]:
    about = f"{session.source} credentials"
    return [Finding(about, Verdict.WARNING, said) for said in session.notices(now)]


def _rights(found: ZendeskFindings) -> Finding:
    if found.troubles:
        said = " ".join(found.troubles)
        return Finding("zendesk rights", Verdict.WARNING, said, "An agent's rights are needed.")
    role = found.me.role or "not told"
    return Finding("zendesk rights", Verdict.OK, f"role {role}; tickets can be read.")


def _groups(config: Config, found: ZendeskFindings) -> Finding:
    known = {str(group.id) for group in found.groups}
    known |= {group.name.casefold() for group in found.groups}
    missing = [g for g in config.zendesk.groups if str(g).casefold() not in known]
    if missing:
        names = ", ".join(str(group) for group in missing)
        return Finding(
            "zendesk groups",
            Verdict.FAILED,
            f"there is no group {names}.",
            "Mend zendesk.groups; its tickets would be missing from the queue.",
        )
    views = {view.id for view in found.views}
    if config.zendesk.view and config.zendesk.view not in views:
        said = f"the view {config.zendesk.view} is not among those you see."
        return Finding("zendesk groups", Verdict.FAILED, said, "Mend zendesk.view.")
    if not config.zendesk.groups:
        return Finding("zendesk groups", Verdict.OK, "tickets of every group are shown.")
    return Finding("zendesk groups", Verdict.OK, f"{len(config.zendesk.groups)} of the account's.")


def _who(config: Config, session: Session, found: PagerDutyFindings) -> Finding:
    about = "pagerduty credentials"
    if found.me is not None:
        return Finding(about, Verdict.OK, f"signed in as {found.me.name}.")
    login = session.login
    email = getattr(login, "email", None) or config.pagerduty.email
    if email:
        return Finding(about, Verdict.OK, f"an account's key, writing for {email}.")
    return Finding(
        about,
        Verdict.WARNING,
        "an account's key that writes for nobody: nothing can be acknowledged.",
        "Set pagerduty.email, or use your own key.",
    )


def _priorities(config: Config, found: PagerDutyFindings) -> list[Finding]:
    if not found.priorities:
        return []
    known = {priority.name.casefold() for priority in found.priorities}
    missing = [name for name in config.priorities() if name.casefold() not in known]
    if missing:
        said = f"the account has no priority {', '.join(missing)}."
        advice = "Mend severity.P1.incident_priority and its like."
        return [Finding("pagerduty priorities", Verdict.WARNING, said, advice)]
    return [Finding("pagerduty priorities", Verdict.OK, "all four severities have one.")]


def _schedules(found: PagerDutyFindings) -> Finding:
    if not found.schedules:
        return Finding(
            "pagerduty schedules",
            Verdict.WARNING,
            "none are visible; who is on call cannot be shown.",
            "Ask for the right to read schedules, or make one.",
        )
    names = ", ".join(schedule.name for schedule in found.schedules[:5])
    more = f" and {len(found.schedules) - 5} more" if len(found.schedules) > 5 else ""
    return Finding("pagerduty schedules", Verdict.OK, f"{names}{more}.")


def _scope(config: Config, found: PagerDutyFindings) -> Iterable[Finding]:
    table = config.pagerduty
    for what, wanted, known in (
        ("teams", table.teams, {team.id for team in found.teams}),
        ("services", table.services, {service.id for service in found.services}),
    ):
        missing = [id for id in wanted if id not in known]
        if missing:
            said = f"not visible: {', '.join(missing)}."
            advice = f"Mend pagerduty.{what}; their incidents would be missing from the queue."
            yield Finding(f"pagerduty {what}", Verdict.FAILED, said, advice)


def _limits(api: Api) -> Sequence[Finding]:
    limits = api.limits
    if limits is None:
        return ()
    about = f"{api.source} rate limit"
    said = f"{limits.remaining} of {limits.limit} requests a minute are left."
    if limits.remaining < _PLENTY * limits.limit:
        advice = "Something else uses the account; rota will ask less often."
        return (Finding(about, Verdict.WARNING, said, advice),)
    return (Finding(about, Verdict.OK, said),)
