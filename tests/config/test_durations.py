"""Lengths of time are read as they are written."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.config.durations import LONGEST, read_allowance, read_duration
from services.policy.rules import Allowance

lengths = st.integers(0, int(LONGEST.total_seconds())).map(
    lambda s: Allowance(timedelta(seconds=s))
)
business_days = st.integers(1, 260).map(lambda days: Allowance(business_days=days))


@given(allowance=lengths | business_days)
def test_reading_undoes_writing(allowance: Allowance) -> None:
    assert read_allowance(str(allowance)) == allowance


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("20m", 1200, id="minutes"),
        pytest.param("2h", 7200, id="hours"),
        pytest.param("1h30m", 5400, id="hours-and-minutes"),
        pytest.param("90s", 90, id="seconds"),
        pytest.param("90m", 5400, id="more-minutes-than-an-hour"),
    ],
)
def test_a_duration_is_elapsed_time(text: str, seconds: int) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "20", "m", "20 m", "-5m", "1.5h", "30m1h", "2bd1h", "٢h", "9999999h", "300bd"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|longer than a year"):
        read_allowance(text)


def test_business_days_are_no_elapsed_time() -> None:
    with pytest.raises(ValueError, match="counts business days"):
        read_duration("2bd")


@pytest.mark.parametrize("text", ["", "20", "2bd1h", "2bd", "300bd"])
def test_where_time_elapses_nobody_is_told_to_write_business_days(text: str) -> None:
    with pytest.raises(ValueError, match="write 15s, 20m or 1h30m") as refused:
        read_duration(text)

    assert "2bd" not in str(refused.value)
