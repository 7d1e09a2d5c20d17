"""Shapes of deviations, their thresholds and their comments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from services.budget.deviations import Remark
from services.budget.domain.deviations import (
    Comment,
    CommentState,
    ComparedWith,
    Deviation,
    SubjectKind,
    Threshold,
)
from services.budget.domain.periods import OPENING, PeriodRange, is_period, part_of
from services.budget.schemas.fields import PERIOD, KronorOut, PeriodNumber, Subject
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant, LocalDate
from shared.money import Kronor, to_decimal_string

if TYPE_CHECKING:
    from asyncpg import Record

Key = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9-]+(/(income|budget-cost|budget-income))?$",
        max_length=40,
        description="A row of the settlement; or the number of a project (its total cost), or"
        " that with /income (total income), /budget-cost or /budget-income (those of the year)",
        examples=["operations"],
    ),
]
Cause = Annotated[
    str,
    Field(
        min_length=3,
        max_length=2000,
        pattern=r"\S",
        description="Why it deviates (orsak)",
        examples=["Vakanta tjänster under våren"],
    ),
]
Action = Annotated[
    str,
    Field(
        min_length=3,
        max_length=2000,
        pattern=r"\S",
        description="What is done about it (åtgärd)",
        examples=["Rekrytering pågår; tjänsterna är tillsatta från oktober"],
    ),
]
DecidedBy = Annotated[str, Field(min_length=2, max_length=200, examples=["Ekonomichefen"])]
Reference = Annotated[str, Field(max_length=200, examples=["AMN 2020/14"])]
Share = Annotated[
    int | None,
    Field(
        ge=0,
        le=100_000,
        description="Basis points of what was budgeted: 500 is 5 per cent",
        examples=[500],
    ),
]


class ThresholdIn(ApiModel):
    """From which size deviations are commented, from a day on; with both limits, past both."""

    subject_kind: SubjectKind = SubjectKind.SETTLEMENT_ROW
    valid_from: LocalDate
    share: Share = None
    amount: Annotated[Kronor, Field(ge=0)] | None = Field(default=None, examples=["500000.00"])
    decided_by: DecidedBy
    reference: Reference = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.share is None and self.amount is None:
            raise Unacceptable("state a share, an amount, or both")
        return self

    def to_domain(self) -> Threshold:
        return Threshold(
            share=self.share,
            amount=self.amount,
            valid_from=self.valid_from,
            decided_by=self.decided_by,
            reference=self.reference,
        )


class ThresholdOut(ApiModel):
    id: int = Field(examples=[3])
    subject_kind: SubjectKind
    valid_from: LocalDate
    share: Share
    amount: KronorOut | None
    decided_by: DecidedBy
    reference: Reference
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        amount = None if row["amount"] is None else to_decimal_string(row["amount"])
        given = {name: row[name] for name in cls.model_fields if name not in {"share", "amount"}}
        return cls.model_validate({**given, "share": row["share_basis_points"], "amount": amount})


class ThresholdsOut(ApiModel):
    """Every threshold that was decided, in the order they come into force."""

    items: list[ThresholdOut]

    @classmethod
    def of(cls, rows: Sequence[Record]) -> Self:
        return cls(items=[ThresholdOut.of(row) for row in rows])


def _month_or_closing(period: int) -> int:
    if not is_period(period) or part_of(period) == OPENING:
        raise Unacceptable("must be YYYYPP, where PP is 01-14")
    return period


class CommentIn(ApiModel):
    """The cause of a deviation at a period's end, and the action taken.

    ``basis`` is that of the list of deviations that was looked at; left out, it is the newest.
    """

    period: Annotated[PeriodNumber, AfterValidator(_month_or_closing)]
    subject_kind: SubjectKind = SubjectKind.SETTLEMENT_ROW
    subject_key: Key
    cause: Cause
    action: Action
    basis: Instant | None = None

    def to_domain(self) -> Remark:
        return Remark(self.period, self.subject_kind, self.subject_key, self.cause, self.action)


class CommentOut(ApiModel):
    """One version of a comment, with the deviation that it was written about."""

    id: UUID
    period: PeriodNumber
    subject_kind: SubjectKind
    subject_key: Key
    number: int = Field(description="Within period and subject, from 1", examples=[1])
    cause: Cause
    action: Action
    deviation: KronorOut
    compared_with: ComparedWith
    basis: Instant
    by: Subject
    recorded_at: Instant

    @classmethod
    def of(cls, row: Record) -> Self:
        given = {name: row[name] for name in cls.model_fields}
        return cls.model_validate(given | {"deviation": to_decimal_string(row["deviation"])})


class PresentCommentOut(ApiModel):
    """The newest comment on a deviation, and the amount that it was written about."""

    number: int = Field(examples=[1])
    cause: Cause
    action: Action
    deviation: KronorOut
    compared_with: ComparedWith
    outdated: bool = Field(
        description="Whether the deviation has moved by more than the threshold since"
    )

    @classmethod
    def of(cls, comment: Comment, *, outdated: bool) -> Self:
        return cls(
            number=comment.number,
            cause=comment.cause,
            action=comment.action,
            deviation=to_decimal_string(comment.deviation),
            compared_with=comment.compared_with,
            outdated=outdated,
        )


class DeviationOut(ApiModel):
    """One subject's deviation: budget minus forecast, or minus outcome, on signed numbers."""

    subject_kind: SubjectKind
    subject_key: Key
    label: str = Field(max_length=300, examples=["Drift och underhåll"])
    budget: KronorOut
    compared: KronorOut
    compared_with: ComparedWith
    source: str = Field(
        max_length=100,
        description="Which forecast, in Swedish; empty for an outcome",
        examples=["Prognos T2 2020, version 1"],
    )
    deviation: KronorOut
    limit: KronorOut = Field(description="The largest deviation that needs no comment")
    comment_needed: bool
    comment_state: CommentState
    comment: PresentCommentOut | None

    @classmethod
    def of(cls, deviation: Deviation) -> Self:
        comment = deviation.comment
        return cls(
            subject_kind=deviation.kind,
            subject_key=deviation.key,
            label=deviation.label,
            budget=to_decimal_string(deviation.budget),
            compared=to_decimal_string(deviation.compared),
            compared_with=deviation.compared_with,
            source=deviation.source,
            deviation=to_decimal_string(deviation.amount),
            limit=to_decimal_string(deviation.limit),
            comment_needed=deviation.passes_threshold,
            comment_state=deviation.state,
            comment=PresentCommentOut.of(comment, outdated=deviation.outdated) if comment else None,
        )


class DeviationsOut(ApiModel):
    """Every deviation of the year so far at a period's end, commented or not."""

    period: str = PERIOD
    basis: Instant
    complete: bool = Field(description="Whether every deviation that needs a comment has one")
    items: list[DeviationOut]

    @classmethod
    def of(cls, found: Sequence[Deviation], period: PeriodRange, basis: datetime) -> Self:
        settled = {CommentState.NOT_NEEDED, CommentState.WRITTEN}
        return cls(
            period=str(period),
            basis=basis,
            complete=all(one.state in settled for one in found),
            items=[DeviationOut.of(one) for one in found],
        )
