"""Follow-ups: what became of people some months after they left."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

from services.participants.domain.codes import (
    EmploymentStatus,
    FollowUpKind,
    FollowUpResult,
    FollowUpState,
    Improvement,
)
from services.participants.models.base import metadata, one_of
from shared.records import version_columns
from shared.schema import uuid_pk

follow_up = Table(
    "follow_up",
    metadata,
    uuid_pk(),
    Column("enrolment_id", UUID(as_uuid=True), ForeignKey("enrolment.id"), nullable=False),
    # Of an activity that ended while the enrolment went on; otherwise of the exit.
    Column("activity_id", UUID(as_uuid=True), ForeignKey("activity.id")),
    Column("kind", Text, nullable=False),
    Column("unit", Text, nullable=False),
    # The day of the exit, or the activity's last.
    Column("exited_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("result", Text),
    Column("answered_on", Date),
    # What the ESF+ indicators of six months after leaving need (EECR05, EECR06).
    Column("employment_status", Text),
    Column("improvement", Text),
    *version_columns(),
    one_of("kind", FollowUpKind),
    one_of("state", FollowUpState),
    CheckConstraint("(state = 'answered') = (result is not null)", name="answered"),
    CheckConstraint("(state = 'answered') = (answered_on is not null)", name="answered_on"),
    one_of("result", FollowUpResult),
    one_of("employment_status", EmploymentStatus),
    one_of("improvement", Improvement),
    CheckConstraint(
        "(kind = 'esf' and state = 'answered') = (employment_status is not null)", name="esf_answer"
    ),
    CheckConstraint(
        "improvement is null or employment_status in ('employed', 'self_employed')",
        name="improved_in_work",
    ),
    CheckConstraint("activity_id is null or kind = 'stockholmsjobb'", name="activity"),
    # Exactly one of a kind for each exit and one for each activity, whoever plans it.
    Index(
        "follow_up_exit_key",
        "enrolment_id",
        "kind",
        unique=True,
        postgresql_where=text("activity_id is null and state <> 'cancelled'"),
    ),
    Index(
        "follow_up_activity_key",
        "activity_id",
        unique=True,
        postgresql_where=text("activity_id is not null and state <> 'cancelled'"),
    ),
    Index("follow_up_enrolment_id_idx", "enrolment_id"),
    # What the scheduled job looks for, and what units have before them.
    Index("follow_up_planned_idx", "due_on", postgresql_where=text("state = 'planned'")),
    Index("follow_up_due_idx", "unit", "due_on", postgresql_where=text("state = 'open'")),
)
