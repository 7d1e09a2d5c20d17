"""Reads of what anybody may see: public sessions, without their units."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from services.outreach.domain.calendars import Entry
from services.outreach.domain.codes import SessionKind, SessionState
from services.outreach.errors import NotFoundHere
from services.outreach.models import OutreachSession, Venue
from services.outreach.queries.reading import Noun, Row, Session


async def named(session: Session, noun: Noun[Row], code: str) -> Row:
    """Return an operation or a venue by its code; catalogues are everybody's.

    Raises:
        NotFoundHere: there is none.

    """
    row = await session.scalar(select(noun.model).where(noun.key == code))
    if row is None:
        raise NotFoundHere(noun.name)
    return row


async def public_sessions(
    session: Session, *, venue: str | None, operation: str | None, first: date, last: date
) -> list[Entry]:
    """Return the public sessions of days, of a venue, an operation or both, the earliest first."""
    found = (
        select(OutreachSession, Venue)
        .outerjoin(Venue, Venue.code == OutreachSession.venue)
        .where(OutreachSession.public, OutreachSession.planned_on.between(first, last))
        .order_by(OutreachSession.planned_on, OutreachSession.starts_at, OutreachSession.id)
    )
    if venue is not None:
        found = found.where(OutreachSession.venue == venue)
    if operation is not None:
        found = found.where(OutreachSession.operation == operation)
    return [_entry(row, place) for row, place in await session.execute(found)]


def _entry(row: OutreachSession, place: Venue | None) -> Entry:
    return Entry(
        id=row.id,
        version=row.version,
        recorded_at=row.recorded_at,
        kind=SessionKind(row.kind),
        state=SessionState(row.state),
        title=row.title,
        planned_on=row.planned_on,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        venue=place.name if place else None,
        address=place.address if place else None,
    )
