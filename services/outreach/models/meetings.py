"""Sessions, the visits counted at them, and contacts with single people."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.outreach.domain.codes import (
    AgeGroup,
    Channel,
    Direction,
    SessionKind,
    SessionState,
    Sex,
    TargetGroup,
)
from services.outreach.models.base import (
    Base,
    Key,
    Record,
    RetractableRecord,
    count,
    counted,
    one_of,
    reference,
)
from shared.schema import APPEND_ONLY


class SourceKeyed:
    """A record that a register may have pushed, and its key (``source:key``) there.

    `ended_on` is the day on which a snapshot of that source no longer held the record. What
    happened has still happened: figures keep it. Only a retraction takes it out of them.
    """

    source_key: Mapped[str | None] = mapped_column(sort_order=81, unique=True)
    ended_on: Mapped[date | None] = mapped_column(sort_order=82)


class OutreachSession(Record):
    """One occasion: planned, then held or cancelled.

    Times are local (Europe/Stockholm); one that ends at or before the hour it begins at ends
    the next day. `scheduled_on` is the day that the schedule's rule gave, wherever the session
    is moved; while `follows_schedule`, the schedule says what becomes of it.
    """

    __tablename__ = "session"
    __table_args__ = (
        one_of("kind", SessionKind),
        one_of("state", SessionState),
        CheckConstraint("state <> 'cancelled' or reason is not null", name="cancelled_why"),
        CheckConstraint("(schedule_id is null) = (scheduled_on is null)", name="scheduled"),
        CheckConstraint("schedule_id is not null or not follows_schedule", name="follows_schedule"),
        Index("session_schedule_id_scheduled_on_key", "schedule_id", "scheduled_on", unique=True),
        Index("session_listed_idx", "unit", text("planned_on desc"), text("id desc")),
    )

    operation: Mapped[str] = reference("operation.code")
    venue: Mapped[str | None] = reference("venue.code")
    unit: Mapped[str]
    kind: Mapped[str]
    planned_on: Mapped[date]
    starts_at: Mapped[time | None]
    ends_at: Mapped[time | None]
    state: Mapped[str]
    reason: Mapped[str | None]
    schedule_id: Mapped[UUID | None] = reference("schedule.id")
    scheduled_on: Mapped[date | None]
    follows_schedule: Mapped[bool] = mapped_column(server_default=text("false"))
    title: Mapped[str | None]
    public: Mapped[bool] = mapped_column(server_default=text("false"))


class SessionReport(Base):
    """What one client said of a held session in one call, as it said it; never rewritten.

    What became true of it stands in the session, its tallies and its contacts.
    """

    __tablename__ = "session_report"
    __table_args__ = ({"info": APPEND_ONLY},)

    id: Mapped[Key]
    session_id: Mapped[UUID] = reference("session.id")
    unit: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    recorded_by: Mapped[str]


class VisitTally(SourceKeyed, RetractableRecord):
    """Visits counted by sex, of one session and age group or of one row of the register.

    A tally of a session has the session's operation, venue, unit and day, kept in step.
    """

    __tablename__ = "visit_tally"
    __table_args__ = (
        one_of("age_group", AgeGroup),
        counted("women", "men", "unknown"),
        Index(
            "visit_tally_session_age_group_key",
            "session_id",
            "age_group",
            unique=True,
            postgresql_where=text("retracted_at is null"),
        ),
        Index("visit_tally_listed_idx", "unit", text("held_on desc"), text("id desc")),
        Index(
            "visit_tally_report_id_idx",
            "report_id",
            postgresql_where=text("report_id is not null"),
        ),
    )

    session_id: Mapped[UUID | None] = reference("session.id")
    report_id: Mapped[UUID | None] = reference("session_report.id")
    operation: Mapped[str] = reference("operation.code")
    venue: Mapped[str | None] = reference("venue.code")
    unit: Mapped[str]
    held_on: Mapped[date]
    age_group: Mapped[str]
    women: Mapped[int] = count()
    men: Mapped[int] = count()
    unknown: Mapped[int] = count()


class Contact(SourceKeyed, RetractableRecord):
    """One attempt to reach one person, who is an opaque id of participants or anonymous.

    `linked_at` is when somebody here said whom an anonymous contact was with; null when the
    person was known from the start, or is not.
    """

    __tablename__ = "contact"
    __table_args__ = (
        one_of("channel", Channel),
        one_of("direction", Direction),
        one_of("sex", Sex),
        one_of("age_group", AgeGroup),
        one_of("target_group", TargetGroup),
        Index("contact_operation_idx", "operation", "happened_on"),
        Index(
            "contact_person_id_idx",
            "person_id",
            postgresql_where=text("person_id is not null"),
        ),
        Index("contact_listed_idx", "unit", text("happened_on desc"), text("id desc")),
        Index(
            "contact_session_id_idx",
            "session_id",
            postgresql_where=text("session_id is not null"),
        ),
        CheckConstraint("linked_at is null or person_id is not null", name="linked_to"),
    )

    operation: Mapped[str] = reference("operation.code")
    venue: Mapped[str | None] = reference("venue.code")
    session_id: Mapped[UUID | None] = reference("session.id")
    unit: Mapped[str]
    happened_on: Mapped[date]
    channel: Mapped[str]
    direction: Mapped[str]
    person_id: Mapped[UUID | None]
    linked_at: Mapped[datetime | None]
    sex: Mapped[str]
    age_group: Mapped[str]
    target_group: Mapped[str]
    district: Mapped[str | None]


class ContactDistinction(Base):
    """That two contacts which look alike were two: they count as before."""

    __tablename__ = "contact_distinction"
    __table_args__ = (
        CheckConstraint("contact_id < other_id", name="two"),
        {"info": APPEND_ONLY},
    )

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    reason: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    recorded_by: Mapped[str]
