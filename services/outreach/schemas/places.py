"""Shapes of operations, counting rules and venues."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from services.outreach.domain.codes import VenueKind
from services.outreach.domain.counting import Counts
from services.outreach.schemas.fields import (
    LEFT_OUT,
    ChangeIn,
    DistrictCode,
    Name,
    Note,
    OperationCode,
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
