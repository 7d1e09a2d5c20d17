"""Calendars of public sessions, for anybody."""

from __future__ import annotations

from services.outreach import queries
from services.outreach.domain.calendars import AHEAD, BACK, calendar
from services.outreach.queries import OPERATIONS, VENUES
from shared.clock import today
from shared.db import ReadSession


async def of_sessions(session: ReadSession, *, venue: str | None, operation: str | None) -> bytes:
    """Return the calendar of a venue, an operation, or an operation at a venue.

    Raises:
        NotFoundHere: there is no such venue or operation.

    """
    names = []
    if operation is not None:
        names.append((await queries.named(session, OPERATIONS, operation)).name)
    if venue is not None:
        names.append((await queries.named(session, VENUES, venue)).name)
    day = today()
    entries = await queries.public_sessions(
        session, venue=venue, operation=operation, first=day - BACK, last=day + AHEAD
    )
    return calendar(", ".join(names), entries)
