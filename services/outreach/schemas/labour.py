"""Shapes of groups, employers, hires and outreach workers."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import Field

from services.outreach.domain.codes import Contract, EventKind, WorkerRole
from services.outreach.schemas.fields import (
    LEFT_OUT,
    MAX_COUNT,
    RETRACTED,
    ChangeIn,
    Count,
    DistrictCode,
    EmployerCode,
    Name,
    OperationCode,
    OrganisationNumber,
    PartnerCode,
    Reason,
    RecordIn,
    RecordOut,
    SectorCode,
    UnitCode,
    VenueCode,
)
from shared.models import ApiModel, Instant, LocalDate

Places: TypeAlias = Annotated[int, Field(ge=1, le=MAX_COUNT, examples=[4])]
_YEAR = Field(ge=1990, le=2100, examples=[2024])


class GroupIn(RecordIn):
    """A group to open."""

    operation: OperationCode
    venue: VenueCode | None = None
    unit: UnitCode
    name: Name
    starts_on: LocalDate
    ends_on: LocalDate | None = None


class GroupChangeIn(ChangeIn):
    """What changes about a group."""

    venue: VenueCode | None = None
    name: Name = LEFT_OUT
    starts_on: LocalDate = LEFT_OUT
    ends_on: LocalDate | None = None
    reason: Reason


class GroupOut(RecordOut):
    """A group that meets over time."""

    id: UUID
    operation: OperationCode
    venue: VenueCode | None
    unit: UnitCode
    name: Name
    starts_on: LocalDate
    ends_on: LocalDate | None
    retracted_at: Instant | None = RETRACTED


class StudentCountIn(RecordIn):
    """How many studied in a group in a calendar year."""

    year: int = _YEAR
    women: Count
    men: Count
    unknown: Count = 0


class StudentCountChangeIn(ChangeIn):
    """What was counted wrongly."""

    women: Count = LEFT_OUT
    men: Count = LEFT_OUT
    unknown: Count = LEFT_OUT
    reason: Reason


class StudentCountOut(RecordOut):
    """Students of one group and year."""

    id: UUID
    group_id: UUID
    year: int = _YEAR
    women: Count
    men: Count
    unknown: Count
    retracted_at: Instant | None = RETRACTED


class EmployerIn(RecordIn):
    """An employer to add."""

    code: EmployerCode
    name: Name
    sector: SectorCode
    organisation_number: OrganisationNumber | None = None


class EmployerChangeIn(ChangeIn):
    """What changes about an employer."""

    name: Name = LEFT_OUT
    sector: SectorCode = LEFT_OUT
    organisation_number: OrganisationNumber | None = None
    reason: Reason


class EmployerOut(RecordOut):
    """An employer."""

    code: EmployerCode
    name: Name
    sector: SectorCode
    organisation_number: OrganisationNumber | None


class EmployerVisitIn(RecordIn):
    """A visit at an employer, perhaps together with a partner."""

    employer: EmployerCode
    unit: UnitCode
    visited_on: LocalDate
    partner: PartnerCode | None = None


class EmployerVisitOut(RecordOut):
    """A visit at an employer."""

    id: UUID
    employer: EmployerCode
    unit: UnitCode
    visited_on: LocalDate
    partner: PartnerCode | None
    retracted_at: Instant | None = RETRACTED


class InternshipIn(RecordIn):
    """Internships that an employer offers, and the places taken by sex, if any are yet."""

    employer: EmployerCode
    unit: UnitCode
    offered_on: LocalDate
    places: Places
    starts_on: LocalDate | None = None
    ends_on: LocalDate | None = None
    women: Count = 0
    men: Count = 0
    unknown: Count = 0


class InternshipChangeIn(ChangeIn):
    """How many places are taken by now, or what was offered."""

    offered_on: LocalDate = LEFT_OUT
    places: Places = LEFT_OUT
    starts_on: LocalDate | None = None
    ends_on: LocalDate | None = None
    women: Count = LEFT_OUT
    men: Count = LEFT_OUT
    unknown: Count = LEFT_OUT
    reason: Reason


class InternshipOut(RecordOut):
    """Internships offered by an employer; women, men and unknown took places."""

    id: UUID
    employer: EmployerCode
    unit: UnitCode
    offered_on: LocalDate
    places: Places
    starts_on: LocalDate | None
    ends_on: LocalDate | None
    women: Count
    men: Count
    unknown: Count
    retracted_at: Instant | None = RETRACTED


class RecruitmentEventIn(RecordIn):
    """A recruitment event that was held."""

    employer: EmployerCode | None = None
    venue: VenueCode | None = None
    unit: UnitCode
    kind: EventKind
    held_on: LocalDate


class RecruitmentEventOut(RecordOut):
    """A recruitment event."""

    id: UUID
    employer: EmployerCode | None
    venue: VenueCode | None
    unit: UnitCode
    kind: EventKind
    held_on: LocalDate
    retracted_at: Instant | None = RETRACTED


class HireIn(RecordIn):
    """How many an employer hired on a day; at least one."""

    employer: EmployerCode
    recruitment_event_id: UUID | None = None
    unit: UnitCode
    hired_on: LocalDate
    women: Count = 0
    men: Count = 0
    unknown: Count = 0


class HireOut(RecordOut):
    """People hired by an employer on a day."""

    id: UUID
    employer: EmployerCode
    recruitment_event_id: UUID | None
    unit: UnitCode
    hired_on: LocalDate
    women: Count
    men: Count
    unknown: Count
    retracted_at: Instant | None = RETRACTED


class OutreachWorkerIn(RecordIn):
    """An employment to record; never who it is."""

    operation: OperationCode
    unit: UnitCode
    district: DistrictCode
    role: WorkerRole
    contract: Contract
    starts_on: LocalDate
    ends_on: LocalDate | None = None


class OutreachWorkerChangeIn(ChangeIn):
    """What changes about an employment."""

    district: DistrictCode = LEFT_OUT
    role: WorkerRole = LEFT_OUT
    contract: Contract = LEFT_OUT
    starts_on: LocalDate = LEFT_OUT
    ends_on: LocalDate | None = None
    reason: Reason


class ExtensionIn(ApiModel):
    """The new last day, and why."""

    ends_on: LocalDate
    reason: Reason


class OutreachWorkerOut(RecordOut):
    """An employment."""

    id: UUID
    operation: OperationCode
    unit: UnitCode
    district: DistrictCode
    role: WorkerRole
    contract: Contract
    starts_on: LocalDate
    ends_on: LocalDate | None
    extensions: int = Field(description="How often it was made longer", examples=[0])
    retracted_at: Instant | None = RETRACTED
