"""Shapes of units, programmes and teams."""

from __future__ import annotations

from pydantic import Field

from services.participants.domain.codes import Ownership, ProgrammeKind, UnitKind
from services.participants.schemas.fields import (
    DistrictCode,
    Label,
    ProgrammeCode,
    Reason,
    RecordOut,
    TeamCode,
    UnitCode,
)
from shared.models import ApiModel, LocalDate


class UnitIn(ApiModel):
    """A unit to open."""

    code: UnitCode
    name: Label
    kind: UnitKind
    ownership: Ownership
    district: DistrictCode
    valid_from: LocalDate


class UnitOut(RecordOut):
    """A unit; `validTo` is its last day, absent while it is in operation."""

    code: UnitCode
    name: Label
    kind: UnitKind
    ownership: Ownership
    district: DistrictCode
    valid_from: LocalDate
    valid_to: LocalDate | None
    version: int


class ProgrammeIn(ApiModel):
    """A programme to open; `projectReference` is the budget service's code of its project."""

    code: ProgrammeCode
    name: Label
    kind: ProgrammeKind
    project_reference: str | None = Field(default=None, max_length=60, examples=["esf-2024-017"])
    esf_from: LocalDate | None = Field(default=None, description="The first day paid for by ESF+")
    valid_from: LocalDate


class ProgrammeOut(RecordOut):
    """A programme; `validTo` is its last day, absent while it is in operation."""

    code: ProgrammeCode
    name: Label
    kind: ProgrammeKind
    project_reference: str | None = Field(max_length=60, examples=["esf-2024-017"])
    esf_from: LocalDate | None = Field(description="First day paid for by ESF+, null if none is")
    esf_to: LocalDate | None = Field(description="Last day paid for by ESF+, null if open")
    valid_from: LocalDate
    valid_to: LocalDate | None
    version: int


class EsfFundingIn(ApiModel):
    """The days on which ESF+ pays for a programme; `esfFrom: null` says that it never did."""

    esf_from: LocalDate | None
    esf_to: LocalDate | None = None
    reason: Reason


class TeamIn(ApiModel):
    """A team of a programme to open."""

    code: TeamCode
    programme: ProgrammeCode
    name: Label
    pilot: bool
    valid_from: LocalDate


class TeamOut(RecordOut):
    """A team; `validTo` is its last day, absent while it is in operation."""

    code: TeamCode
    programme: ProgrammeCode
    name: Label
    pilot: bool
    valid_from: LocalDate
    valid_to: LocalDate | None
    version: int


class ClosureIn(ApiModel):
    """The last day in operation."""

    last_day: LocalDate
    reason: Reason
