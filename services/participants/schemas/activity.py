"""Shapes of activities."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field

from services.participants.domain.codes import ActivityKind, ActivityOutcome
from services.participants.schemas.fields import (
    ProgrammeCode,
    Reason,
    RecordOut,
    UnitCode,
    names_nobody,
)
from shared.models import ApiModel, LocalDate

Provider: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        examples=["Rinkeby bibliotek"],
        description="The organisation's name, never a person's",
    ),
    AfterValidator(names_nobody),
]
HoursPerMonth: TypeAlias = Annotated[
    int, Field(ge=1, le=403, examples=[80], description="As planned; at most 13 hours a day")
]


class ActivityIn(ApiModel):
    """An activity that has begun."""

    enrolment_id: UUID
    kind: ActivityKind
    provider: Provider | None = None
    hours_per_month: HoursPerMonth | None = None
    started_on: LocalDate


class ActivityEndIn(ApiModel):
    """How an activity ended; the day itself is the first without it."""

    ended_on: LocalDate
    outcome: ActivityOutcome


class ActivityCorrectionIn(ApiModel):
    """What was recorded wrongly. Fields left out stay; `end: null` takes an end back."""

    kind: ActivityKind | None = None
    provider: Provider | None = None
    hours_per_month: HoursPerMonth | None = None
    started_on: LocalDate | None = None
    end: ActivityEndIn | None = None
    reason: Reason


class ActivityOut(RecordOut):
    """An activity; `endedByExit` says that it ended because the enrolment did."""

    id: UUID
    enrolment_id: UUID
    person_id: UUID
    unit: UnitCode
    programme: ProgrammeCode
    kind: ActivityKind
    provider: Provider | None
    hours_per_month: HoursPerMonth | None
    started_on: LocalDate
    ended_on: LocalDate | None
    outcome: ActivityOutcome | None
    ended_by_exit: bool
    retracted: bool
    version: int
