"""Shapes of follow-ups: what is asked, what was answered, what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from pydantic import Field

from services.participants.domain.codes import (
    EmploymentStatus,
    FollowUpKind,
    FollowUpResult,
    FollowUpState,
    Improvement,
)
from services.participants.domain.follow_ups import asks_status, in_window
from services.participants.schemas.fields import ProgrammeCode, Reason, RecordOut, UnitCode
from shared.models import ApiModel, Instant, LocalDate

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.domain.rates import Share, Tally
    from shared.ratios import Ratio


class FollowUpOut(ApiModel):
    """The question some months after an exit or a Stockholmsjobb: work or studies?

    `activityId` is the Stockholmsjobb that ended while the enrolment went on; `exitedOn` is the
    day of the exit or of its end.
    """

    id: UUID
    enrolment_id: UUID
    activity_id: UUID | None
    person_id: UUID
    kind: FollowUpKind
    unit: UnitCode
    programme: ProgrammeCode
    exited_on: LocalDate
    due_on: LocalDate
    state: FollowUpState
    days_waiting: int | None = Field(
        description="Days since it fell due, while it is open; null otherwise", examples=[12]
    )
    asks_employment_status: bool = Field(description="ESF+: the answer needs `employmentStatus`")
    asks_improvement: bool = Field(
        description="ESF+: if the person has work, the answer needs `improvement`"
    )
    result: FollowUpResult | None
    answered_on: LocalDate | None
    late: bool | None = Field(
        description="Answered more than four weeks after it fell due; null while unanswered"
    )
    employment_status: EmploymentStatus | None
    improvement: Improvement | None
    version: int

    @classmethod
    def of(cls, row: Record) -> Self:
        derived = {
            "asks_employment_status": asks_status(row["kind"]),
            "asks_improvement": row["status_at_first_entry"] == "employed",
            "late": None
            if row["answered_on"] is None
            else not in_window(row["due_on"], row["answered_on"]),
        }
        stored = cls.model_fields.keys() - derived.keys()
        return cls.model_validate({name: row[name] for name in stored} | derived)


class FollowUpResultIn(ApiModel):
    """The answer: about the day the follow-up fell due, whenever it is given.

    `employmentStatus` and `improvement` belong to follow-ups of ESF+.
    """

    result: FollowUpResult
    answered_on: LocalDate
    employment_status: EmploymentStatus | None = None
    improvement: Improvement | None = None


class FollowUpCorrectionIn(ApiModel):
    """Another answer than was recorded; `answer: null` takes it back, and the question stands."""

    answer: FollowUpResultIn | None
    reason: Reason


class DueListOut(RecordOut):
    """How many follow-ups wait at a unit; nobody in particular is to answer them."""

    unit: UnitCode
    kind: FollowUpKind
    open: int = Field(description="Fallen due and not answered", examples=[7])
    overdue: int = Field(description="Of these, due before today", examples=[5])
    older_than_four_weeks: int = Field(
        description="Of these, beyond the time in which an answer speaks of the day asked about",
        examples=[1],
    )
    oldest_due_on: LocalDate


class DueListsOut(ApiModel):
    """What waits at the caller's units, by unit and kind."""

    on: LocalDate
    lists: list[DueListOut]


class RatioOut(ApiModel):
    """A part of a whole, exactly, and as a decimal; the decimal is null of nothing."""

    part: int = Field(examples=[3])
    whole: int = Field(examples=[8])
    decimal: str | None = Field(
        pattern=r"^[01]\.[0-9]{4}$", max_length=6, examples=["0.3750"], description="Four decimals"
    )

    @classmethod
    def of(cls, ratio: Ratio) -> Self:
        return cls(part=ratio.part, whole=ratio.whole, decimal=ratio.decimal)


class ShareOut(ApiModel):
    """A share of those who answered, and the bounds of the share of all."""

    of_answered: RatioOut
    lowest: RatioOut = Field(description="Of all, if none of the others did")
    highest: RatioOut = Field(description="Of all, if all of the others did")

    @classmethod
    def of(cls, share: Share) -> Self:
        return cls(
            of_answered=RatioOut.of(share.answered),
            lowest=RatioOut.of(share.lowest),
            highest=RatioOut.of(share.highest),
        )


class RateOut(ApiModel):
    """What became of people: always with the base, the response and the bounds."""

    breakdown: dict[str, str] = Field(examples=[{"sex": "women"}])
    base: int = Field(description="Follow-ups that have fallen due", examples=[8])
    answered: int = Field(description="Known to work, study, or do neither", examples=[6])
    unreached: int = Field(description="Asked and not reached (unknown)", examples=[1])
    unanswered: int = Field(description="Not answered yet", examples=[1])
    work: int = Field(examples=[3])
    studies: int = Field(examples=[1])
    neither: int = Field(examples=[2])
    response: RatioOut = Field(description="Answered, of the base")
    in_work: ShareOut
    in_studies: ShareOut
    in_work_or_studies: ShareOut

    @classmethod
    def of(cls, tally: Tally, breakdown: dict[str, str]) -> Self:
        return cls(
            breakdown=breakdown,
            base=tally.base,
            answered=tally.answered,
            unreached=tally.unreached,
            unanswered=tally.unanswered,
            work=tally.work,
            studies=tally.studies,
            neither=tally.neither,
            response=RatioOut.of(tally.response),
            in_work=ShareOut.of(tally.share(tally.work)),
            in_studies=ShareOut.of(tally.share(tally.studies)),
            in_work_or_studies=ShareOut.of(tally.share(tally.work + tally.studies)),
        )


class RatesOut(ApiModel):
    """Rates of follow-ups; the same question with the same basis gives the same answer."""

    period: str = Field(max_length=21, examples=["2024"])
    basis: Instant
    counted_to: LocalDate | None = Field(
        description="The last day of the period that had come at the basis; null when none had"
    )
    parts: list[str] = Field(
        description="The figures that base and answers are", examples=[["follow-ups"]]
    )
    restriction: str | None = Field(
        max_length=2000,
        description="What the caller was not shown (Swedish)",
        examples=["Endast enheterna jobbtorg-unga visas."],
    )
    rates: list[RateOut]
    total: RateOut
