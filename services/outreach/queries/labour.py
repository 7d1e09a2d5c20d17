"""Reads of groups, employers and employments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from services.outreach.models import Employer, OutreachWorker, StudentCount
from services.outreach.queries.reading import Conditions, Noun, Session

WORKER_ENDS = OutreachWorker.ends_on
"""What a list of the soonest ending employments is ordered by."""


async def student_counts(session: Session, group_id: UUID) -> list[StudentCount]:
    """Return a group's students per year, the earliest year first."""
    rows = await session.scalars(
        select(StudentCount)
        .where(StudentCount.group_id == group_id, StudentCount.retracted_at.is_(None))
        .order_by(StudentCount.year)
    )
    return list(rows)


def in_sector(noun: Noun[Any], sector: str | None) -> Conditions:
    """Return the condition that a record is of an employer of a sector."""
    if sector is None:
        return ()
    return (noun.model.employer.in_(select(Employer.code).where(Employer.sector == sector)),)


def employed(*, on: date | None, ends_within: int | None, today: date) -> Conditions:
    """Return the conditions that an employment covers a day, and ends within days."""
    asked: Conditions = ()
    if on is not None:
        asked += (
            OutreachWorker.starts_on <= on,
            or_(OutreachWorker.ends_on.is_(None), OutreachWorker.ends_on >= on),
        )
    if ends_within is not None:
        asked += (OutreachWorker.ends_on.between(today, today + timedelta(days=ends_within)),)
    return (OutreachWorker.retracted_at.is_(None), *asked) if asked else ()
