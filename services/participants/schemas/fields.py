"""Field types that several shapes share, with their limits and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self, TypeAlias

from pydantic import AfterValidator, Field

from services.participants.domain.codes import CODE_PATTERN
from shared.errors import Unacceptable
from shared.identity_numbers import holds_identity_number
from shared.models import ApiModel

if TYPE_CHECKING:
    from asyncpg import Record

_MAX_CODE = 60


class RecordOut(ApiModel):
    """A model with a field for each column of its query."""

    @classmethod
    def of(cls, row: Record) -> Self:
        """Return the model of a row; columns that are no field are left out."""
        return cls.model_validate({name: row[name] for name in cls.model_fields})


def names_nobody(text: str) -> str:
    if holds_identity_number(text):
        raise Unacceptable("must not contain an identity number")
    return text


def _code(example: str) -> object:
    return Field(pattern=CODE_PATTERN, max_length=_MAX_CODE, examples=[example])


UnitCode: TypeAlias = Annotated[str, _code("jobbtorg-unga-kista")]
ProgrammeCode: TypeAlias = Annotated[str, _code("stockholmskraften")]
TeamCode: TypeAlias = Annotated[str, _code("stockholmskraften-rinkeby")]
DistrictCode: TypeAlias = Annotated[str, _code("rinkeby-kista")]
Label: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=200, examples=["Jobbtorg unga Kista"])
]
Reason: TypeAlias = Annotated[
    str,
    Field(
        min_length=3,
        max_length=500,
        examples=["Fel startdag i anmälan"],
        description="Why, for whoever reads the history; no personal data",
    ),
    AfterValidator(names_nobody),
]
SourceKey: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9:._/-]+$",
        max_length=80,
        examples=["flai:2024-00117"],
        description="The record's key in the system it came from",
    ),
    AfterValidator(names_nobody),
]
WrittenNumber: TypeAlias = Annotated[
    str,
    Field(
        min_length=10,
        max_length=13,
        examples=["20200109-2382"],
        description="Personnummer or samordningsnummer, ten or twelve digits, - or + allowed",
    ),
]
