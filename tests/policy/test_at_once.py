"""What is said of thousands of promises at once is what the plain rules say of each."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.domain import ClockKind, Deadline, Kind, Promise, State
from services.policy.at_once import AtOnce
from services.policy.calendar import SupportCalendar
from services.policy.deadlines import Policy, next_deadline
from services.policy.rules import PolicyRules, SupportHours
from services.policy.support_time import from_micros, to_micros
from tests.policy.cases import CALENDAR, INSTANT, POLICY, minutes, utc

SPAN = (to_micros(utc("2026-01-01 00:00")), to_micros(utc("2026-12-01 00:00")))
MONDAYS = SupportCalendar(SupportHours(days=frozenset({0})), lambda _: ())
POLICIES = [
    POLICY,
    Policy(PolicyRules(soon_fraction=0, soon_at_least=timedelta(0)), CALENDAR),
    Policy(PolicyRules(soon_fraction=0, soon_at_least=-minutes(1)), CALENDAR),
    Policy(PolicyRules(soon_fraction=1, soon_at_least=timedelta(hours=9)), MONDAYS),
]

NOW = st.one_of(
    st.integers(*SPAN).map(from_micros),
    st.sampled_from(["09:00", "12:00", "16:30", "17:00", "20:00", "2026-10-23 15:59"]).map(utc),
)
ALLOWANCES = st.sampled_from([minutes(m) for m in (0, 20, 30, 120, 480, 960)])
NEAR = st.integers(-1, 1).map(lambda instants: instants * INSTANT)


@st.composite
def promises(draw: st.DrawFn, now: datetime) -> Promise:
    """Often due at the very moment at which something turns, or an instant beside it."""
    allowance = draw(ALLOWANCES)
    soon = max(minutes(5), allowance * 0.25)
    closes, opens = CALENDAR.closes_next(now), CALENDAR.opens_next(now)
    due = draw(
        st.sampled_from(
            [
                *(now, now + soon, closes, opens, opens + soon),
                CALENDAR.due(now, soon),
                CALENDAR.opens_next(CALENDAR.due(now, soon)),
                CALENDAR.due(closes, soon),
                CALENDAR.opens_next(CALENDAR.due(closes, soon)),
            ]
        )
        | st.timedeltas(-timedelta(days=3), timedelta(days=9)).map(lambda away: now + away)
    )
    made = Promise(
        draw(st.sampled_from(list(Kind))),
        due + draw(NEAR),
        now - timedelta(days=1),
        allowance,
        draw(st.sampled_from(list(ClockKind))),
        known=draw(st.sampled_from([True, True, True, False])),
    )
    other = draw(st.sampled_from(["", "", "", "met", "met, never due", "never due", "waiting"]))
    if "met" in other:
        made = replace(made, met_at=due + draw(NEAR))
    if "never due" in other:
        made = replace(made, due_at=None)
    return replace(made, waiting="waiting" in other)


@given(st.data(), NOW, st.sampled_from(POLICIES))
def test_it_is_what_the_plain_rules_say(data: st.DataObject, now: datetime, policy: Policy) -> None:
    at_once = AtOnce(policy, now)
    for owed in data.draw(st.lists(st.lists(promises(now), max_size=4), max_size=6)):
        states, first = at_once.stand(owed)
        turns = [policy.changes_at(promise, now) for promise in owed]

        assert states == tuple(policy.state(promise, now) for promise in owed)
        plainly = [Deadline(promise, policy.state(promise, now)) for promise in owed]
        assert first == next_deadline(plainly)
        assert at_once.changes_at(owed, states) == min((t for t in turns if t), default=None)


def test_near_the_end_of_the_calendar_whatever_is_left_is_little() -> None:
    """Support is not open for so long as `soon` takes before it ends."""
    rules = PolicyRules(soon_fraction=0, soon_at_least=timedelta(hours=40))
    mondays = SupportCalendar(SupportHours(days=frozenset({0})), lambda _: ())
    policy = Policy(rules, mondays)
    now = utc("9998-12-28 12:00")
    owed = Promise(Kind.RESPONSE, now + minutes(60), now, minutes(480), ClockKind.SUPPORT_HOURS)

    assert mondays.is_open(now)
    assert AtOnce(policy, now).stand([owed])[0] == (policy.state(owed, now),) == (State.SOON,)
