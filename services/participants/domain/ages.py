"""Age on a day, and the age groups that figures are broken down by."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

UNKNOWN_AGE_GROUP = "unknown"

AGE_GROUPS: tuple[tuple[int, str], ...] = (
    (0, "0-15"),
    (16, "16-19"),
    (20, "20-24"),
    (25, "25-29"),
    (30, "30-39"),
    (40, "40-49"),
    (50, "50-59"),
    (60, "60-64"),
    (65, "65-"),
)
"""Lowest age of each group, in whole years, and its code; the SQL function age_group agrees."""


def age_on(born: date, day: date) -> int:
    """Return whole years lived on a day.

    Who is born on 29 February is a year older on 1 March in a common year: an assumption, as
    no rule of law was found that says otherwise. PostgreSQL's age() counts alike.
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_group(born: date | None, day: date) -> str:
    """Return the code of the age group on a day."""
    if born is None or born > day:
        return UNKNOWN_AGE_GROUP
    age = age_on(born, day)
    return next(code for lowest, code in reversed(AGE_GROUPS) if age >= lowest)


def follow_up_due(exited_on: date) -> date:
    """Return the day a follow-up falls due: three months after the exit.

    Where that month lacks the day it is the month's last: 30 November gives 28 or 29 February
    (lag 1930:173 1 §).
    """
    years, month = divmod(exited_on.month - 1 + 3, 12)
    year = exited_on.year + years
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(exited_on.day, last))
