"""Coordination numbers (samordningsnummer): how long one holds without being renewed."""

from __future__ import annotations

from datetime import date

_CALENDAR_YEARS = 5


def rests_from(confirmed_on: date) -> date:
    """Return the first day on which a number not renewed since is to be declared dormant.

    Lag (2022:1697) om samordningsnummer, 3 kap. 2 §: a number becomes vilande when no renewal
    was asked for by the end of the fifth calendar year after the year in which it was assigned
    or last renewed.
    """
    return date(confirmed_on.year + _CALENDAR_YEARS + 1, 1, 1)
