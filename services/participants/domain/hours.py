"""Hours of participation in a month: which days an enrolment covers, and what they can hold."""

from __future__ import annotations

import re
from datetime import date, timedelta

MINUTES = 60
MOST_HOURS_A_DAY = 13
"""What ESF-rådet accepts of anybody's time in one day; nobody takes part longer than that.

Source: esf.se, Redovisning av personal och deltagare, programperiod 2021-2027.
"""

_HOURS = re.compile(r"(\d{1,3})(?::([0-5]\d))?", re.ASCII)


class NotHours(ValueError):
    """The text is not hours, or hours and minutes."""


def parse_hours(text: str) -> int:
    """Return the minutes of ``40`` or ``40:30``.

    Raises:
        NotHours: anything else.

    """
    match = _HOURS.fullmatch(text)
    if match is None:
        raise NotHours("hours are written 40 or 40:30")
    return int(match[1]) * MINUTES + int(match[2] or 0)


def hours_text(minutes: int) -> str:
    """Return minutes as hours and minutes, ``40:30``."""
    return f"{minutes // MINUTES}:{minutes % MINUTES:02d}"


def next_month(month: date) -> date:
    """Return the first day of the month after the one whose first day is given."""
    return (month + timedelta(days=31)).replace(day=1)


def covered_days(started_on: date, exited_on: date | None, *, month: date, today: date) -> int:
    """Return how many days of a month somebody has been enrolled, up to today.

    The day of the exit is the first without enrolment.
    """
    first = max(started_on, month)
    after = min(exited_on or date.max, next_month(month), today + timedelta(days=1))
    return max((after - first).days, 0)


def most_minutes(days: int) -> int:
    return days * MOST_HOURS_A_DAY * MINUTES
