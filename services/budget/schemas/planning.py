"""Shapes of budget versions and investments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from services.budget.budgets import Decision
from services.budget.domain.investments import EntryKind, Flow
from services.budget.domain.periods import PeriodRange, is_period, year_of
from services.budget.domain.settlement import BUDGET_ROWS, LABELS
from services.budget.schemas.fields import (
    PERIOD,
    KebabCode,
    KronorOut,
    Name,
    PeriodNumber,
    RecordOut,
    Subject,
    Year,
)
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant, LocalDate
from shared.money import Kronor, to_decimal_string

if TYPE_CHECKING:
    from asyncpg import Record


def _budget_row(row: str) -> str:
    if row not in BUDGET_ROWS:
        raise Unacceptable(f"must be one of {', '.join(BUDGET_ROWS)}")
    return row


BudgetRow = Annotated[
    str,
    AfterValidator(_budget_row),
    Field(max_length=40, description="A row of the settlement", examples=["operations"]),
]


class BudgetLineIn(ApiModel):
    row: BudgetRow
    amount: Kronor


def _each_row_once(lines: list[BudgetLineIn]) -> list[BudgetLineIn]:
    if len({line.row for line in lines}) != len(lines):
        raise Unacceptable("each row once")
    return lines


class BudgetVersionIn(ApiModel):
    """The council's decision on a year's budget, or by how much it is adjusted."""

    year: Year
    kind: Literal["council_decision", "adjustment"]
    decided_on: LocalDate
    decided_by: str = Field(min_length=2, max_length=200, examples=["Kommunfullmäktige"])
    reference: str = Field(max_length=200, examples=["KS 2019/1180"])
    effective_on: LocalDate | None = Field(
        default=None, description="Left out: it counts from the day it was decided"
    )
    reason: str = Field(default="", max_length=500, examples=["Medel för feriejobb"])
    lines: Annotated[list[BudgetLineIn], AfterValidator(_each_row_once)] = Field(
        min_length=1, max_length=len(BUDGET_ROWS), description="Each row at most once"
    )

    def to_decision(self) -> Decision:
        given = self.model_dump(exclude={"kind", "lines"})
        return Decision(**given)


class BudgetLineOut(ApiModel):
    row: str = Field(max_length=40, examples=["operations"])
    amount: KronorOut


class BudgetVersionOut(ApiModel):
    id: UUID
    year: Year
    number: int = Field(description="1 is the council's decision", examples=[1])
    kind: Literal["council_decision", "adjustment"]
    decided_on: LocalDate
    decided_by: str = Field(max_length=200, examples=["Kommunfullmäktige"])
    reference: str = Field(max_length=200, examples=["KS 2019/1180"])
    effective_on: LocalDate = Field(description="From this day on it counts")
    reason: str = Field(max_length=500, examples=["Medel för feriejobb"])
    by: Subject
    recorded_at: Instant
    lines: list[BudgetLineOut]

    @classmethod
    def of(cls, row: Record) -> Self:
        lines = [
            BudgetLineOut(row=code, amount=to_decimal_string(ore))
            for code, ore in zip(row["rows"], row["amounts"], strict=True)
        ]
        named = {name: row[name] for name in cls.model_fields if name != "lines"}
        return cls.model_validate({**named, "lines": lines})


class BudgetVersionsOut(ApiModel):
    """Versions, oldest first."""

    items: list[BudgetVersionOut]

    @classmethod
    def of(cls, rows: Sequence[Record]) -> Self:
        return cls(items=[BudgetVersionOut.of(row) for row in rows])


class BudgetPartOut(ApiModel):
    """What one version gave a row, or took from it."""

    number: int = Field(description="Of the version; 1 is the council's decision", examples=[2])
    amount: KronorOut


class BudgetRowOut(ApiModel):
    """A row's budget, and the versions that it is made up of."""

    row: str = Field(max_length=40, examples=["operations"])
    label: str = Field(max_length=200, examples=["Drift och underhåll"])
    amount: KronorOut
    parts: list[BudgetPartOut]


class BudgetOut(ApiModel):
    """The year's budget as it stood on the last day of a period, at a basis."""

    period: str = PERIOD
    basis: Instant
    rows: list[BudgetRowOut]
    versions: list[BudgetVersionOut]

    @classmethod
    def of(cls, versions: Sequence[Record], period: PeriodRange, basis: datetime) -> Self:
        parts: dict[str, list[tuple[int, int]]] = {row: [] for row in BUDGET_ROWS}
        for version in versions:
            for row, amount in zip(version["rows"], version["amounts"], strict=True):
                parts[row].append((version["number"], amount))
        rows = [
            BudgetRowOut(
                row=row,
                label=LABELS[row],
                amount=to_decimal_string(sum(amount for _, amount in given)),
                parts=[BudgetPartOut(number=n, amount=to_decimal_string(a)) for n, a in given],
            )
            for row, given in parts.items()
        ]
        shown = [BudgetVersionOut.of(version) for version in versions]
        return cls(period=str(period), basis=basis, rows=rows, versions=shown)


class InvestmentCategoryIn(ApiModel):
    code: KebabCode
    name: Name


class InvestmentCategoryOut(RecordOut):
    code: KebabCode
    name: Name


class InvestmentCategoriesOut(ApiModel):
    items: list[InvestmentCategoryOut]


def _ledger_period(period: int) -> int:
    if not is_period(period):
        raise Unacceptable("must be YYYYPP, where PP is 00-14")
    return period


class InvestmentEntryIn(ApiModel):
    """An amount planned, forecast or spent; expenditure positive, income negative.

    ``year`` is the year it is about, ``period`` when it happened or was said. ``statedTo`` says
    what the source rounded to: 100000.00 for an amount given in mkr with one decimal.
    """

    category: KebabCode
    kind: EntryKind
    flow: Flow = Flow.EXPENDITURE
    year: Year
    period: Annotated[PeriodNumber, AfterValidator(_ledger_period)]
    amount: Kronor
    stated_to: Annotated[Kronor, Field(ge=1)] | None = Field(
        default=None, description="Left out: the amount is exact", examples=["100000.00"]
    )
    note: str = Field(default="", max_length=500, examples=["Enligt verksamhetsplanen"])

    @field_validator("period", mode="after")
    @classmethod
    def _spent_in_its_year(cls, period: int, said: ValidationInfo) -> int:
        """An outcome is about the year that it is booked in; plans and forecasts look ahead."""
        year = said.data.get("year")
        if said.data.get("kind") is EntryKind.OUTCOME and year not in {None, year_of(period)}:
            raise Unacceptable("an outcome lies in a period of its year")
        return period


class InvestmentEntryOut(ApiModel):
    id: int = Field(examples=[17])
    category: KebabCode
    kind: EntryKind
    flow: Flow
    year: Year
    period: PeriodNumber
    amount: KronorOut
    stated_to: KronorOut
    note: str = Field(max_length=500, examples=["Enligt verksamhetsplanen"])
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        amounts = {name: to_decimal_string(row[name]) for name in ("amount", "stated_to")}
        return cls.model_validate({name: row[name] for name in cls.model_fields} | amounts)


class InvestmentEntriesOut(ApiModel):
    items: list[InvestmentEntryOut]

    @classmethod
    def of(cls, rows: Sequence[Record]) -> Self:
        return cls(items=[InvestmentEntryOut.of(row) for row in rows])
