"""Field types that several shapes share, with their limits and examples."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Self, TypeAlias

from pydantic import Field, ValidationInfo, field_validator

from shared.errors import Unacceptable
from shared.models import ApiModel, LocalDate

if TYPE_CHECKING:
    from asyncpg import Record


class RecordOut(ApiModel):
    """A model with a field for each column of its query."""

    @classmethod
    def of(cls, row: Record) -> Self:
        """Return the model of a row; columns that are no field are left out."""
        return cls.model_validate({name: row[name] for name in cls.model_fields})


LONGEST_NAME = 200


def _text(example: str, *, longest: int = LONGEST_NAME, shortest: int = 1) -> object:
    return Field(min_length=shortest, max_length=longest, examples=[example])


class ValidityIn(ApiModel):
    """The days on which a code can be booked on: without a last one until further notice."""

    valid_from: LocalDate
    valid_to: LocalDate | None = None

    @field_validator("valid_to", mode="after")
    @classmethod
    def _after_the_first(cls, last: date | None, said: ValidationInfo) -> date | None:
        first = said.data.get("valid_from")
        if last is not None and first is not None and last < first:
            raise Unacceptable("the last day is not before the first")
        return last


PERIOD = Field(
    max_length=13, description="First and last period, both included", examples=["202001-202008"]
)

AccountCode: TypeAlias = Annotated[
    str, Field(pattern=r"^[1-9][0-9]{1,5}$", max_length=6, examples=["5010"])
]
AccountGroup: TypeAlias = Annotated[str, Field(max_length=2, examples=["50"])]
CounterpartCode: TypeAlias = Annotated[
    str, Field(pattern=r"^[0-9]{1,6}$", max_length=6, examples=["87"])
]
PeriodNumber: TypeAlias = Annotated[
    int,
    Field(
        ge=190000,
        le=219914,
        description="YYYYPP: 00 is the opening balance, 13 and 14 are closing periods",
        examples=[202008],
    ),
]
Year: TypeAlias = Annotated[int, Field(ge=1900, le=2199, examples=[2020])]
SeriesCode: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z]{1,4}$", max_length=4, examples=["A"])]
Name: TypeAlias = Annotated[str, _text("Löner arbetad tid")]
VoucherText: TypeAlias = Annotated[str, _text("Hyra augusti, Kista")]
Reason: TypeAlias = Annotated[
    str, Field(min_length=3, max_length=500, pattern=r"\S", examples=["Fel konto"])
]
ObjectCode: TypeAlias = Annotated[
    str, Field(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=40, examples=["A12"])
]
Dimension: TypeAlias = Annotated[
    str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=40, examples=["6"])
]
DimensionNumber: TypeAlias = Annotated[
    int,
    Field(
        ge=1,
        le=9999,
        description="As in ledger files: 1 responsibility, 6 project, 21 activity, others free",
        examples=[7],
    ),
]
Objects: TypeAlias = Annotated[
    dict[Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}$")], ObjectCode],
    Field(
        max_length=20,
        description="Free dimensions: the object of each number that has no field of its own",
        examples=[{"7": "A12"}],
    ),
]
PostingText: TypeAlias = Annotated[
    str, Field(max_length=300, description="Empty: the voucher's own", examples=[""])
]
Subject: TypeAlias = Annotated[str, Field(max_length=200, examples=["ekonomiassistent-4"])]
KronorOut: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^-?[0-9]{1,15}\.[0-9]{2}$",
        max_length=19,
        description="Kronor with two decimals; costs and assets positive",
        examples=["-335238030.46"],
    ),
]
KebabCode: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60, examples=["inventarier-och-maskiner"]
    ),
]
