"""Field types that several shapes share, with their limits and examples."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Self, TypeAlias

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.outreach.domain.codes import CODE_PATTERN
from shared.models import ABOUT_NOBODY, ApiModel, Instant

MAX_CODE = 60
MAX_NAME = 200
MAX_COUNT = 100_000


def _code(example: str, description: str | None = None) -> Any:  # noqa: ANN401  pydantic's own
    return Field(
        pattern=CODE_PATTERN, max_length=MAX_CODE, examples=[example], description=description
    )


OperationCode: TypeAlias = Annotated[str, _code("guidance")]
VenueCode: TypeAlias = Annotated[str, _code("tensta-library")]
EmployerCode: TypeAlias = Annotated[str, _code("yalla-rinkeby")]
PartnerCode: TypeAlias = Annotated[str, _code("stockholm-business-region")]
UnitCode: TypeAlias = Annotated[str, _code("jobbtorg-unga-jarva", "A unit of participants")]
ProgrammeCode: TypeAlias = Annotated[
    str, _code("kvinnors-etablering", "A programme of participants")
]
DistrictCode: TypeAlias = Annotated[str, _code("rinkeby-kista")]
SectorCode: TypeAlias = Annotated[str, _code("private-elderly-care")]

Name: TypeAlias = Annotated[
    str,
    Field(min_length=1, max_length=MAX_NAME, examples=["Tensta bibliotek"]),
    ABOUT_NOBODY,
]
Note: TypeAlias = Annotated[
    str,
    Field(
        max_length=500,
        examples=["Från 2024 räknas inte ungdomar i KAA."],
        description="Swedish; printed with figures across the change",
    ),
    ABOUT_NOBODY,
]
Reason: TypeAlias = Annotated[
    str,
    Field(
        min_length=3,
        max_length=500,
        examples=["Handledaren var sjuk"],
        description="Why; no personal data",
    ),
    ABOUT_NOBODY,
]
Times: TypeAlias = Annotated[
    int,
    Field(ge=1, le=31, examples=[2], description="How many times in each such period, if known"),
]
Count: TypeAlias = Annotated[int, Field(ge=0, le=MAX_COUNT, examples=[7])]


def _local(value: time) -> time:
    if value.tzinfo is not None:
        raise PydanticCustomError("local_time_expected", "Input should have no UTC offset")
    return value


LocalTime: TypeAlias = Annotated[
    time,
    AfterValidator(_local),
    Field(examples=["15:00:00"], description="Local time in Stockholm"),
]
RETRACTED: Any = Field(description="Set: it never was true")
OrganisationNumber: TypeAlias = Annotated[
    str,
    Field(
        max_length=11,
        examples=["212000-0142"],
        description="Of a legal person only: a sole trader's number is a personal number",
    ),
]
LEFT_OUT: Any = Field(default=None)
"""Default of a change's member that may be left out but not be null."""


class ChangeIn(ApiModel):
    """Base of changes: members left out stay as they are."""

    def values(self) -> dict[str, Any]:
        """Return the members that were sent, by column, the reason apart."""
        sent = self.model_fields_set - {"reason"}
        return {name: getattr(self, name) for name in sent}


class RecordIn(ApiModel):
    """Base of new records."""

    def values(self) -> dict[str, Any]:
        """Return every member by column."""
        return {name: getattr(self, name) for name in type(self).model_fields}


class RecordOut(ApiModel):
    """Base of records as they are shown; the ETag carries the version."""

    version: int = Field(examples=[1])
    recorded_at: Instant

    @classmethod
    def of(cls, row: object) -> Self:
        """Return the shape of a row."""
        return cls.model_validate(row, from_attributes=True)


class RetractionIn(ApiModel):
    """Why a record never was true."""

    reason: Reason
