"""Which of the vendors' documented or doubtful behaviours does the simulator show?

Where the documentation is silent or contradicts itself, both readings are offered here, and the
client has to survive either.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Role = Literal["agent", "admin", "restricted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the two vendors behave. The defaults are what they most probably do."""

    # -- both --
    clock_offset: timedelta = timedelta(0)
    """How far the vendors' clock is ahead of the clock that the world was given."""
    latency: float = 0.0
    """Seconds on the world's clock that every answer takes."""
    gzip: bool = False
    """Whether large answers are compressed when the client accepts it."""
    big_page: Literal["refuse", "clamp"] = "refuse"
    """What happens to a page of more than 100 records."""

    # -- Zendesk --
    role: Role = "agent"
    """The rights of the person on shift; `restricted` sees only the tickets of their groups."""
    zendesk_limit: int = 700
    """Requests per minute for the whole account (200, 400, 700 or 2500 by plan)."""
    tickets_index_limit: int = 100
    """Requests per minute to `GET /tickets`."""
    ticket_update_limit: int = 100
    """Ticket updates per minute for the whole account."""
    per_ticket_update_limit: int = 30
    """Updates per 10 minutes of one ticket by one person."""
    incremental_limit: int = 10
    """Requests per minute to the incremental exports."""
    rate_headers: Literal["2023", "2024"] = "2024"
    """Spelling of the rate headers: `rate-limit-*` or `ratelimit-*`."""
    search_lag: timedelta = timedelta(seconds=90)
    """How long a change takes to reach the search index."""
    search_shows: Literal["current", "indexed"] = "current"
    """Whether a found record has today's fields or those of when it was indexed."""
    metric_sets: Literal["inside", "top_level", "dropped"] = "inside"
    """Where a side-loaded metric set is put."""
    includes: bool = True
    """Whether side-loads are honoured at all."""
    export_includes: bool = False
    """Whether `/search/export` carries side-loads."""
    reply_time_before_reply: Literal["null", "zero"] = "null"
    """What `reply_time_in_minutes.calendar` says before the first reply."""
    noop_bumps: bool = False
    """Whether an update that changes nothing moves `updated_at`."""
    opens_on: Literal["assignment", "reply", "anything"] = "reply"
    """Which act of an agent makes a new ticket open; an assignment always does."""
    solve_needs_assignee: bool = False
    """Whether a ticket without an assignee can be solved."""
    close_after: timedelta = timedelta(days=4)
    """When the automation closes a solved ticket."""
    archive_after: timedelta = timedelta(days=120)
    """When a closed ticket leaves `GET /tickets`."""
    oauth_lifetime: timedelta | None = None
    """How long an access token is good for; `None` is for ever."""
    oauth_client: Literal["new", "old"] = "new"
    """Whether the OAuth client is from before 30 April 2026: then a token that is not told when to
    end never does, and there is no refresh token with it."""
    slas: bool = False
    """Whether the account has SLA policies."""

    # -- PagerDuty --
    pagerduty_account_key: bool = False
    """Whether the token belongs to the account, so that writes need a `From` header."""
    account_zone: str = "Europe/London"
    """The zone PagerDuty renders schedules, notes and log entries in unless asked otherwise."""
    pagerduty_limit: int = 960
    """Requests per minute and key."""
    incident_write_limit: int = 200
    """Requests per minute to POST and PUT `/incidents`."""
    oncalls_limit: int = 120
    """Requests per minute to `GET /oncalls`."""
    priorities: bool = True
    """Whether the account has priorities; without, `/priorities` is 402 and incidents have none."""
    note_bumps_updated_at: bool = False
    """Whether a note moves the incident's `updated_at`."""
    settle_settled: Literal["accept", "refuse"] = "accept"
    """What resolving a resolved incident answers: 200 and nothing, or 400 (1001)."""
    reopen_resolved: bool = True
    """Whether a resolved incident can be opened again."""
    snooze_triggered: bool = False
    """Whether a triggered incident can be snoozed; otherwise 400 (1012)."""
    reassign_retriggers: bool = True
    """Whether reassigning an acknowledged incident triggers it again."""
    acknowledge_spelling: Literal["acknowledge", "acknowledgement"] = "acknowledge"
    """The spelling of the log entry's type."""
    log_order: Literal["newest", "oldest"] = "newest"
    """Which log entry comes first."""
    log_since_inclusive: bool = True
    """Whether the log since a moment has what happened in that very second."""
    overrides_list_status: int = 200
    """What `GET /schedules/{id}/overrides` answers: 200, or 201 as documented."""
    v3_schedules: bool = False
    """Whether the account has a shift-based schedule: in `/oncalls` and `/v3/schedules` only."""


DEFAULTS = Settings()
"""The vendors as they most probably are."""
