"""Reads of groups."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.outreach.models import StudentCount
from services.outreach.queries.reading import Session


async def student_counts(session: Session, group_id: UUID) -> list[StudentCount]:
    """Return a group's students per year, the earliest year first."""
    rows = await session.scalars(
        select(StudentCount)
        .where(StudentCount.group_id == group_id, StudentCount.retracted_at.is_(None))
        .order_by(StudentCount.year)
    )
    return list(rows)
