"""Schedules, and the days on which they are not followed."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.outreach.domain.codes import ExceptionKind, Holidays, SessionKind
from services.outreach.models.base import (
    Record,
    RetractableRecord,
    one_of,
    ordered,
    reference,
)

_TIMES = "ends_at is null or starts_at is not null"


class Schedule(Record):
    """Recurring staffing of a place: an RFC 5545 rule, its times and what each session is.

    Sessions of days before `applies_from` were given by an earlier version and stay.
    """

    __tablename__ = "schedule"
    __table_args__ = (
        one_of("kind", SessionKind),
        one_of("holidays", Holidays),
        ordered("starts_on", "ends_on"),
        CheckConstraint(_TIMES, name="times"),
    )

    operation: Mapped[str] = reference("operation.code")
    venue: Mapped[str | None] = reference("venue.code")
    unit: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str | None]
    public: Mapped[bool] = mapped_column(server_default=text("false"))
    posts: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    rule: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    starts_at: Mapped[time | None]
    ends_at: Mapped[time | None]
    holidays: Mapped[str]
    applies_from: Mapped[date]


class ScheduleException(RetractableRecord):
    """A stop of some days, a day moved to another, or a day besides those of the rule."""

    __tablename__ = "schedule_exception"
    __table_args__ = (
        one_of("kind", ExceptionKind),
        ordered("first_on", "last_on"),
        CheckConstraint("kind = 'stop' or last_on is not distinct from first_on", name="one_day"),
        CheckConstraint("kind = 'moved' or moved_to is null", name="moved"),
        CheckConstraint(_TIMES, name="times"),
        Index(
            "schedule_exception_day_key",
            "schedule_id",
            "kind",
            "first_on",
            unique=True,
            postgresql_where=text("retracted_at is null and kind <> 'stop'"),
        ),
    )

    schedule_id: Mapped[UUID] = reference("schedule.id")
    unit: Mapped[str]
    kind: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date | None]
    moved_to: Mapped[date | None]
    starts_at: Mapped[time | None]
    ends_at: Mapped[time | None]
    reason: Mapped[str]
