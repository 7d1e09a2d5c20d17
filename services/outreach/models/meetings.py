"""Sessions, the visits counted at them, and contacts with single people."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
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
    Record,
    RetractableRecord,
    count,
    counted,
    one_of,
    reference,
)


class SourceKeyed:
    """A record that a register may have pushed, and its key (``source:key``) there.

    `ended_on` is the day on which a snapshot of that source no longer held the record. What
    happened has still happened: figures keep it. Only a retraction takes it out of them.
    """

    source_key: Mapped[str | None] = mapped_column(sort_order=81, unique=True)
    ended_on: Mapped[date | None] = mapped_column(sort_order=82)


class OutreachSession(Record):
    """One occasion: planned, then held or cancelled. Times are local (Europe/Stockholm)."""

    __tablename__ = "session"
    __table_args__ = (
        one_of("kind", SessionKind),
        one_of("state", SessionState),
        CheckConstraint("state <> 'cancelled' or reason is not null", name="cancelled_why"),
        CheckConstraint("ends_at is null or ends_at > starts_at", name="times"),
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
    )

    session_id: Mapped[UUID | None] = reference("session.id")
    operation: Mapped[str] = reference("operation.code")
    venue: Mapped[str | None] = reference("venue.code")
    unit: Mapped[str]
    held_on: Mapped[date]
    age_group: Mapped[str]
    women: Mapped[int] = count()
    men: Mapped[int] = count()
    unknown: Mapped[int] = count()


class Contact(SourceKeyed, RetractableRecord):
    """One attempt to reach one person, who is an opaque id of participants or anonymous."""

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
    )

    operation: Mapped[str] = reference("operation.code")
    venue: Mapped[str | None] = reference("venue.code")
    session_id: Mapped[UUID | None] = reference("session.id")
    unit: Mapped[str]
    happened_on: Mapped[date]
    channel: Mapped[str]
    direction: Mapped[str]
    person_id: Mapped[UUID | None]
    sex: Mapped[str]
    age_group: Mapped[str]
    target_group: Mapped[str]
    district: Mapped[str | None]
