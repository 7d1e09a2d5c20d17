"""Shapes of the table of ESF+ indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field

from services.participants.domain.codes import Sex
from services.participants.domain.esf import (
    INCOMPLETE,
    INDICATORS,
    LEAVERS,
    LEAVERS_ANSWERED,
    SIX_MONTHS_ANSWERED,
)
from services.participants.schemas.fields import ProgrammeCode, UnitCode
from shared.models import ApiModel, Instant

if TYPE_CHECKING:
    from services.participants.domain.esf import Indicator
    from services.participants.esf_indicators import IndicatorTable

Number = Field(ge=0, examples=[41])


class EsfIndicatorOut(ApiModel):
    """One indicator by sex; numbers are null where it is not collected here, and `note` why."""

    code: str = Field(max_length=10, examples=["EECO01"])
    title: str = Field(max_length=200, examples=["Deltagare totalt"])
    kind: Literal["output", "entity", "immediate_result", "longer_term_result"]
    women: int | None = Number
    men: int | None = Number
    total: int | None = Number
    note: str | None = Field(max_length=500, examples=["Samlas inte in i Sverige."])

    @classmethod
    def of_numbers(cls, indicator: Indicator, numbers: dict[str, int] | None) -> Self:
        numbers = numbers or {}
        return cls(
            code=indicator.code,
            title=indicator.title,
            kind=indicator.kind,
            women=numbers.get(Sex.WOMEN),
            men=numbers.get(Sex.MEN),
            total=numbers.get("total"),
            note=indicator.not_collected,
        )


class EsfBasesOut(ApiModel):
    """What the indicators are to be read with."""

    incomplete: int = Number
    leavers: int = Number
    leavers_answered: int = Number
    six_months_answered: int = Number


class EsfCheckOut(ApiModel):
    """A check of consistency, and for which sexes (or indicators) it does not hold."""

    code: str = Field(max_length=60, examples=["status_adds_up"])
    rule: str = Field(max_length=200, examples=["EECO01 = EECO02 + EECO04 + EECO05"])
    holds: bool
    failures: list[str] = Field(examples=[["women"]])


class EsfTableOut(ApiModel):
    """The common indicators of a period at a basis, with their checks."""

    programme: ProgrammeCode | None
    period: str = Field(max_length=21, examples=["2024"])
    basis: Instant
    units: list[UnitCode] | None = Field(description="Only these units' participants, if not all")
    indicators: list[EsfIndicatorOut]
    bases: EsfBasesOut
    checks: list[EsfCheckOut]

    @classmethod
    def of(cls, table: IndicatorTable, **asked: Any) -> Self:  # noqa: ANN401  as asked
        numbers = {code: dict(by_sex) for code, by_sex in table.numbers.items()}
        bases = EsfBasesOut(
            incomplete=numbers[INCOMPLETE]["total"],
            leavers=numbers[LEAVERS]["total"],
            leavers_answered=numbers[LEAVERS_ANSWERED]["total"],
            six_months_answered=numbers[SIX_MONTHS_ANSWERED]["total"],
        )
        return cls(
            **asked,
            indicators=[EsfIndicatorOut.of_numbers(it, numbers.get(it.code)) for it in INDICATORS],
            bases=bases,
            checks=[
                EsfCheckOut(
                    code=check.code,
                    rule=check.rule,
                    holds=check.holds,
                    failures=list(check.fails_for),
                )
                for check in table.checks
            ],
        )
