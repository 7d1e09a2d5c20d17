"""Shapes of signed reports of a period, and of checking them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from services.budget.domain.periods import NotAPeriod, PeriodRange, parse_range
from services.budget.period_reports import Verification
from services.budget.schemas.fields import PERIOD, Subject
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant

if TYPE_CHECKING:
    from asyncpg import Record

Hash = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        max_length=64,
        description="SHA-256 of the canonical JSON of statements, ties, deviations and projects",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]


def _range(text: str) -> str:
    try:
        parse_range(text)
    except NotAPeriod as error:
        raise Unacceptable(str(error)) from error
    return text


class PeriodReportIn(ApiModel):
    """The periods to sign for; ``basis`` is that of the statements that were read."""

    period: Annotated[str, AfterValidator(_range)] = Field(
        max_length=13,
        description="202001-202008, 202008, 2020-T2, 2020-Q3, 2020-08 or 2020",
        examples=["2020-T2"],
    )
    basis: Instant | None = None

    @property
    def range(self) -> PeriodRange:
        return parse_range(self.period)


class PeriodReportOut(ApiModel):
    id: UUID
    period: str = PERIOD
    basis: Instant
    format: int = Field(
        description="Which rows, columns and ties the signature vouches for", examples=[1]
    )
    content_hash: Hash
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        period = str(PeriodRange(row["first_period"], row["last_period"]))
        named = {name: row[name] for name in cls.model_fields if name != "period"}
        return cls.model_validate({**named, "period": period})


class DifferenceOut(ApiModel):
    """A value that is not what was signed; amounts are whole öre, null where there is none."""

    place: str = Field(max_length=300, examples=["statements/income-statement/rows/50/external"])
    kept: str | None = Field(max_length=4000, examples=["28318631842"])
    computed: str | None = Field(max_length=4000, examples=["28318631843"])


class VerificationOut(ApiModel):
    """A signed report computed once more from the postings at its basis."""

    report: PeriodReportOut
    unchanged: bool = Field(description="Whether everything is to the öre what was signed")
    computed_hash: Hash
    differences: list[DifferenceOut]

    @classmethod
    def of(cls, verification: Verification) -> Self:
        return cls(
            report=PeriodReportOut.of(verification.report),
            unchanged=verification.unchanged,
            computed_hash=verification.computed_hash,
            differences=[
                DifferenceOut(place=one.place, kept=one.kept, computed=one.computed)
                for one in verification.differences
            ],
        )
