"""Shapes of referrals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field
from typing_extensions import override

from services.outreach.domain.referrals import ReferralState, WithdrawalReason
from services.outreach.schemas.fields import (
    MAX_CODE,
    OperationCode,
    ProgrammeCode,
    RecordIn,
    RecordOut,
    UnitCode,
)
from services.outreach.schemas.meetings import ClientId
from shared.models import ApiModel, LocalDate


class ReferralIn(RecordIn):
    """A person to refer to a unit of participants."""

    id: ClientId = None
    person_id: UUID = Field(description="Opaque id from participants")
    unit: UnitCode
    programme: ProgrammeCode
    referred_on: LocalDate
    referring_unit: UnitCode | None = Field(
        default=None, description="Left out: the same unit", examples=["jobbtorg-unga-kista"]
    )
    operation: OperationCode | None = Field(
        default=None,
        description="Left out: that of the contact or the session",
        examples=["jobbtorg-outreach"],
    )
    session_id: UUID | None = None
    contact_id: UUID | None = None

    @override
    def values(self) -> dict[str, Any]:
        """Return every member by column; who refers to itself is the referring unit too."""
        return {**super().values(), "referring_unit": self.referring_unit or self.unit}


class WithdrawalIn(ApiModel):
    """Why a referral is taken back."""

    reason: WithdrawalReason
    withdrawn_on: LocalDate


class ReferralOut(RecordOut):
    """A referral and what became of it: `state` is the furthest of the days noted."""

    id: UUID
    person_id: UUID
    referring_unit: UnitCode
    unit: UnitCode
    programme: ProgrammeCode
    operation: OperationCode | None
    session_id: UUID | None
    contact_id: UUID | None
    state: ReferralState
    referred_on: LocalDate
    answer_due_on: LocalDate = Field(description="The last day on which the answer is in time")
    overdue_since: LocalDate | None = Field(
        description="Set: nobody had answered by this day; it stays when somebody does"
    )
    received_on: LocalDate | None
    withdrawn_on: LocalDate | None = Field(
        description="Set: taken back by who made it; an answer that crossed it stands"
    )
    withdrawal_reason: WithdrawalReason | None
    accepted_on: LocalDate | None
    declined_on: LocalDate | None
    decline_reason: str | None = Field(max_length=MAX_CODE, examples=["not_reached"])
    enrolled_on: LocalDate | None
    enrolment_id: UUID | None
    exited_on: LocalDate | None
    exit_outcome: str | None = Field(max_length=MAX_CODE, examples=["work"])
    reopened: bool = Field(description="An enrolment that it had led to was taken back")
