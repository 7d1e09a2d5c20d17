"""Ledger periods: YYYYPP, where 00 is the opening balance and 13-14 are closing periods."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from typing_extensions import override

OPENING, FIRST, DECEMBER, LAST = 0, 1, 12, 14
PARTS = range(OPENING, LAST + 1)
YEAR = 100
"""What a period's number grows by from one year to the next."""

NEWEST = 219914
"""The last period there can be: by its end everything has been said."""

_RANGE = re.compile(r"(\d{4})(\d{2})-(\d{4})(\d{2})", re.ASCII)
_ONE = re.compile(r"(\d{4})(\d{2})", re.ASCII)
_NAMED = re.compile(r"(\d{4})(?:-(?:(T[1-3])|(Q[1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
_MONTHS_OF = {"T": 4, "Q": 3}


class NotAPeriod(ValueError):
    """The text names no period of the ledger."""


def year_of(period: int) -> int:
    return period // 100


def part_of(period: int) -> int:
    return period % 100


def is_period(period: int) -> bool:
    """Say whether the number is a year of four digits followed by a part 00-14."""
    return 1900 <= year_of(period) <= 2199 and part_of(period) in PARTS  # noqa: PLR2004


def last_day(period: int) -> date:
    """Return the last day of a period; opening falls on 1 January, closing on 31 December."""
    year, part = year_of(period), part_of(period)
    if part == OPENING:
        return date(year, 1, 1)
    month = min(part, DECEMBER)
    return date(year, month, monthrange(year, month)[1])


@dataclass(frozen=True, slots=True)
class PeriodRange:
    """Periods of one year, both ends included; never the opening balance alone."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not (is_period(self.first) and is_period(self.last)):
            raise NotAPeriod("a period is YYYYPP, where PP is 00-14")
        if year_of(self.first) != year_of(self.last):
            raise NotAPeriod("a range stays within one year, because the year is what is closed")
        if not OPENING < part_of(self.first) <= part_of(self.last):
            raise NotAPeriod("a range begins at 01 or later and does not end before it begins")

    @property
    def year(self) -> int:
        return year_of(self.first)

    @property
    def opening(self) -> int:
        """The period that holds the year's opening balances."""
        return self.year * 100 + OPENING

    @property
    def start_of_year(self) -> int:
        return self.year * 100 + FIRST

    @override
    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


def parse_range(text: str) -> PeriodRange:
    """Read the period of a statement.

    ``202005-202008`` is exactly those periods and ``202008`` that one. A named period is the
    year so far at its end, because that is what the committee reports: ``2020-T2`` and
    ``2020-08`` are 202001-202008, ``2020`` is 202001-202012. Closing periods are included only
    when a range names them.

    Raises:
        NotAPeriod: anything else.

    """
    if match := _RANGE.fullmatch(text):
        years, parts = match.group(1, 3), match.group(2, 4)
        return PeriodRange(int(years[0] + parts[0]), int(years[1] + parts[1]))
    if match := _ONE.fullmatch(text):
        return PeriodRange(int(text), int(text))
    if match := _NAMED.fullmatch(text):
        year = int(match[1])
        return PeriodRange(year * 100 + FIRST, year * 100 + _month(*match.group(2, 3, 4)))
    raise NotAPeriod("a period is written 202001-202008, 202008, 2020-T2, 2020-Q3, 2020-08 or 2020")


def _month(tertial: str | None, quarter: str | None, month: str | None) -> int:
    if month:
        return int(month)
    part = tertial or quarter
    return _MONTHS_OF[part[0]] * int(part[1]) if part else DECEMBER
