"""Bank holidays that were told once are not asked for again, while the same package says so."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from services.config import holiday_file
from services.config.holiday_file import kept_holidays
from services.policy.holidays import bank_holidays

NEW_YEAR = {date(2026, 1, 1): "New Year's Day"}


class Asked:
    """Knows one holiday, and counts how often it is asked."""

    def __init__(self) -> None:
        self.years: list[int] = []

    def __call__(self, year: int) -> Mapping[date, str]:
        self.years.append(year)
        return {day: name for day, name in NEW_YEAR.items() if day.year == year}


def test_a_year_is_asked_for_once_and_then_read(tmp_path: Path) -> None:
    asked, path = Asked(), tmp_path / "state" / "holidays.json"
    first = kept_holidays(asked, "GB/ENG", path)
    told = [first(2026), first(2025), first(2026)]
    again = kept_holidays(asked, "GB/ENG", path)

    assert told == [NEW_YEAR, {}, NEW_YEAR]
    assert [again(2025), again(2026)] == [{}, NEW_YEAR]
    assert asked.years == [2026, 2025]
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_kept_is_what_the_package_says(tmp_path: Path) -> None:
    known, path = bank_holidays("GB", "ENG"), tmp_path / "holidays.json"
    years = range(2020, 2031)
    first = [kept_holidays(known, "GB/ENG", path)(year) for year in years]

    assert [kept_holidays(Asked(), "GB/ENG", path)(year) for year in years] == first
    assert first == [known(year) for year in years]


def test_another_package_or_place_is_asked_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "holidays.json"
    kept_holidays(Asked(), "GB/ENG", path)(2026)
    elsewhere, newer = Asked(), Asked()
    kept_holidays(elsewhere, "GB/SCT", path)(2026)
    kept_holidays(Asked(), "GB/ENG", path)(2026)
    monkeypatch.setattr(holiday_file, "_package", lambda: "another")
    kept_holidays(newer, "GB/ENG", path)(2026)

    assert elsewhere.years == newer.years == [2026]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"said_by": 1}', "null", '{"years": {"x": 1}}']
)
def test_a_broken_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "holidays.json"
    path.write_text(text, encoding="utf-8")
    asked = Asked()

    assert kept_holidays(asked, "GB/ENG", path)(2026) == NEW_YEAR
    assert asked.years == [2026]
    assert json.loads(path.read_text(encoding="utf-8"))["years"]["2026"]


def test_without_a_place_to_write_it_is_asked_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    asked = Asked()

    assert kept_holidays(asked, "GB/ENG", tmp_path / "file" / "holidays.json")(2026) == NEW_YEAR


def test_without_the_package_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holiday_file, "_package", lambda: None)
    kept_holidays(Asked(), "GB/ENG", tmp_path / "holidays.json")(2026)

    assert not (tmp_path / "holidays.json").exists()
