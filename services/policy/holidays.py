"""Which days are bank holidays, and what are they called?

Source: the `holidays` package. It is imported late: it costs more than everything else here.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

from services.errors import ConfigError

HolidaysIn = Callable[[int], Mapping[date, str]]
"""The bank holidays of a civil year, with their names."""


def bank_holidays(country: str, subdivision: str = "") -> HolidaysIn:
    """Bank holidays of a country or one part of it, looked up a year at a time when needed.

    Raises:
        ConfigError: When first asked, if the country or the part is not known.
    """

    @cache
    def in_year(year: int) -> Mapping[date, str]:
        from holidays import country_holidays

        try:
            return dict(country_holidays(country, subdiv=subdivision or None, years=year))
        except NotImplementedError as error:
            raise ConfigError(
                f"support_hours: no bank holidays are known for {country}/{subdivision}.",
                "Use a country and subdivision of the holidays package, as GB and ENG.",
            ) from error

    return in_year


def no_holidays(year: int) -> Mapping[date, str]:
    """A calendar without bank holidays."""
    return {}
