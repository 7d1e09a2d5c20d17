"""Reads of sessions and visits."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.outreach.models import VisitTally
from services.outreach.queries.reading import Session


async def has_visits(session: Session, session_id: UUID) -> bool:
    """Tell whether visits are counted on a session."""
    counted = select(VisitTally.id).where(
        VisitTally.session_id == session_id, VisitTally.retracted_at.is_(None)
    )
    return bool(await session.scalar(select(counted.exists())))
