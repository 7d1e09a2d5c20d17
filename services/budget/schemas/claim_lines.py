"""Shapes of what a claim comes to: its lines, their sources, and a project's financing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias
from uuid import UUID

from pydantic import Field

from services.budget.domain.claims import Line, LineKind, SourceKind, Sums
from services.budget.domain.exchange import Rate
from services.budget.domain.projects import Currency
from services.budget.schemas.fields import AccountCode, KebabCode, KronorOut, SeriesCode
from shared.models import ApiModel, Instant, LocalDate
from shared.money import to_decimal_string

if TYPE_CHECKING:
    from asyncpg import Record

LineCode: TypeAlias = Annotated[
    str,
    Field(
        max_length=60,
        description="The rate of a line, or why what an excluded line names does not count",
        examples=["projektledare"],
    ),
]
LineCostType: TypeAlias = Annotated[str, Field(max_length=60, examples=["personal"])]


class LineOut(ApiModel):
    """A line: rounded once, to the öre, halves to even."""

    line: int = Field(examples=[1])
    kind: LineKind
    cost_type: LineCostType
    code: LineCode
    minutes: int | None = Field(examples=[2550])
    rate: KronorOut | None = Field(description="Kronor an hour")
    share: int | None = Field(description="Hundredths of a per cent", examples=[4000])
    base: KronorOut | None = Field(description="What a flat rate is computed on, or what is out")
    base_lines: list[int]
    amount: KronorOut

    @classmethod
    def of(cls, row: Record | dict[str, Any]) -> Self:
        values = {name: row[name] for name in cls.model_fields}
        for name in ("rate", "base", "amount"):
            values[name] = None if row[name] is None else to_decimal_string(row[name])
        return cls.model_validate(values)

    @classmethod
    def of_line(cls, line: Line) -> Self:
        values = {name: getattr(line, name) for name in cls.model_fields if name != "line"}
        return cls.of({**values, "line": line.number})


class ExchangeOut(ApiModel):
    """The rate that a claim is turned into the grant's currency at: its last day's."""

    currency: Currency
    rate: str = Field(max_length=15, description="Kronor for one unit", examples=["11.3260"])
    valid_on: LocalDate
    source: str = Field(max_length=200, examples=["Sveriges riksbank"])

    @classmethod
    def of(cls, rate: Rate) -> Self:
        return cls(
            currency=rate.currency,
            rate=f"{rate.kronor.normalize():f}",
            valid_on=rate.valid_on,
            source=rate.source,
        )


class SumsOut(ApiModel):
    """What a claim comes to.

    Support is the grant's share of what is eligible, and at most what is not in kind; less
    advances, less what the grant does not leave, it is claimed. What is eligible is in kronor,
    support and what follows in the grant's currency.
    """

    eligible: KronorOut
    in_kind: KronorOut
    exchange: ExchangeOut | None = Field(description="Null for grants in kronor")
    support: KronorOut
    deducted: KronorOut = Field(description="Advances that the claim settles")
    cut: KronorOut = Field(description="What the grant does not leave")
    claimed: KronorOut

    @classmethod
    def of(cls, sums: Sums, rate: Rate | None) -> Self:
        named = ("eligible", "in_kind", "support", "deducted", "cut")
        values = {name: to_decimal_string(getattr(sums, name)) for name in named}
        exchange = None if rate is None else ExchangeOut.of(rate)
        return cls(**values, exchange=exchange, claimed=to_decimal_string(sums.amount))


class SourceOut(ApiModel):
    """What a line stands on: a voucher's posting, or minutes of a report of hours."""

    line: int = Field(examples=[1])
    kind: SourceKind
    amount: KronorOut | None
    minutes: int | None = Field(examples=[450])
    day: LocalDate
    voucher_id: UUID | None
    series: SeriesCode | None
    year: int | None = Field(examples=[2024])
    number: int | None = Field(examples=[117])
    account: AccountCode | None
    record_id: UUID | None
    record_version: int | None
    employee: str | None = Field(max_length=40, examples=["a4711"])
    activity: int | None = Field(examples=[2])
    function: KebabCode | None

    @classmethod
    def of(cls, row: Record) -> Self:
        values = {name: row[name] for name in cls.model_fields}
        values["day"] = row["day"] or row["happened_on"]
        values["amount"] = None if row["amount"] is None else to_decimal_string(row["amount"])
        return cls.model_validate(values)


class CostTypeSumOut(ApiModel):
    kind: LineKind
    cost_type: LineCostType
    amount: KronorOut


class FinancingOut(ApiModel):
    """A project's financing at a basis. A decided claim counts as claimed by what was decided."""

    basis: Instant
    currency: Currency = Field(description="The grant's; cost types are in kronor")
    granted: KronorOut
    requested: KronorOut = Field(description="What live claims asked for when they were submitted")
    claimed: KronorOut
    decided: KronorOut
    paid: KronorOut = Field(description="Less what was repaid")
    repaid: KronorOut
    left: KronorOut = Field(description="Granted and not claimed")
    cost_types: list[CostTypeSumOut]

    @classmethod
    def of(cls, basis: object, row: Record, by_cost_type: list[Record]) -> Self:
        named = ("granted", "requested", "claimed", "decided", "paid", "repaid")
        return cls.model_validate(
            {
                "basis": basis,
                "currency": row["currency"],
                **{name: to_decimal_string(row[name]) for name in named},
                "left": to_decimal_string(row["granted"] - row["claimed"]),
                "cost_types": [
                    {**dict(each), "amount": to_decimal_string(each["amount"])}
                    for each in by_cost_type
                ],
            }
        )


def sums_told(row: Record) -> Sums:
    """Return the sums that a submission was recorded with."""
    return Sums(*(row[name] for name in ("eligible", "in_kind", "support", "deducted", "cut")))


def rate_told(row: Record) -> Rate | None:
    """Return the rate that a submission was recorded with."""
    if row["exchange_rate"] is None:
        return None
    said = (row["exchange_day"], row["exchange_rate"], row["exchange_source"])
    return Rate(Currency.EUR, *said)
