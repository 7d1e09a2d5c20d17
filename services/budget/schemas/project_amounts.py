"""Shapes of what projects cost and earn by year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.budget.domain.exchange import Rates
from services.budget.domain.periods import is_period
from services.budget.domain.project_amounts import Entry
from services.budget.domain.project_years import Flow, ProjectYears, YearKind
from services.budget.domain.projects import Amount, Currency
from services.budget.schemas.exchange_rates import RateOut
from services.budget.schemas.fields import KronorOut, PeriodNumber, Subject, Year
from services.budget.schemas.projects import AmountIn, AmountOut, Note
from shared.models import ApiModel, Instant
from shared.money import to_decimal_string

if TYPE_CHECKING:
    from asyncpg import Record


def _ledger_period(period: int) -> int:
    if not is_period(period):
        raise PydanticCustomError("not_a_period", "must be YYYYPP, where PP is 00-14")
    return period


class YearAmountIn(ApiModel):
    """An amount of one year: cost positive, income negative; null takes back what was said."""

    kind: YearKind
    flow: Flow
    year: Year
    amount: AmountIn | None

    def to_domain(self) -> Entry:
        return Entry(
            self.kind, self.flow, self.year, self.amount.to_domain() if self.amount else None
        )


class YearAmountsIn(ApiModel):
    """Amounts as they were said in a period; earlier ones are kept."""

    period: Annotated[PeriodNumber, AfterValidator(_ledger_period)]
    note: Note = ""
    entries: list[YearAmountIn] = Field(min_length=1, max_length=200)


class YearAmountOut(ApiModel):
    """One amount as it was said."""

    kind: YearKind
    flow: Flow
    year: Year
    period: PeriodNumber
    amount: AmountOut | None = Field(description="Null when it takes back what was said before")
    note: Note
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        named = {name: row[name] for name in cls.model_fields if name != "amount"}
        return cls.model_validate(named | {"amount": _row_amount(row)})


class YearAmountsOut(ApiModel):
    """The amounts that were recorded together."""

    items: list[YearAmountOut]

    @classmethod
    def of(cls, rows: Sequence[Record]) -> Self:
        return cls(items=[YearAmountOut.of(row) for row in rows])


class ProjectYearOut(ApiModel):
    """What holds for one year; outcome is what the ledger has and what was booked before it."""

    year: Year
    budget_cost: AmountOut | None
    budget_income: AmountOut | None
    plan_cost: AmountOut | None
    plan_income: AmountOut | None
    forecast_cost: AmountOut | None
    forecast_income: AmountOut | None
    outcome_cost: KronorOut | None
    outcome_income: KronorOut | None
    outcome_missing: str = Field(
        max_length=200,
        description="Why the outcome is not known, in Swedish; empty when it is",
        examples=[""],
    )

    @classmethod
    def of(cls, years: ProjectYears, year: int, rates: Rates) -> Self:
        cost, income = (years.outcome(flow, year, rates) for flow in Flow)
        said = {
            f"{kind}_{flow}": _amount(years.said.get((kind, flow, year)))
            for kind in (YearKind.BUDGET, YearKind.PLAN, YearKind.FORECAST)
            for flow in Flow
        }
        return cls.model_validate(
            said
            | {
                "year": year,
                "outcome_cost": None if cost.ore is None else to_decimal_string(cost.ore),
                "outcome_income": None if income.ore is None else to_decimal_string(income.ore),
                "outcome_missing": cost.missing or income.missing,
            }
        )


class ProjectYearsOut(ApiModel):
    """A project year by year as it was known at a basis, and everything said about it."""

    basis: Instant | None = Field(description="Null when the newest was asked for")
    rates: list[RateOut] = Field(description="That earlier outcome in euro was converted at")
    years: list[ProjectYearOut]
    entries: list[YearAmountOut] = Field(description="Every amount ever said, oldest first")

    @classmethod
    def of(
        cls, years: ProjectYears, entries: Sequence[Record], rates: Rates, basis: datetime | None
    ) -> Self:
        return cls(
            basis=basis,
            rates=[RateOut.of(rate) for rate in rates.known.values()],
            years=[ProjectYearOut.of(years, year, rates) for year in years.years],
            entries=[YearAmountOut.of(row) for row in entries],
        )


def _row_amount(row: Record) -> AmountOut | None:
    if row["amount"] is None:
        return None
    return AmountOut.of(Amount(row["amount"], Currency(row["currency"])))


def _amount(amount: Amount | None) -> AmountOut | None:
    return AmountOut.of(amount) if amount else None
