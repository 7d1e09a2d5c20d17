"""Periods of figures: how they are written, what days they cover, what they are called.

Grammar: ``2024`` a year, ``2024-Q3`` a quarter, ``2020-T2`` a tertial (four months; T1 is
January to April), ``2024-09`` a month, ``2024-12-31`` a day, ``2024-09-01/2024-12-31`` a
range with both ends included.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from shared.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["year", "tertial", "quarter", "month", "day", "range"]

MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)

_GRAMMAR = re.compile(
    r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|T(?P<tertial>[1-3])"
    r"|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?",
    re.ASCII,
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


class NotAPeriod(Invalid):
    """The text is no period of the grammar, or names a day that does not exist."""

    code = "not_a_period"
    title = "Not a period"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` to `end`, both included, as they were asked for.

    >>> Period.parse("2020-T2")
    Period(start=datetime.date(2020, 5, 1), end=datetime.date(2020, 8, 31), kind='tertial')
    >>> Period.parse("2020-T2").year_to_date.label
    'januari-augusti 2020'
    """

    start: date
    end: date
    kind: Kind

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period a text names.

        Raises:
            NotAPeriod: the text is none, its days do not exist, or its end is before its start.

        """
        first, slash, last = text.partition("/")
        if not slash:
            return _parsed(first)
        start, end = _parsed(first), _parsed(last)
        if start.kind != "day" or end.kind != "day" or end.end < start.start:
            raise NotAPeriod(f"{text[:40]!r} is not two days in order, such as {_RANGE}")
        return cls(start.start, end.end, "range")

    @classmethod
    def year(cls, year: int) -> Period:
        return cls(date(year, 1, 1), date(year, 12, 31), "year")

    @classmethod
    def tertial(cls, year: int, number: int) -> Period:
        return cls(*_months(year, number * 4 - 3, 4), "tertial")

    @classmethod
    def quarter(cls, year: int, number: int) -> Period:
        return cls(*_months(year, number * 3 - 2, 3), "quarter")

    @classmethod
    def month(cls, year: int, number: int) -> Period:
        return cls(*_months(year, number, 1), "month")

    @classmethod
    def day(cls, day: date) -> Period:
        return cls(day, day, "day")

    def __str__(self) -> str:
        """Return the period in the grammar; `parse` of it gives the same period."""
        match self.kind:
            case "year":
                return f"{self.start:%Y}"
            case "tertial":
                return f"{self.start:%Y}-T{(self.start.month + 3) // 4}"
            case "quarter":
                return f"{self.start:%Y}-Q{(self.start.month + 2) // 3}"
            case "month":
                return f"{self.start:%Y-%m}"
            case "day":
                return self.start.isoformat()
            case "range":
                return f"{self.start.isoformat()}/{self.end.isoformat()}"

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def crosses(self, on: date) -> bool:
        """Tell whether a change that takes effect on a day falls inside: some days before it."""
        return self.start < on <= self.end

    @property
    def starts_month(self) -> bool:
        return self.start.day == 1

    @property
    def ends_month(self) -> bool:
        return self.end.day == monthrange(self.end.year, self.end.month)[1]

    @property
    def whole_months(self) -> bool:
        """Whether the period is made of calendar months, so that sums per month answer it."""
        return self.starts_month and self.ends_month

    @property
    def first_month(self) -> int:
        """The first month as YYYYMM."""
        return self.start.year * 100 + self.start.month

    @property
    def last_month(self) -> int:
        """The last month as YYYYMM."""
        return self.end.year * 100 + self.end.month

    @property
    def year_to_date(self) -> Period:
        """From 1 January of the year it ends in: a tertial report is cumulative."""
        start = date(self.end.year, 1, 1)
        return self if start == self.start else _range(start, self.end)

    @property
    def next(self) -> Period:
        """The period of the same length that begins the day after this one ends."""
        return self._moved(1)

    @property
    def previous(self) -> Period:
        """The period of the same length that ends the day before this one begins."""
        return self._moved(-1)

    def months(self) -> Iterator[Period]:
        """Give each calendar month that the period touches, in order."""
        year, month = self.start.year, self.start.month
        while (year, month) <= (self.end.year, self.end.month):
            yield Period.month(year, month)
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004

    @property
    def label(self) -> str:
        """The period as Swedish text: ``2024``, ``kvartal 3 2024``, ``januari-augusti 2020``."""
        match self.kind:
            case "year":
                return f"{self.start.year}"
            case "tertial":
                return f"tertial {(self.start.month + 3) // 4} {self.start.year}"
            case "quarter":
                return f"kvartal {(self.start.month + 2) // 3} {self.start.year}"
            case "month":
                return f"{MONTHS[self.start.month - 1]} {self.start.year}"
            case "day":
                return _day_label(self.start, with_year=True)
            case "range":
                return self._range_label()

    def _range_label(self) -> str:
        one_year = self.start.year == self.end.year
        if not self.whole_months:
            first = _day_label(self.start, with_year=not one_year)
            return f"{first}-{_day_label(self.end, with_year=True)}"
        last = f"{MONTHS[self.end.month - 1]} {self.end.year}"
        if self.first_month == self.last_month:
            return last
        first = MONTHS[self.start.month - 1]
        return f"{first}-{last}" if one_year else f"{first} {self.start.year}-{last}"

    def _moved(self, steps: int) -> Period:
        try:
            return self._shifted(steps)
        except (OverflowError, ValueError) as error:
            raise NotAPeriod(f"no period lies beside {self}") from error

    def _shifted(self, steps: int) -> Period:
        if not self.whole_months:
            days = (self.end - self.start + timedelta(days=1)) * steps
            return Period(self.start + days, self.end + days, self.kind)
        count = len(list(self.months()))
        index = self.start.year * 12 + self.start.month - 1 + count * steps
        return Period(*_months(index // 12, index % 12 + 1, count), self.kind)


_RANGE = "2024-09-01/2024-12-31"


def _parsed(text: str) -> Period:
    match = _GRAMMAR.fullmatch(text)
    if match is None or not _FIRST_YEAR <= int(match["year"]) <= _LAST_YEAR:
        raise NotAPeriod(
            f"{text[:40]!r} is not a period; write 2024, 2024-Q3, 2024-T2, 2024-09, "
            f"2024-09-30 or {_RANGE}"
        )
    year = int(match["year"])
    if match["quarter"]:
        return Period.quarter(year, int(match["quarter"]))
    if match["tertial"]:
        return Period.tertial(year, int(match["tertial"]))
    if not match["month"]:
        return Period.year(year)
    try:
        if match["day"]:
            return Period.day(date(year, int(match["month"]), int(match["day"])))
        return Period.month(year, int(match["month"]))
    except ValueError as error:
        raise NotAPeriod(f"{text!r} is not in the calendar") from error


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    start = date(year, month, 1)
    last = year * 12 + month - 1 + count - 1
    end_year, end_month = last // 12, last % 12 + 1
    return start, date(end_year, end_month, monthrange(end_year, end_month)[1])


def _range(start: date, end: date) -> Period:
    """Return a range, as the year it is when it is one."""
    if start == date(end.year, 1, 1) and end == date(end.year, 12, 31):
        return Period.year(end.year)
    return Period(start, end, "range")


def _day_label(day: date, *, with_year: bool) -> str:
    text = f"{day.day} {MONTHS[day.month - 1]}"
    return f"{text} {day.year}" if with_year else text
