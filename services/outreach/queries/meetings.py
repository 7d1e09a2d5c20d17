"""Reads of sessions and visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, case, cast, func, or_, select, union

from services.outreach.domain.codes import SessionState
from services.outreach.models import Contact, OutreachSession, VisitTally
from services.outreach.queries.reading import Conditions, Session
from shared.clock import STOCKHOLM, local_day

_AN_HOUR = timedelta(hours=1)


async def has_visits(session: Session, session_id: UUID) -> bool:
    """Tell whether visits are counted on a session."""
    counted = select(VisitTally.id).where(
        VisitTally.session_id == session_id, VisitTally.retracted_at.is_(None)
    )
    return bool(await session.scalar(select(counted.exists())))


async def session_of_schedule(session: Session, schedule_id: UUID, day: date) -> UUID | None:
    """Return the session that a schedule gave for a day of its rule."""
    return await session.scalar(
        select(OutreachSession.id).where(
            OutreachSession.schedule_id == schedule_id, OutreachSession.scheduled_on == day
        )
    )


def unreported(now: datetime) -> Conditions:
    """Return the conditions of a session that is over and of which something remains to be said.

    The rules of domain.times.over and domain.meetings.missing_parts; a test compares.
    """
    of_session = (
        select(kind.id)
        .where(kind.session_id == OutreachSession.id, kind.retracted_at.is_(None))
        .exists()
        for kind in (VisitTally, Contact)
    )
    return (
        OutreachSession.state != SessionState.CANCELLED,
        OutreachSession.planned_on <= local_day(now),
        _end() <= now,
        ~or_(*of_session),
    )


async def recorded(session: Session, sessions: Sequence[UUID]) -> set[UUID]:
    """Return the sessions, among these, of which visits or contacts are recorded."""
    kinds = (
        select(kind.session_id).where(kind.session_id.in_(sessions), kind.retracted_at.is_(None))
        for kind in (VisitTally, Contact)
    )
    return {found for found in await session.scalars(union(*kinds)) if found is not None}


def _end() -> ColumnElement[datetime]:
    """Return the instant at which a session ends, or its day does if it has no end."""
    row = OutreachSession
    same_day = row.planned_on + func.coalesce(row.ends_at, time.min)
    end = case((row.ends_at > row.starts_at, same_day), else_=same_day + timedelta(days=1))
    local = cast(end, DateTime())
    # An hour that comes twice is the first: only the hour before it, and one more, says so.
    return func.least(
        func.timezone(STOCKHOLM.key, local),
        func.timezone(STOCKHOLM.key, local - _AN_HOUR) + _AN_HOUR,
    )
