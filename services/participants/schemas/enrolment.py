"""Shapes of enrolments, advisory sessions and pending enrolments."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import Field

from services.participants.domain.codes import (
    Circumstance,
    Education,
    EntryStatus,
    Ground,
    Outcome,
    PendingState,
    RefusalReason,
    Sex,
    TargetGroup,
)
from services.participants.schemas.fields import (
    DistrictCode,
    ProgrammeCode,
    Reason,
    RecordOut,
    SourceKey,
    TeamCode,
    UnitCode,
)
from shared.models import ApiModel, LocalDate

Circumstances: TypeAlias = Annotated[
    list[Circumstance],
    Field(
        max_length=len(Circumstance),
        description="What the client states; what is left out is not known",
    ),
]
WithdrawalCode: TypeAlias = Annotated[
    str, Field(max_length=60, examples=["declined_by_person"], description="A code of outreach")
]
AgeGroup: TypeAlias = Annotated[str, Field(max_length=10, examples=["25-29"])]


class EntryIn(ApiModel):
    """What is known about a person at entry."""

    team: TeamCode | None = None
    ground: Ground
    circumstances: Circumstances = Field(default=[])
    status_at_entry: EntryStatus
    unemployed_since: LocalDate | None = None
    education_at_entry: Education | None = None
    started_on: LocalDate
    external_reference: SourceKey | None = None


class EnrolmentIn(EntryIn):
    """An enrolment to make."""

    person_id: UUID
    unit: UnitCode
    programme: ProgrammeCode


class ExitIn(ApiModel):
    """How an enrolment ended; the day itself is the first without enrolment."""

    exited_on: LocalDate
    outcome: Outcome


class CorrectionIn(ApiModel):
    """What was recorded wrongly. Fields left out stay; `exit: null` takes an exit back."""

    unit: UnitCode | None = None
    programme: ProgrammeCode | None = None
    team: TeamCode | None = None
    ground: Ground | None = None
    circumstances: Circumstances | None = None
    status_at_entry: EntryStatus | None = None
    unemployed_since: LocalDate | None = None
    education_at_entry: Education | None = None
    started_on: LocalDate | None = None
    exit: ExitIn | None = None
    reason: Reason


class RetractionIn(ApiModel):
    """Why a record never was true."""

    reason: Reason


class EnrolmentOut(RecordOut):
    """An enrolment; sex, age group, district and target groups are those of the entry day.

    `targetGroupRules` names the versions of the rules that the groups were judged by, of groups
    the person does not belong to as well; empty when they were stated and never judged.
    """

    id: UUID
    person_id: UUID
    unit: UnitCode
    programme: ProgrammeCode
    team: TeamCode | None
    ground: Ground
    circumstances: Circumstances
    target_groups: list[TargetGroup]
    target_group_rules: list[str] = Field(examples=[["kaa:1", "uvas:2"]])
    status_at_entry: EntryStatus
    unemployed_since: LocalDate | None
    education_at_entry: Education | None
    started_on: LocalDate
    exited_on: LocalDate | None
    outcome: Outcome | None
    external_reference: SourceKey | None
    referral_id: UUID | None
    sex: Sex
    age_group: AgeGroup
    district: DistrictCode
    retracted: bool
    version: int


class AdvisorySessionIn(ApiModel):
    """An advisory session held with a person who is not enrolled."""

    person_id: UUID
    unit: UnitCode
    programme: ProgrammeCode | None = None
    held_on: LocalDate
    external_reference: SourceKey | None = None


class AdvisorySessionCorrectionIn(ApiModel):
    """What was recorded wrongly. Fields left out stay; another person's is retracted instead."""

    unit: UnitCode | None = None
    programme: ProgrammeCode | None = None
    held_on: LocalDate | None = None
    reason: Reason


class AdvisorySessionOut(RecordOut):
    """An advisory session; `ordinal` is the first, second or third of at most three."""

    id: UUID
    person_id: UUID
    unit: UnitCode
    programme: ProgrammeCode | None
    held_on: LocalDate
    ordinal: int = Field(ge=1, le=3, examples=[1])
    external_reference: SourceKey | None
    retracted: bool
    version: int


class PendingEnrolmentOut(RecordOut):
    """A referral that waits for, or has got, a unit's answer."""

    id: UUID
    referral_id: UUID
    person_id: UUID
    unit: UnitCode
    programme: ProgrammeCode
    referred_on: LocalDate
    state: PendingState
    reason: RefusalReason | None
    decided_on: LocalDate | None
    enrolment_id: UUID | None
    answer_due_on: LocalDate | None = Field(
        description="The last day on which the answer is in time; null where none was said"
    )
    overdue: bool = Field(description="It waits, later than its answer was due")
    days_waiting: int | None = Field(
        description="Days since the person was referred, while it waits", examples=[3]
    )
    withdrawn_on: LocalDate | None = Field(
        description="Taken back by who referred; what the unit had decided before stands"
    )
    withdrawal_reason: WithdrawalCode | None
    version: int


class RefusalIn(ApiModel):
    """Why a referral does not become an enrolment."""

    reason: RefusalReason
