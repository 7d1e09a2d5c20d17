"""Fiscal years (räkenskapsår): twelve months that begin on the first of one.

A municipality's year is the calendar year (1 kap. 5 § lagen (2018:597) om kommunal
bokföring och redovisning). Ledger files of others have broken years, 2009-07-01 to 2010-06-30.
A year is named by the calendar year that it ends in; the part PP of a period is the month within
the year.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from services.budget.domain.periods import DECEMBER, FIRST, OPENING, part_of, year_of

MONTHS = 12


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """A year of the ledger and the day that it begins on."""

    year: int
    first_day: date

    def __post_init__(self) -> None:
        if self.first_day.day != 1:
            raise ValueError("a fiscal year begins on the first day of a month")
        if self.last_day.year != self.year:
            raise ValueError("a fiscal year is named by the calendar year that it ends in")

    @classmethod
    def calendar(cls, year: int) -> FiscalYear:
        return cls(year, date(year, 1, 1))

    @classmethod
    def beginning(cls, first_day: date) -> FiscalYear:
        """Return the year that begins on a day, under its name."""
        return cls(first_day.year + (first_day.month > 1), first_day)

    @property
    def last_day(self) -> date:
        first = self.first_day
        return date(first.year + 1, first.month, 1) - timedelta(days=1)

    def holds(self, day: date) -> bool:
        """Say whether a day lies in the year."""
        return self.first_day <= day <= self.last_day

    def period_of(self, day: date) -> int:
        """Return the month, 01-12, that a day falls in.

        Raises:
            ValueError: the day lies in another year.

        """
        if not self.holds(day):
            raise ValueError("the day lies in another year")
        months = (day.year - self.first_day.year) * MONTHS + day.month - self.first_day.month
        return self.year * 100 + FIRST + months

    def first_day_of(self, period: int) -> date:
        """Return a period's first day; a closing period is the year's last day alone."""
        if part_of(period) > DECEMBER:
            return self.last_day_of(period)
        return self._month(period)

    def last_day_of(self, period: int) -> date:
        """Return a period's last day; opening falls on the first day, closing on the last."""
        if part_of(period) == OPENING:
            return self.first_day
        month = self._month(period)
        return month.replace(day=monthrange(month.year, month.month)[1])

    def _month(self, period: int) -> date:
        if year_of(period) != self.year:
            raise ValueError("the period belongs to another year")
        part = min(max(part_of(period), FIRST), DECEMBER)
        months = self.first_day.month - 1 + part - FIRST
        return date(self.first_day.year + months // MONTHS, months % MONTHS + 1, 1)
