"""Which days are bank holidays, and what are they called?

Source: the `holidays` package. It is imported when a year is first asked for, because importing it
takes longer than everything else here together.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

from services.errors import ConfigError

HolidaysIn = Callable[[int], Mapping[date, str]]
"""The bank holidays of a civil year, with their names."""


def bank_holidays(country: str, subdivision: str = "") -> HolidaysIn:
    """Bank holidays of a country, or of one part of it; substitute days are among them.

    Args:
        country: As the `holidays` package has it, `GB`.
        subdivision: A part of the country, `ENG` (England and Wales); empty is all of it.

    Raises:
        ConfigError: Raised when a year is first asked for: nobody knows this country's holidays.
    """

    @cache
    def in_year(year: int) -> Mapping[date, str]:
        from holidays import country_holidays

        try:
            found = country_holidays(country, subdiv=subdivision or None, years=year)
        except NotImplementedError as error:
            place = f"{country}/{subdivision}" if subdivision else country
            raise ConfigError(
                f"Support hours: no bank holidays are known for `{place}`.",
                "Name a country and a part of it as the holidays package does: `GB` and `ENG`.",
            ) from error
        return {day: name for day, name in found.items() if day.year == year}

    return in_year


def no_holidays(year: int) -> Mapping[date, str]:
    """A calendar without bank holidays."""
    return {}
