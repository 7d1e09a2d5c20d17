"""Hours that are worth money to a project: of staff, by time report, and of participants."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import UUID

from services.budget.models.base import metadata, said_by
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk

staff_hours = Table(
    "staff_hours",
    metadata,
    uuid_pk(),
    Column("employee", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("activity", SmallInteger, nullable=False),
    Column("function", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
    UniqueConstraint("employee", "day", "project", "activity", "function"),
    CheckConstraint("activity between 1 and 7", name="activity"),
    Index("staff_hours_project_idx", "project", "day"),
    info=APPEND_ONLY,
)
"""What a time report is about; how many minutes stands in its versions."""

staff_hours_version = Table(
    "staff_hours_version",
    metadata,
    Column("staff_hours_id", UUID(as_uuid=True), ForeignKey("staff_hours.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("attested_by", Text, nullable=False),
    timestamptz("attested_at"),
    Column("reason", Text, nullable=False),
    *said_by(),
    CheckConstraint("minutes between 0 and 1440", name="minutes"),
    info=APPEND_ONLY,
)
"""A retracted report is a version of no minutes."""

participant_hours = Table(
    "participant_hours",
    metadata,
    Column("attestation_id", UUID(as_uuid=True), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("project", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("month", Date, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("minutes >= 0", name="minutes"),
    Index("participant_hours_project_idx", "project", "month"),
    info=APPEND_ONLY,
)
"""Attested hours as participants told of them; the highest version says how many now."""
