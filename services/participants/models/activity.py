"""Activities (insatser) during enrolments, and plans (planer) drawn up with people."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import BYTEA, UUID, ExcludeConstraint

from services.participants.domain.codes import ActivityKind, ActivityOutcome, ChecklistGround
from services.participants.models.base import metadata, one_of
from services.participants.models.enrolment import frozen_breakdown, person_reference
from shared.records import version_columns
from shared.schema import timestamptz, uuid_pk

activity = Table(
    "activity",
    metadata,
    uuid_pk(),
    Column("enrolment_id", UUID(as_uuid=True), ForeignKey("enrolment.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("provider", Text),
    Column("hours_per_month", SmallInteger),
    Column("started_on", Date, nullable=False),
    Column("ended_on", Date),
    Column("outcome", Text),
    # Ended by the exit, and moves with it; an end of its own stays where it was put.
    Column("ended_by_exit", Boolean, nullable=False, server_default=text("false")),
    timestamptz("retracted_at", nullable=True),
    *version_columns(),
    one_of("kind", ActivityKind),
    one_of("outcome", ActivityOutcome),
    CheckConstraint("ended_on >= started_on", name="end_after_start"),
    CheckConstraint("(ended_on is null) = (outcome is null)", name="end_has_outcome"),
    CheckConstraint("not ended_by_exit or ended_on is not null", name="ended_by_exit"),
    CheckConstraint("hours_per_month between 1 and 403", name="hours_per_month"),
    # As with enrolments, the day of the end is free for the next of the same kind.
    ExcludeConstraint(
        ("enrolment_id", "="),
        ("kind", "="),
        (text("daterange(started_on, ended_on, '[)')"), "&&"),
        name="activity_overlap_excl",
        using="gist",
        where=text("retracted_at is null"),
    ),
    Index("activity_enrolment_id_idx", "enrolment_id"),
)

plan = Table(
    "plan",
    metadata,
    uuid_pk(),
    person_reference(),
    # A youth of KAA has a plan without being enrolled.
    Column("enrolment_id", UUID(as_uuid=True), ForeignKey("enrolment.id"), index=True),
    Column("unit", Text, ForeignKey("unit.code"), nullable=False),
    Column("drawn_up_on", Date, nullable=False),
    Column("review_on", Date, nullable=False),
    # The plan before, when this one renews it.
    Column("follows", UUID(as_uuid=True), ForeignKey("plan.id")),
    # Guardian of children under 18 on the day, as the person then was known to be.
    Column("guardian", Boolean, nullable=False),
    # Why it needs a child checklist, if it does: as things stood on the day (a trigger sets it).
    Column("checklist_ground", Text),
    Column("content_sealed", BYTEA, nullable=False),
    Column(
        "seal_key_version",
        Integer,
        Computed("get_byte(content_sealed, 0) * 256 + get_byte(content_sealed, 1)", persisted=True),
        nullable=False,
    ),
    timestamptz("retracted_at", nullable=True),
    *frozen_breakdown(),
    *version_columns(),
    CheckConstraint("review_on > drawn_up_on", name="review_after"),
    one_of("checklist_ground", ChecklistGround),
    Index("plan_person_id_idx", "person_id"),
    Index("plan_seal_key_version_idx", "seal_key_version"),
    Index("plan_review_idx", "unit", "review_on", postgresql_where=text("retracted_at is null")),
    Index(
        "plan_follows_key", "follows", unique=True, postgresql_where=text("retracted_at is null")
    ),
)
