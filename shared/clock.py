"""Two clocks: instants in UTC, and the calendar day in Stockholm."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def utcnow() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the present calendar day in Stockholm (a local date, not UTC's)."""
    return datetime.now(STOCKHOLM).date()


def local_day(instant: datetime) -> date:
    """Return the calendar day in Stockholm on which an aware instant falls."""
    return instant.astimezone(STOCKHOLM).date()


def rfc3339(instant: datetime) -> str:
    """Return an aware instant as RFC 3339 in UTC with microseconds and ``Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
