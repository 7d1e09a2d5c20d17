"""Shapes of partners, and of collaborations and agreements with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import Field

from services.outreach.domain.codes import (
    AgreementKind,
    Cadence,
    CollaborationKind,
    CollaborationState,
    PartnerKind,
)
from services.outreach.domain.collaborations import on_day
from services.outreach.models import Collaboration, StateChange
from services.outreach.schemas.fields import (
    LEFT_OUT,
    RETRACTED,
    ChangeIn,
    EmployerCode,
    Name,
    OrganisationNumber,
    PartnerCode,
    Reason,
    RecordIn,
    RecordOut,
    Times,
    UnitCode,
)
from shared.models import ABOUT_NOBODY, ApiModel, Instant, LocalDate

Purpose: TypeAlias = Annotated[
    str,
    Field(min_length=1, max_length=500, examples=["Språkcaféer"], description="What for"),
    ABOUT_NOBODY,
]
Partners: TypeAlias = Annotated[list[PartnerCode], Field(min_length=1, max_length=20)]


class PartnerIn(RecordIn):
    """A partner to add; whom one speaks to there is not kept."""

    code: PartnerCode
    name: Name
    kind: PartnerKind
    organisation_number: OrganisationNumber | None = None
    employer: EmployerCode | None = None


class PartnerChangeIn(ChangeIn):
    """What changes about a partner."""

    name: Name = LEFT_OUT
    kind: PartnerKind = LEFT_OUT
    organisation_number: OrganisationNumber | None = None
    employer: EmployerCode | None = None
    reason: Reason


class PartnerOut(RecordOut):
    """A partner; `employer` names it among the employers, if it is one too."""

    code: PartnerCode
    name: Name
    kind: PartnerKind
    organisation_number: OrganisationNumber | None
    employer: EmployerCode | None


class EngagementOut(ApiModel):
    """How many records there are, and how many of them are current."""

    total: int = Field(examples=[3])
    current: int = Field(examples=[1])


class EngagementsOut(ApiModel):
    """What a partner has with the committee, as far as the caller's units show it."""

    partner: PartnerCode
    on: LocalDate = Field(description="The day that current refers to")
    agreements: EngagementOut = Field(description="Current: in force")
    collaborations: EngagementOut = Field(description="Current: active")
    employer_visits: EngagementOut = Field(description="Current: of the last 365 days")


class AgreementIn(RecordIn):
    """An agreement to record."""

    partner: PartnerCode
    kind: AgreementKind
    purpose: Name
    starts_on: LocalDate
    ends_on: LocalDate | None = None
    continues: UUID | None = Field(default=None, description="The agreement before it")


class AgreementChangeIn(ChangeIn):
    """What changes about an agreement."""

    kind: AgreementKind = LEFT_OUT
    purpose: Name = LEFT_OUT
    starts_on: LocalDate = LEFT_OUT
    ends_on: LocalDate | None = None
    continues: UUID | None = None
    reason: Reason


class AgreementOut(RecordOut):
    """An agreement."""

    id: UUID
    partner: PartnerCode
    kind: AgreementKind
    purpose: Name
    starts_on: LocalDate
    ends_on: LocalDate | None
    continues: UUID | None
    retracted_at: Instant | None = RETRACTED


class CollaborationIn(RecordIn):
    """A collaboration to record; it is active from its first day."""

    unit: UnitCode
    name: Name
    purpose: Purpose
    kind: CollaborationKind
    cadence: Cadence
    times: Times | None = None
    partners: Partners
    starts_on: LocalDate


class CollaborationChangeIn(ChangeIn):
    """What changes about a collaboration."""

    name: Name = LEFT_OUT
    purpose: Purpose = LEFT_OUT
    kind: CollaborationKind = LEFT_OUT
    cadence: Cadence = LEFT_OUT
    times: Times | None = None
    partners: Partners = LEFT_OUT
    starts_on: LocalDate = LEFT_OUT
    reason: Reason


class StateChangeIn(ApiModel):
    """From which day on, and why."""

    valid_from: LocalDate = Field(description="First day on which it is so")
    reason: Reason


class StateChangeOut(ApiModel):
    """A state and the first day on which it held."""

    state: CollaborationState
    valid_from: LocalDate
    reason: Reason | None


class CollaborationOut(RecordOut):
    """A collaboration, with its states from the earliest."""

    id: UUID
    unit: UnitCode
    name: Name
    purpose: Purpose
    kind: CollaborationKind
    cadence: Cadence
    times: Times | None
    partners: Partners
    starts_on: LocalDate
    on: LocalDate = Field(description="The day that state refers to")
    state: CollaborationState | None = Field(description="Null: it had not begun")
    states: list[StateChangeOut]
    retracted_at: Instant | None = RETRACTED

    @classmethod
    def told(cls, row: Collaboration, changes: Sequence[StateChange], *, day: date) -> Self:
        """Return the shape of a collaboration as it stands on a day."""
        held = on_day([(change.valid_from, change.state) for change in changes], day)
        columns = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        states = [StateChangeOut.model_validate(each, from_attributes=True) for each in changes]
        return cls.model_validate({**columns, "on": day, "state": held, "states": states})
