"""Shapes of the half-yearly file, its faults, and the official codes it is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import Field

from services.participants.domain.kaa_codes import CodeList
from services.participants.domain.kaa_file import Fault, HalfYear
from services.participants.schemas.fields import RecordOut
from shared.models import ApiModel, Instant, LocalDate

if TYPE_CHECKING:
    from asyncpg import Record

HalfYearText: TypeAlias = Annotated[
    str, Field(pattern=r"^20[0-9]{2}-H[12]$", max_length=7, examples=["2024-H2"])
]
OwnCode: TypeAlias = Annotated[
    str, Field(pattern=r"^[a-z][a-z_]*$", max_length=60, examples=["moved"])
]
OfficialCode: TypeAlias = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=20, examples=["04"])
]
Source: TypeAlias = Annotated[
    str,
    Field(
        min_length=3,
        max_length=500,
        examples=["SCB, Instruktioner och kodförteckningar"],
        description="Where the code is from",
    ),
]


class KaaFileIn(ApiModel):
    """Which half-year's file to make; it replaces the one before."""

    half_year: HalfYearText
    include_protected: bool = Field(
        default=False,
        description="People with protected identity too; needs participants:protected",
    )

    @property
    def half(self) -> HalfYear:
        return HalfYear.parse(self.half_year)


class KaaFileOut(RecordOut):
    """A file that was made; of a half-year, the one with the highest number is the one to send."""

    id: UUID
    half_year: HalfYearText
    number: int
    basis: Instant
    rows: int
    youths: int
    protected_included: bool
    protected_left_out: int
    sha256: str = Field(min_length=64, max_length=64, examples=["0" * 64])
    made_by: str = Field(max_length=200, examples=["kaa-officer-2"])
    recorded_at: Instant


class KaaFileFaultOut(ApiModel):
    """What is wrong with a line of a half-year's file."""

    membership_id: UUID
    person_id: UUID
    block: int = Field(ge=1, le=5)
    field: str = Field(max_length=40, examples=["occupation"])
    code: str = Field(max_length=40, examples=["unmapped"])
    explanation: str = Field(max_length=200, examples=["En obligatorisk uppgift saknas."])

    @classmethod
    def of(cls, fault: Fault, person_id: UUID) -> Self:
        return cls(
            membership_id=fault.membership_id,
            person_id=person_id,
            block=fault.block,
            field=fault.field,
            code=fault.code,
            explanation=fault.explanation,
        )


class KaaCodeMappingIn(ApiModel):
    """The official code of an own code, from a day on."""

    code_list: CodeList
    code: OwnCode
    official_code: OfficialCode
    valid_from: LocalDate
    source: Source


class KaaCodeMappingOut(KaaCodeMappingIn):
    id: UUID
    recorded_by: str = Field(max_length=200, examples=["kaa-administrator"])
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        """Return the model of a row."""
        same = ("id", "code", "official_code", "valid_from", "source", "recorded_by", "recorded_at")
        return cls.model_validate({name: row[name] for name in same} | {"code_list": row["list"]})
