"""Shapes of forecasts, of what is proposed for them, and of how right they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from services.budget.domain.accuracy import Bias, Kept, biases, per_cent
from services.budget.domain.forecasting import Method, Part, Proposal
from services.budget.domain.occasions import Occasion
from services.budget.domain.settlement import FORECAST_ROWS, LABELS
from services.budget.forecasts import Accuracy, Proposals
from services.budget.schemas.fields import PERIOD, KronorOut, Subject, Year
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant
from shared.money import Kronor, to_decimal_string

if TYPE_CHECKING:
    from asyncpg import Record

Row = Annotated[str, Field(max_length=40, examples=["operations"])]
Label = Annotated[str, Field(max_length=200, examples=["Drift och underhåll"])]
MaybeKronor = Annotated[KronorOut | None, Field(examples=["893893158.03"])]
PerCent = Annotated[
    str | None,
    Field(max_length=24, description="With one decimal, rounded last", examples=["-2.5"]),
]


def _known_row(row: str) -> str:
    if row not in FORECAST_ROWS:
        raise Unacceptable(f"must be one of {', '.join(FORECAST_ROWS)}")
    return row


class ForecastLineIn(ApiModel):
    row: Annotated[str, AfterValidator(_known_row)] = Field(
        max_length=40,
        description="A row of the settlement whose outcome the ledger gives",
        examples=["operations"],
    )
    amount: Kronor


def _each_row_once(lines: list[ForecastLineIn]) -> list[ForecastLineIn]:
    if len({line.row for line in lines}) != len(lines):
        raise Unacceptable("each row once")
    return lines


class ForecastIn(ApiModel):
    """What the year will come to, said at one of its occasions.

    Rows left out keep what was last forecast for them. ``basis`` is that of the proposals that
    were looked at; left out, it is the newest.
    """

    year: Year
    occasion: Occasion
    reason: str = Field(
        default="",
        max_length=500,
        description="Needed when the occasion has a forecast already",
        examples=["Fler feriejobb än beräknat"],
    )
    basis: Instant | None = None
    lines: Annotated[list[ForecastLineIn], AfterValidator(_each_row_once)] = Field(
        min_length=1, max_length=len(FORECAST_ROWS), description="Each row at most once"
    )


class ForecastLineOut(ApiModel):
    """The controller's amount, and what was proposed when it was given."""

    row: Row
    label: Label
    amount: KronorOut
    proposed: MaybeKronor
    method: Method
    note: str = Field(description="Why nothing was proposed, if so", max_length=300, examples=[""])


class ForecastOut(ApiModel):
    id: UUID
    year: Year
    occasion: Occasion
    number: int = Field(description="Within year and occasion, from 1", examples=[1])
    newest: bool = Field(description="Whether it is the occasion's newest")
    reason: str = Field(max_length=500, examples=["Fler feriejobb än beräknat"])
    proposal_basis: Instant
    by: Subject
    recorded_at: Instant
    lines: list[ForecastLineOut]

    @classmethod
    def of(cls, row: Record) -> Self:
        lines = [
            ForecastLineOut(
                row=code,
                label=LABELS[code],
                amount=to_decimal_string(amount),
                proposed=_maybe(proposed),
                method=method,
                note=note,
            )
            for code, amount, proposed, method, note in zip(
                *(row[name] for name in ("rows", "amounts", "proposals", "methods", "notes")),
                strict=True,
            )
        ]
        named = {name: row[name] for name in cls.model_fields if name != "lines"}
        return cls.model_validate({**named, "lines": lines})


class ForecastsOut(ApiModel):
    """Every forecast that was given, the oldest first; none is ever hidden by a later one."""

    basis: Instant
    items: list[ForecastOut]

    @classmethod
    def of(cls, rows: Sequence[Record], basis: datetime) -> Self:
        return cls(basis=basis, items=[ForecastOut.of(row) for row in rows])


class ProposalPartOut(ApiModel):
    """What one earlier year alone would propose; the proposal is their weighted mean."""

    year: Year
    reached: KronorOut
    whole: KronorOut
    weight: int = Field(description="3 for last year, then 2 and 1", examples=[3])
    method: Method
    projected: KronorOut

    @classmethod
    def of(cls, part: Part) -> Self:
        return cls(
            year=part.earlier.year,
            reached=to_decimal_string(part.earlier.reached),
            whole=to_decimal_string(part.earlier.whole),
            weight=part.weight,
            method=part.method,
            projected=to_decimal_string(round(part.projected)),
        )


class ProposalOut(ApiModel):
    """What a row comes to if the year goes on as earlier years went; null with the reason."""

    row: Row
    label: Label
    outcome: KronorOut
    proposed: MaybeKronor
    method: Method
    reason: str = Field(max_length=300, description="In Swedish, empty if proposed", examples=[""])
    parts: list[ProposalPartOut]

    @classmethod
    def of(cls, row: str, outcome: int, proposal: Proposal) -> Self:
        return cls(
            row=row,
            label=LABELS[row],
            outcome=to_decimal_string(outcome),
            proposed=_maybe(proposal.amount),
            method=proposal.method,
            reason=proposal.reason,
            parts=[ProposalPartOut.of(part) for part in proposal.parts],
        )


class ProposalsOut(ApiModel):
    """A proposal for each row that the ledger gives the outcome of."""

    period: str = PERIOD
    basis: Instant
    unit: str = Field(max_length=3, examples=["SEK"])
    rows: list[ProposalOut]
    notes: list[str] = Field(description="Years that were not used, in Swedish", examples=[[]])

    @classmethod
    def of(cls, proposals: Proposals) -> Self:
        return cls(
            period=str(proposals.range),
            basis=proposals.basis,
            unit="SEK",
            rows=[
                ProposalOut.of(row, proposals.outcome[row], proposal)
                for row, proposal in proposals.rows.items()
            ],
            notes=list(proposals.notes),
        )


class KeptForecastOut(ApiModel):
    """One row of one forecast beside the outcome; differences are forecast minus outcome."""

    year: Year
    occasion: Occasion
    number: int = Field(examples=[1])
    newest: bool
    row: Row
    label: Label
    amount: KronorOut
    proposed: MaybeKronor
    outcome: KronorOut
    difference: KronorOut
    per_cent: PerCent
    proposed_difference: MaybeKronor
    proposed_per_cent: PerCent

    @classmethod
    def of(cls, kept: Kept) -> Self:
        beside = kept.proposed_difference
        return cls(
            year=kept.year,
            occasion=kept.occasion,
            number=kept.number,
            newest=kept.newest,
            row=kept.row,
            label=LABELS[kept.row],
            amount=to_decimal_string(kept.amount),
            proposed=_maybe(kept.proposed),
            outcome=to_decimal_string(kept.outcome),
            difference=to_decimal_string(kept.difference),
            per_cent=per_cent(kept.difference, kept.outcome),
            proposed_difference=_maybe(beside),
            proposed_per_cent=None if beside is None else per_cent(beside, kept.outcome),
        )


class BiasOut(ApiModel):
    """By how much an occasion's forecasts of a row were too high over the complete years."""

    occasion: Occasion
    row: Row
    label: Label
    years: list[Year]
    difference: KronorOut
    per_cent: PerCent

    @classmethod
    def of(cls, bias: Bias) -> Self:
        return cls(
            occasion=bias.occasion,
            row=bias.row,
            label=LABELS[bias.row],
            years=list(bias.years),
            difference=to_decimal_string(bias.difference),
            per_cent=bias.per_cent,
        )


class AccuracyOut(ApiModel):
    """How right the forecasts of a year were, and the bias of all years up to it."""

    year: Year
    basis: Instant
    complete: bool = Field(description="Whether the year is booked from January to December")
    forecasts: list[KeptForecastOut]
    biases: list[BiasOut]

    @classmethod
    def of(cls, accuracy: Accuracy, basis: datetime) -> Self:
        kept = accuracy.kept
        return cls(
            year=accuracy.year,
            basis=basis,
            complete=accuracy.complete,
            forecasts=[KeptForecastOut.of(one) for one in kept if one.year == accuracy.year],
            biases=[BiasOut.of(bias) for bias in biases(kept)],
        )


def _maybe(ore: int | None) -> str | None:
    return None if ore is None else to_decimal_string(ore)
