"""Shapes of claims, their lines and sources, and a project's financing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias
from uuid import UUID

from pydantic import Field, model_validator

from services.budget.claims import Computed
from services.budget.domain.claims import (
    Action,
    ClaimKind,
    ClaimState,
    Line,
    LineKind,
    SourceKind,
    Sums,
)
from services.budget.schemas.fields import (
    AccountCode,
    Dimension,
    KebabCode,
    KronorOut,
    PeriodNumber,
    Reason,
    SeriesCode,
    Subject,
)
from services.budget.schemas.projects import Note
from shared.models import ApiModel, Instant, LocalDate
from shared.money import Kronor, to_decimal_string

if TYPE_CHECKING:
    from asyncpg import Record

Month: TypeAlias = Annotated[
    str, Field(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", max_length=7, examples=["2024-03"])
]
LineCode: TypeAlias = Annotated[
    str,
    Field(
        max_length=60,
        description="The rate of a line, or why what an excluded line names does not count",
        examples=["projektledare"],
    ),
]
LineCostType: TypeAlias = Annotated[str, Field(max_length=60, examples=["personal"])]
Reference: TypeAlias = Annotated[str, Field(max_length=200, examples=["2024/00117-3"])]


class ClaimIn(ApiModel):
    """A claim to draft; an advance states its amount, every other is computed."""

    project_id: UUID
    kind: ClaimKind
    first_month: Month
    last_month: Month
    advance: Kronor | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.first_month > self.last_month:
            raise ValueError("a claim's last month is not before its first")
        if (self.kind is ClaimKind.ADVANCE) is not (self.advance is not None):
            raise ValueError("an advance, and nothing else, states its amount")
        if self.advance is not None and self.advance <= 0:
            raise ValueError("an advance asks for something")
        return self

    def to_domain(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "first_month": date.fromisoformat(f"{self.first_month}-01"),
            "last_month": date.fromisoformat(f"{self.last_month}-01"),
            "advance": self.advance,
        }


class SubmissionIn(ApiModel):
    """When a draft is handed in; with the basis that its draft was read at, the same amounts."""

    submitted_on: LocalDate
    basis: Instant | None = None
    reference: Reference = ""


class ClaimDecisionIn(ApiModel):
    """What the funder decided to pay of a claim, at most what was asked for."""

    decided_on: LocalDate
    amount: Kronor = Field(ge=0)
    reference: Reference
    reason: Note = ""


class PaymentIn(ApiModel):
    """What the funder paid of what it decided."""

    paid_on: LocalDate
    amount: Kronor = Field(gt=0)
    reference: Reference = ""


class EndingIn(ApiModel):
    """Why a claim is withdrawn or rejected; what it held can be claimed again."""

    happened_on: LocalDate
    reason: Reason
    reference: Reference = ""


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


class SumsOut(ApiModel):
    """What a claim comes to.

    Support is the grant's share of what is eligible, and at most what is not in kind; less
    advances, less what the grant does not leave, it is claimed.
    """

    eligible: KronorOut
    in_kind: KronorOut
    support: KronorOut
    deducted: KronorOut = Field(description="Advances that the claim settles")
    cut: KronorOut = Field(description="What the grant does not leave")
    claimed: KronorOut

    @classmethod
    def of(cls, sums: Sums) -> Self:
        named = ("eligible", "in_kind", "support", "deducted", "cut")
        values = {name: to_decimal_string(getattr(sums, name)) for name in named}
        return cls(**values, claimed=to_decimal_string(sums.amount))


class ClaimEventOut(ApiModel):
    action: Action
    happened_on: LocalDate
    amount: KronorOut | None
    reference: Reference
    reason: Note
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        values = {name: row[name] for name in cls.model_fields}
        amount = None if row["amount"] is None else to_decimal_string(row["amount"])
        return cls.model_validate({**values, "amount": amount})


class ReopenedPeriodOut(ApiModel):
    """A period of the claim's postings that was reopened after the claim was submitted."""

    period: PeriodNumber
    reason: Note
    recorded_at: Instant


class ReversedVoucherOut(ApiModel):
    """A voucher of the claim that was taken back since; the next claim takes it off."""

    voucher_id: UUID
    reversal_id: UUID
    amount: KronorOut = Field(description="What the claim holds of it")
    reason: Note
    recorded_at: Instant


class ClaimHeadOut(ApiModel):
    """A claim as it is listed."""

    id: UUID
    project_id: UUID
    project: Dimension
    number: int = Field(examples=[1])
    kind: ClaimKind
    first_month: Month
    last_month: Month
    state: ClaimState
    claimed: KronorOut
    decided: KronorOut
    paid: KronorOut
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        return cls.model_validate(head_of(row))


class ClaimOut(ClaimHeadOut):
    """A claim with its lines: a draft's are computed at the basis, a submitted one's are frozen."""

    basis: Instant | None = Field(description="Null for a withdrawn draft")
    sums: SumsOut | None
    lines: list[LineOut]
    events: list[ClaimEventOut]
    reopened_periods: list[ReopenedPeriodOut]
    reversed_vouchers: list[ReversedVoucherOut]

    @classmethod
    def of_draft(cls, row: Record, made: Computed) -> Self:
        return cls.model_validate(
            {
                **head_of(row),
                "basis": made.basis,
                "sums": SumsOut.of(made.sums),
                "lines": [LineOut.of_line(line) for line in made.lines],
                "events": [],
                "reopened_periods": [],
                "reversed_vouchers": [],
            }
        )

    @classmethod
    def of_frozen(
        cls,
        row: Record,
        events: list[Record],
        lines: list[Record],
        reopened: list[Record],
        reversals: list[Record],
    ) -> Self:
        told = next((event for event in events if event["action"] == Action.SUBMITTED), None)
        return cls.model_validate(
            {
                **head_of(row),
                "basis": told and told["basis"],
                "sums": told and SumsOut.of(sums_told(told)),
                "lines": [LineOut.of(line) for line in lines],
                "events": [ClaimEventOut.of(event) for event in events],
                "reopened_periods": [ReopenedPeriodOut(**dict(each)) for each in reopened],
                "reversed_vouchers": [
                    ReversedVoucherOut(
                        **{**dict(each), "amount": to_decimal_string(each["amount"])}
                    )
                    for each in reversals
                ],
            }
        )


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
    granted: KronorOut
    requested: KronorOut = Field(description="What live claims asked for when they were submitted")
    claimed: KronorOut
    decided: KronorOut
    paid: KronorOut
    left: KronorOut = Field(description="Granted and not claimed")
    cost_types: list[CostTypeSumOut]

    @classmethod
    def of(cls, basis: object, row: Record, by_cost_type: list[Record]) -> Self:
        named = ("granted", "requested", "claimed", "decided", "paid")
        return cls.model_validate(
            {
                "basis": basis,
                **{name: to_decimal_string(row[name]) for name in named},
                "left": to_decimal_string(row["granted"] - row["claimed"]),
                "cost_types": [
                    {**dict(each), "amount": to_decimal_string(each["amount"])}
                    for each in by_cost_type
                ],
            }
        )


def head_of(row: Record) -> dict[str, Any]:
    """Return the members of a claim that do not depend on its lines."""
    same = ("id", "project_id", "project", "number", "kind", "state", "by", "recorded_at")
    return {name: row[name] for name in same} | {
        "first_month": f"{row['first_month']:%Y-%m}",
        "last_month": f"{row['last_month']:%Y-%m}",
        "claimed": to_decimal_string(row["amount"]),
        "decided": to_decimal_string(row["decided"]),
        "paid": to_decimal_string(row["paid"]),
    }


def sums_told(row: Record) -> Sums:
    """Return the sums that a submission was recorded with."""
    return Sums(*(row[name] for name in ("eligible", "in_kind", "support", "deducted", "cut")))
