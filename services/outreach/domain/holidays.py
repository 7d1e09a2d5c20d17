"""Days on which nothing is staffed: the public holidays and the three eves kept like them.

Lag (1989:253) om allmänna helgdagar names the holidays; every Sunday is one, but a schedule
that names Sundays means them, so plain Sundays are not counted here. Midsommarafton, julafton
and nyårsafton are put on a level with Sundays by semesterlagen (1977:480), 3 a §.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

_KINDS = ("public", "de_facto")


def holiday(day: date) -> str | None:
    """Return the Swedish name of a holiday, or None for any other day."""
    return _of_year(day.year).get(day)


@lru_cache(maxsize=64)
def _of_year(year: int) -> dict[date, str]:
    named = holidays.country_holidays(
        "SE", years=year, categories=_KINDS, include_sundays=False, language="sv"
    )
    return dict(named.items())
