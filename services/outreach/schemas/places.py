"""Shapes of operations, counting rules, venues, partners and agreements."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import Field

from services.outreach.domain.codes import AgreementKind, PartnerKind, VenueKind
from services.outreach.domain.counting import Counts
from services.outreach.schemas.fields import (
    LEFT_OUT,
    ChangeIn,
    DistrictCode,
    Name,
    Note,
    OperationCode,
    PartnerCode,
    Reason,
    RecordIn,
    RecordOut,
    VenueCode,
)
from shared.models import ABOUT_NOBODY, ApiModel, LocalDate

Address: TypeAlias = Annotated[
    str,
    Field(max_length=200, examples=["Tenstagången 20"], description="Of the venue itself"),
    ABOUT_NOBODY,
]


class OperationIn(RecordIn):
    """An operation to open, with its first counting rule."""

    code: OperationCode
    name: Name
    counts: Counts
    valid_from: LocalDate
    valid_to: LocalDate | None = None


class OperationChangeIn(ChangeIn):
    """A new name, or another last day."""

    name: Name = LEFT_OUT
    valid_to: LocalDate | None = None
    reason: Reason


class OperationOut(RecordOut):
    """An operation; `validTo` is the last day on which it was run."""

    code: OperationCode
    name: Name
    valid_from: LocalDate
    valid_to: LocalDate | None


class CountingRuleIn(ApiModel):
    """What the operation counts from a day on."""

    counts: Counts
    valid_from: LocalDate
    note: Note


class CountingRuleOut(ApiModel):
    """One rule; it holds until the next one begins."""

    version: int = Field(examples=[1])
    counts: Counts
    unit: str = Field(description="Of the operation's own figures", examples=["visits"])
    valid_from: LocalDate
    note: Note


class CountingRulesOut(ApiModel):
    """An operation's rules, the earliest first; each after the first is a series break."""

    items: list[CountingRuleOut]


class VenueIn(RecordIn):
    """A venue to open."""

    code: VenueCode
    name: Name
    kind: VenueKind
    district: DistrictCode
    address: Address | None = None
    valid_from: LocalDate
    valid_to: LocalDate | None = None


class VenueChangeIn(ChangeIn):
    """What changes about a venue."""

    name: Name = LEFT_OUT
    kind: VenueKind = LEFT_OUT
    district: DistrictCode = LEFT_OUT
    address: Address | None = None
    valid_to: LocalDate | None = None
    reason: Reason


class VenueOut(RecordOut):
    """A venue."""

    code: VenueCode
    name: Name
    kind: VenueKind
    district: DistrictCode
    address: Address | None
    valid_from: LocalDate
    valid_to: LocalDate | None


class PartnerIn(RecordIn):
    """A partner to add."""

    code: PartnerCode
    name: Name
    kind: PartnerKind


class PartnerChangeIn(ChangeIn):
    """What changes about a partner."""

    name: Name = LEFT_OUT
    kind: PartnerKind = LEFT_OUT
    reason: Reason


class PartnerOut(RecordOut):
    """A partner."""

    code: PartnerCode
    name: Name
    kind: PartnerKind


class AgreementIn(RecordIn):
    """An agreement to record."""

    partner: PartnerCode
    kind: AgreementKind
    purpose: Name
    starts_on: LocalDate
    ends_on: LocalDate | None = None


class AgreementChangeIn(ChangeIn):
    """What changes about an agreement."""

    kind: AgreementKind = LEFT_OUT
    purpose: Name = LEFT_OUT
    starts_on: LocalDate = LEFT_OUT
    ends_on: LocalDate | None = None
    reason: Reason


class AgreementOut(RecordOut):
    """An agreement."""

    id: UUID
    partner: PartnerCode
    kind: AgreementKind
    purpose: Name
    starts_on: LocalDate
    ends_on: LocalDate | None
