"""Reads of referrals."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.outreach.models import Referral
from services.outreach.queries.reading import Session


async def open_referral(
    session: Session, *, person_id: UUID, unit: str, programme: str
) -> UUID | None:
    """Return the referral of a person that waits for an answer from the same place."""
    return await session.scalar(
        select(Referral.id).where(
            Referral.person_id == person_id,
            Referral.unit == unit,
            Referral.programme == programme,
            Referral.declined_on.is_(None),
            Referral.enrolled_on.is_(None),
            Referral.exited_on.is_(None),
        )
    )
