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

from typing_extensions import override

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
    """The days from `first` to `last`, both included, as they were asked for.

    >>> Period.parse("2020-T2")
    Period(first=datetime.date(2020, 5, 1), last=datetime.date(2020, 8, 31), kind='tertial')
    >>> Period.parse("2020-T2").year_to_date.label
    'januari-augusti 2020'
    """

    first: date
    last: date
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
        if start.kind != "day" or end.kind != "day" or end.last < start.first:
            raise NotAPeriod(f"{text[:40]!r} is not two days in order, such as {_RANGE}")
        return cls(start.first, end.last, "range")

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

    @override
    def __str__(self) -> str:
        """Return the period in the grammar; `parse` of it gives the same period."""
        match self.kind:
            case "year":
                return f"{self.first:%Y}"
            case "tertial":
                return f"{self.first:%Y}-T{(self.first.month + 3) // 4}"
            case "quarter":
                return f"{self.first:%Y}-Q{(self.first.month + 2) // 3}"
            case "month":
                return f"{self.first:%Y-%m}"
            case "day":
                return self.first.isoformat()
            case "range":
                return f"{self.first.isoformat()}/{self.last.isoformat()}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def crosses(self, on: date) -> bool:
        """Tell whether a change that takes effect on a day falls inside: some days before it."""
        return self.first < on <= self.last

    @property
    def starts_month(self) -> bool:
        return self.first.day == 1

    @property
    def ends_month(self) -> bool:
        return self.last.day == monthrange(self.last.year, self.last.month)[1]

    @property
    def whole_months(self) -> bool:
        """Whether the period is made of calendar months, so that sums per month answer it."""
        return self.starts_month and self.ends_month

    @property
    def first_month(self) -> int:
        """The first month as YYYYMM."""
        return self.first.year * 100 + self.first.month

    @property
    def last_month(self) -> int:
        """The last month as YYYYMM."""
        return self.last.year * 100 + self.last.month

    @property
    def year_to_date(self) -> Period:
        """From 1 January of the year it ends in: a tertial report is cumulative."""
        start = date(self.last.year, 1, 1)
        return self if start == self.first else _range(start, self.last)

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
        year, month = self.first.year, self.first.month
        while (year, month) <= (self.last.year, self.last.month):
            yield Period.month(year, month)
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004

    @property
    def label(self) -> str:
        """The period as Swedish text: ``2024``, ``kvartal 3 2024``, ``januari-augusti 2020``."""
        match self.kind:
            case "year":
                return f"{self.first.year}"
            case "tertial":
                return f"tertial {(self.first.month + 3) // 4} {self.first.year}"
            case "quarter":
                return f"kvartal {(self.first.month + 2) // 3} {self.first.year}"
            case "month":
                return f"{MONTHS[self.first.month - 1]} {self.first.year}"
            case "day":
                return _day_label(self.first, with_year=True)
            case "range":
                return self._range_label()

    def _range_label(self) -> str:
        one_year = self.first.year == self.last.year
        if not self.whole_months:
            first = _day_label(self.first, with_year=not one_year)
            return f"{first}-{_day_label(self.last, with_year=True)}"
        last = f"{MONTHS[self.last.month - 1]} {self.last.year}"
        if self.first_month == self.last_month:
            return last
        first = MONTHS[self.first.month - 1]
        return f"{first}-{last}" if one_year else f"{first} {self.first.year}-{last}"

    def _moved(self, steps: int) -> Period:
        try:
            return self._shifted(steps)
        except (OverflowError, ValueError) as error:
            raise NotAPeriod(f"no period lies beside {self}") from error

    def _shifted(self, steps: int) -> Period:
        if not self.whole_months:
            days = (self.last - self.first + timedelta(days=1)) * steps
            return Period(self.first + days, self.last + days, self.kind)
        count = len(list(self.months()))
        index = self.first.year * 12 + self.first.month - 1 + count * steps
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
