"""What ESF projects account for: attendance, monthly participant files, replacement codes."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import BYTEA, UUID, ExcludeConstraint

from services.participants.domain.codes import Sex
from services.participants.domain.hours import MINUTES, MOST_HOURS_A_DAY
from services.participants.models.base import metadata, one_of
from shared.records import version_columns
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk

attendance = Table(
    "attendance",
    metadata,
    uuid_pk(),
    Column("enrolment_id", UUID(as_uuid=True), ForeignKey("enrolment.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("source_key", Text, nullable=False, unique=True),
    timestamptz("retracted_at", nullable=True),
    *version_columns(),
    CheckConstraint(f"minutes between 1 and {MOST_HOURS_A_DAY * MINUTES}", name="minutes"),
    # Deferrable: a delivery may let two days change places.
    ExcludeConstraint(
        ("enrolment_id", "="),
        ("day", "="),
        name="attendance_day_excl",
        using="gist",
        where=text("retracted_at is null"),
        deferrable=True,
        initially="IMMEDIATE",
    ),
    Index("attendance_enrolment_id_day_idx", "enrolment_id", "day"),
)
"""Närvaro: the minutes that somebody took part on a day."""

participant_file = Table(
    "participant_file",
    metadata,
    uuid_pk(),
    Column("programme", Text, ForeignKey("programme.code"), nullable=False),
    # Its place in the project's series, and which issue of its month it is.
    Column("number", Integer, nullable=False),
    Column("month", Date, nullable=False),
    Column("issue", Integer, nullable=False),
    # The rows are those of the records at this basis; the hash tells when they no longer are.
    Column("basis", DateTime(timezone=True), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("content_hash", BYTEA, nullable=False),
    Column("reason", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
    UniqueConstraint("programme", "number", name="participant_file_programme_number_key"),
    UniqueConstraint(
        "programme", "month", "issue", name="participant_file_programme_month_issue_key"
    ),
    CheckConstraint("extract(day from month) = 1", name="month"),
    CheckConstraint("number >= 1 and issue >= 1", name="first"),
    info=APPEND_ONLY,
)
"""Deltagarrapportering: the series of files that a project's months are reported by."""

esf_replacement_code = Table(
    "esf_replacement_code",
    metadata,
    uuid_pk(),
    Column("sex", Text, nullable=False),
    Column("suffix", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
    one_of("sex", Sex),
    CheckConstraint("suffix ~ '^[A-Za-z0-9]{1,10}$'", name="suffix"),
    Index("esf_replacement_code_sex_idx", "sex", "recorded_at"),
    info=APPEND_ONLY,
)
"""What stands after the birth date of a protected person in the file; the latest counts."""
