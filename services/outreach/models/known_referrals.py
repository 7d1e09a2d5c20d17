"""What participants has told of referrals: the newest of each thing, by its version.

What became of a referral follows from it (domain.referrals.fate); no route reads these tables out.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.outreach.models.base import Base, reference


class KnownAnswer(Base):
    """What the unit of a referral has answered."""

    __tablename__ = "known_answer"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    version: Mapped[int]
    accepted_on: Mapped[date | None]
    enrolment_id: Mapped[UUID | None]
    declined_on: Mapped[date | None]
    decline_reason: Mapped[str | None]


class KnownEnrolment(Base):
    """An enrolment that a referral led to; retracted ones too."""

    __tablename__ = "known_enrolment"
    __table_args__ = (Index("known_enrolment_referral_id_idx", "referral_id"),)

    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[UUID] = reference("referral.id")
    version: Mapped[int]
    started_on: Mapped[date]
    exited_on: Mapped[date | None]
    outcome: Mapped[str | None]
    retracted: Mapped[bool]
