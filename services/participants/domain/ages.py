"""The age groups that figures are broken down by; the database's age_group() assigns them."""

from __future__ import annotations

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
"""Lowest age of each group, in whole years, and its code."""


def birthday(born: date, years: int) -> date:
    """Return the day on which somebody turns so many years; the database has the same function.

    Who was born on 29 February turns a year older on 1 March of a common year: the year is full
    when its last day has passed, and age() counts the same way. No statute read by us says so
    for people. For a twentieth birthday it matters in 2100 only, as 2000 was a leap year.
    """
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def age_on(born: date, day: date) -> int:
    """Return the whole years somebody has lived through on a day, as age_group() counts them.

    Who was born on 29 February gets a year older on 1 March of a common year: a year is full
    when the day before its anniversary has passed.
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
