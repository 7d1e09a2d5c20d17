"""Reads of sessions and visits."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.outreach.models import OutreachSession, VisitTally
from services.outreach.queries.reading import Session


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
