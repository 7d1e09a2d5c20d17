"""When a session begins and ends: local times of a day as instants, also on odd nights.

Twice a year the clocks of Stockholm change. A local time that does not exist (02:30 when they
go forward) is read with the offset before; one that exists twice is the first of the two, as
the standard for calendars has it (RFC 5545, 3.3.5).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from services.outreach.errors import EndWithoutStart, SessionTooLong
from shared.clock import STOCKHOLM

MOST_HOURS = 14
"""Longer than any evening out on the town; what is longer is a slip of the pen."""

_A_DAY = timedelta(days=1)


def require_times(starts_at: time | None, ends_at: time | None) -> None:
    """Check the times of a session; an end at or before the start is the next day's.

    Raises:
        EndWithoutStart: only an end.
        SessionTooLong: more than `MOST_HOURS` by the clock on the wall.

    """
    if ends_at is None:
        return
    if starts_at is None:
        raise EndWithoutStart
    day = date(2001, 1, 1)
    lasts = datetime.combine(last_day(day, starts_at, ends_at), ends_at) - datetime.combine(
        day, starts_at
    )
    if lasts > timedelta(hours=MOST_HOURS):
        raise SessionTooLong(MOST_HOURS)


def starts(day: date, starts_at: time | None) -> datetime | None:
    """Return the instant (UTC) at which a session of a day begins, if it has a time."""
    return None if starts_at is None else _instant(day, starts_at)


def ends(day: date, starts_at: time | None, ends_at: time | None) -> datetime | None:
    """Return the instant (UTC) at which a session of a day ends, if it has both times."""
    if starts_at is None or ends_at is None:
        return None
    return _instant(last_day(day, starts_at, ends_at), ends_at)


def over(day: date, starts_at: time | None, ends_at: time | None, *, now: datetime) -> bool:
    """Tell whether a session is over: at its end, or with its day if it has no end."""
    end = ends(day, starts_at, ends_at)
    return now >= (end or _instant(day + _A_DAY, time.min))


def last_day(day: date, starts_at: time, ends_at: time) -> date:
    """Return the day on which a session ends: the next, if its end is not after its start."""
    return day if ends_at > starts_at else day + _A_DAY


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=STOCKHOLM).astimezone(UTC)
