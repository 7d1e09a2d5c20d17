"""Shapes of accounts, counterparts, periods and vouchers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from services.budget.domain.counterparts import CounterpartClass
from services.budget.domain.fiscal_years import FiscalYear
from services.budget.domain.settlement import RECOGNISED_INCOME
from services.budget.schemas.fields import (
    AccountCode,
    AccountGroup,
    CounterpartCode,
    Dimension,
    KronorOut,
    Name,
    Objects,
    PeriodNumber,
    PostingText,
    Reason,
    RecordOut,
    SeriesCode,
    Subject,
    ValidityIn,
    VoucherText,
    Year,
)
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant, LocalDate
from shared.money import Kronor, to_decimal_string

if TYPE_CHECKING:
    from asyncpg import Record

SettlementRow = Annotated[
    Literal["recognised-investment-income"] | None,
    Field(description="The row of the budget settlement that takes this account", examples=[None]),
]
assert RECOGNISED_INCOME == "recognised-investment-income"  # noqa: S101  one list in two places


class AccountNamingIn(ValidityIn):
    """What a version says about an account."""

    name: Name
    settlement_row: SettlementRow = None


class AccountIn(AccountNamingIn):
    """An account to register; its group is its first two digits."""

    code: AccountCode


class AccountOut(RecordOut):
    code: AccountCode
    account_group: AccountGroup
    version: int
    name: Name
    valid_from: LocalDate
    valid_to: LocalDate | None
    settlement_row: SettlementRow
    recorded_at: Instant


class CounterpartNamingIn(ValidityIn):
    """What a version says about a counterpart."""

    name: Name


class CounterpartIn(CounterpartNamingIn):
    """A counterpart to register; its class follows from the first digit."""

    code: CounterpartCode


class CounterpartOut(RecordOut):
    code: CounterpartCode
    counterpart_class: CounterpartClass
    version: int
    name: Name
    valid_from: LocalDate
    valid_to: LocalDate | None
    recorded_at: Instant


class FiscalYearIn(ApiModel):
    """A year whose periods 00-14 are to be opened."""

    year: Year
    first_day: LocalDate | None = Field(
        default=None, description="1 January when left out; broken years begin on another first"
    )


class FiscalYearOut(ApiModel):
    """A year of the ledger, named by the calendar year that it ends in."""

    year: Year
    first_day: LocalDate
    last_day: LocalDate


class FiscalYearsOut(ApiModel):
    """Every year that has been opened, the oldest first."""

    items: list[FiscalYearOut]

    @classmethod
    def of(cls, years: Iterable[FiscalYear]) -> Self:
        items = [
            FiscalYearOut(year=one.year, first_day=one.first_day, last_day=one.last_day)
            for one in years
        ]
        return cls(items=items)


class ReopeningIn(ApiModel):
    """Why a closed period takes vouchers again; shown in every later statement that uses it."""

    reason: Reason


class PeriodOut(RecordOut):
    period: PeriodNumber
    state: Literal["open", "closed"]
    action: Literal["closed", "reopened"] | None = Field(
        description="What last happened to it", examples=["closed"]
    )
    reason: str | None = Field(max_length=500, examples=[None])
    by: Subject | None
    recorded_at: Instant | None


class PeriodsOut(ApiModel):
    """The periods of a year, at most fifteen."""

    items: list[PeriodOut]

    @classmethod
    def of(cls, rows: Sequence[Record]) -> Self:
        return cls(items=[PeriodOut.of(row) for row in rows])


def _not_zero(amount: int) -> int:
    if amount == 0:
        raise Unacceptable("a posting moves an amount, and zero is none")
    return amount


class PostingIn(ApiModel):
    """One posting; debit positive, credit negative."""

    account: AccountCode
    counterpart: CounterpartCode
    amount: Annotated[Kronor, AfterValidator(_not_zero)]
    project: Dimension = ""
    responsibility: Dimension = ""
    activity: Dimension = ""
    objects: Objects = Field(default_factory=dict)
    text: PostingText = ""


class VoucherIn(ApiModel):
    """A voucher to book; its postings sum to zero."""

    series: SeriesCode = "A"
    period: PeriodNumber
    happened_on: LocalDate
    text: VoucherText
    postings: list[PostingIn] = Field(min_length=2, max_length=10_000)


class ReversalIn(ApiModel):
    """Why a voucher is taken back, and in which period (its own, when left out)."""

    reason: Reason
    period: PeriodNumber | None = None
    happened_on: LocalDate | None = None


class PostingOut(ApiModel):
    account: AccountCode
    account_group: AccountGroup
    counterpart: CounterpartCode
    counterpart_class: CounterpartClass
    amount: KronorOut
    project: Dimension
    responsibility: Dimension
    activity: Dimension
    objects: Objects
    text: str = Field(max_length=1000, examples=[""])


class VoucherOut(ApiModel):
    id: UUID
    series: SeriesCode
    year: Year
    number: int = Field(description="Without gaps within series and year", examples=[1204])
    period: PeriodNumber
    covers_from: PeriodNumber
    happened_on: LocalDate
    text: str = Field(max_length=1000, examples=["Hyra augusti, Kista"])
    reversal_of: UUID | None
    reversed_by: UUID | None
    reason: str | None = Field(max_length=500, examples=[None])
    delivery_id: UUID | None
    source: str | None = Field(
        description="The register that it came through; null: booked by hand",
        max_length=60,
        examples=["vouchers"],
    )
    source_key: str | None = Field(
        description="What its sender calls it", max_length=200, examples=["2020:A:12"]
    )
    by: Subject
    recorded_at: Instant
    postings: list[PostingOut]

    @classmethod
    def of(cls, head: Record, postings: Sequence[Record]) -> Self:
        """Return a voucher with those of the postings that are its own."""
        own = [
            PostingOut.model_validate(
                {name: row[name] for name in PostingOut.model_fields}
                | {
                    "amount": to_decimal_string(row["amount"]),
                    "objects": json.loads(row["objects"]),
                }
            )
            for row in postings
            if row["voucher_id"] == head["id"]
        ]
        named = {name: head[name] for name in cls.model_fields if name != "postings"}
        return cls.model_validate({**named, "postings": own})
