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
from shared.models import ApiModel, LocalDate

if TYPE_CHECKING:
    from asyncpg import Record


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
