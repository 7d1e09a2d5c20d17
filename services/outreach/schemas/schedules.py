"""Shapes of schedules, their exceptions, and previews of what they give."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from typing_extensions import override

from services.outreach.domain import times
from services.outreach.domain.codes import ExceptionKind, Holidays, SessionKind, StaffRole
from services.outreach.schemas.fields import (
    LEFT_OUT,
    RETRACTED,
    ChangeIn,
    LocalTime,
    Name,
    OperationCode,
    Reason,
    RecordIn,
    RecordOut,
    UnitCode,
    VenueCode,
)
from services.outreach.schemas.meetings import ClientId
from shared.models import ApiModel, Instant, LocalDate

Rule: TypeAlias = Annotated[
    str,
    Field(
        max_length=200,
        examples=["FREQ=WEEKLY;BYDAY=TU,WE,TH"],
        description="RRULE of RFC 5545 from a day upwards; gives days, never times",
    ),
]
_FIRST, _LAST = date(1990, 1, 1), date(2100, 12, 31)


def _near(day: date) -> date:
    # Rules are followed day by day: neither from nor to a day far away.
    if not _FIRST <= day <= _LAST:
        raise PydanticCustomError(
            "day_too_far_away", "Input should be between {first} and {last}", _BETWEEN
        )
    return day


_BETWEEN = {"first": _FIRST.isoformat(), "last": _LAST.isoformat()}
PlannedDay: TypeAlias = Annotated[LocalDate, AfterValidator(_near)]
Public: TypeAlias = Annotated[bool, Field(description="Shown in the calendars that anybody reads")]


class Post(ApiModel):
    """Who staffs a session, and how much of a post it takes."""

    role: StaffRole
    percent: int | None = Field(default=None, ge=1, le=1000, examples=[50])


Posts: TypeAlias = Annotated[list[Post], Field(max_length=20)]


class _Occurring(ApiModel):
    rule: Rule
    starts_on: PlannedDay
    ends_on: PlannedDay | None = None
    starts_at: LocalTime | None = None
    ends_at: LocalTime | None = None
    holidays: Holidays = Holidays.SKIP


class ScheduleIn(_Occurring, RecordIn):
    """A schedule to register."""

    id: ClientId = None
    operation: OperationCode
    venue: VenueCode | None = None
    unit: UnitCode
    kind: SessionKind
    title: Name | None = None
    public: Public = False
    posts: Posts = Field(default_factory=list)

    @override
    def values(self) -> dict[str, Any]:
        """Return every member by column."""
        posts = [each.model_dump(mode="json") for each in self.posts]
        return {**super().values(), "posts": posts}


class ScheduleChangeIn(ChangeIn):
    """What changes about a schedule, and from which day on."""

    applies_from: PlannedDay | None = Field(default=None, description="Today, unless said")
    venue: VenueCode | None = None
    kind: SessionKind = LEFT_OUT
    title: Name | None = None
    public: Public = LEFT_OUT
    posts: Posts = LEFT_OUT
    rule: Rule = LEFT_OUT
    ends_on: PlannedDay | None = None
    starts_at: LocalTime | None = None
    ends_at: LocalTime | None = None
    holidays: Holidays = LEFT_OUT
    reason: Reason

    @override
    def values(self) -> dict[str, Any]:
        """Return the members that were sent, by column, the reason apart."""
        sent = super().values()
        if "posts" in sent:
            sent["posts"] = [each.model_dump(mode="json") for each in self.posts]
        return sent


class ScheduleOut(_Occurring, RecordOut):
    """A schedule; sessions of days before `appliesFrom` were given by an earlier version."""

    id: UUID
    operation: OperationCode
    venue: VenueCode | None
    unit: UnitCode
    kind: SessionKind
    title: Name | None
    public: bool
    posts: list[Post]
    applies_from: LocalDate


class ScheduleExceptionIn(RecordIn):
    """A stop of days, a day moved, or a day besides those of the rule."""

    id: ClientId = None
    kind: ExceptionKind
    first_on: PlannedDay = Field(description="The day, or the first of a stop")
    last_on: LocalDate | None = Field(
        default=None, description="Last day of a stop; null: until further notice"
    )
    moved_to: PlannedDay | None = Field(default=None, description="The day instead")
    starts_at: LocalTime | None = None
    ends_at: LocalTime | None = None
    reason: Reason

    @override
    def values(self) -> dict[str, Any]:
        """Return every member by column; what is no stop is of one day."""
        said = super().values()
        if self.kind is not ExceptionKind.STOP:
            said["last_on"] = self.first_on
        return said


class ScheduleExceptionOut(RecordOut):
    """An exception of a schedule."""

    id: UUID
    schedule_id: UUID
    kind: ExceptionKind
    first_on: LocalDate
    last_on: LocalDate | None
    moved_to: LocalDate | None
    starts_at: LocalTime | None
    ends_at: LocalTime | None
    reason: Reason
    retracted_at: Instant | None = RETRACTED


class SchedulePreviewIn(_Occurring):
    """What a schedule would be, and the days to look at."""

    first: PlannedDay = Field(alias="from")
    last: PlannedDay = Field(alias="to")


class OccasionOut(ApiModel):
    """A day of the rule: a session, or left out for a holiday."""

    scheduled_on: LocalDate
    starts_instant: Instant | None
    ends_instant: Instant | None
    holiday: str | None = Field(
        description="Its Swedish name, when one falls on the day", examples=["Långfredagen"]
    )
    state: Literal["planned", "skipped"]

    @classmethod
    def on(cls, day: LocalDate, said: _Occurring, *, holiday: str | None, skipped: bool) -> Self:
        """Return what becomes of a day of the rule."""
        return cls(
            scheduled_on=day,
            starts_instant=times.starts(day, said.starts_at),
            ends_instant=times.ends(day, said.starts_at, said.ends_at),
            holiday=holiday,
            state="skipped" if skipped else "planned",
        )


class SchedulePreviewOut(ApiModel):
    """The days of the rule, in order."""

    items: list[OccasionOut]
