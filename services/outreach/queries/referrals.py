"""Reads of referrals."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Boolean, literal_column, select

from services.outreach.models import WAITS, Referral
from services.outreach.queries.reading import Conditions, Session

ANSWER_DUE = Referral.answer_due_on


def overdue() -> Conditions:
    """Return the conditions of referrals that wait later than their answer was due."""
    return (Referral.overdue_since.is_not(None), literal_column(WAITS, Boolean()))


async def open_referral(
    session: Session, *, person_id: UUID, unit: str, programme: str
) -> UUID | None:
    """Return the referral of a person that waits for an answer from the same place."""
    return await session.scalar(
        select(Referral.id).where(
            Referral.person_id == person_id,
            Referral.unit == unit,
            Referral.programme == programme,
            Referral.withdrawn_on.is_(None),
            Referral.declined_on.is_(None),
            Referral.enrolled_on.is_(None),
            Referral.exited_on.is_(None),
        )
    )
