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
)
from services.budget.domain.projects import Currency
from services.budget.schemas.claim_lines import LineOut, SumsOut, rate_told, sums_told
from services.budget.schemas.fields import (
    Dimension,
    KronorOut,
    PeriodNumber,
    Reason,
    Subject,
)
from services.budget.schemas.projects import Note
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant, LocalDate
from shared.money import Kronor, to_decimal_string

if TYPE_CHECKING:
    from asyncpg import Record

Month: TypeAlias = Annotated[
    str, Field(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", max_length=7, examples=["2024-03"])
]
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
            raise Unacceptable("a claim's last month is not before its first")
        if (self.kind is ClaimKind.ADVANCE) is not (self.advance is not None):
            raise Unacceptable("an advance, and nothing else, states its amount")
        if self.advance is not None and self.advance <= 0:
            raise Unacceptable("an advance asks for something")
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
    settled: Annotated[Kronor, Field(ge=0)] | None = Field(
        default=None,
        description="What the decided costs cover of the advances that the claim deducts;"
        " all of it when left out",
    )
    reference: Reference
    reason: Note = ""


class PaymentIn(ApiModel):
    """What the funder paid of what it decided."""

    paid_on: LocalDate
    amount: Kronor = Field(gt=0)
    reference: Reference = ""


class RepaymentIn(ApiModel):
    """What was paid back to the funder of an advance that the claims have not used."""

    repaid_on: LocalDate
    amount: Kronor = Field(gt=0)
    reference: Reference = ""


class EndingIn(ApiModel):
    """Why a claim is withdrawn or rejected; what it held can be claimed again."""

    happened_on: LocalDate
    reason: Reason
    reference: Reference = ""


class ClaimEventOut(ApiModel):
    action: Action
    happened_on: LocalDate
    amount: KronorOut | None
    settled: KronorOut | None = Field(description="Of advances, by a decision that says so")
    reference: Reference
    reason: Note
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        values = {name: row[name] for name in cls.model_fields}
        for name in ("amount", "settled"):
            values[name] = None if row[name] is None else to_decimal_string(row[name])
        return cls.model_validate(values)


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
    currency: Currency = Field(description="Of what is claimed, decided and paid")
    claimed: KronorOut
    decided: KronorOut
    paid: KronorOut
    repayable: KronorOut = Field(
        description="What was paid in advance and no claim has settled, once the final one is"
        " decided; what has been repaid of it included"
    )
    repaid: KronorOut
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
                "sums": SumsOut.of(made.sums, made.rate),
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
                "sums": told and SumsOut.of(sums_told(told), rate_told(told)),
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


def head_of(row: Record) -> dict[str, Any]:
    """Return the members of a claim that do not depend on its lines."""
    same = (
        "id",
        "project_id",
        "project",
        "number",
        "kind",
        "state",
        "currency",
        "by",
        "recorded_at",
    )
    return {name: row[name] for name in same} | {
        "first_month": f"{row['first_month']:%Y-%m}",
        "last_month": f"{row['last_month']:%Y-%m}",
        "claimed": to_decimal_string(row["amount"]),
        "decided": to_decimal_string(row["decided"]),
        "paid": to_decimal_string(row["paid"]),
        "repayable": to_decimal_string(row["repayable"]),
        "repaid": to_decimal_string(row["repaid"]),
    }
