"""The register of the responsibility for activity: members, contacts, measures, files."""

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
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, UUID, ExcludeConstraint

from services.participants.domain.kaa_codes import (
    Channel,
    CodeList,
    EndReason,
    JoinReason,
    LeaveReason,
    MeasureKind,
    Occupation,
    OccupationAfter,
    Responsible,
    Schooling,
    Studies,
)
from services.participants.models.base import metadata, one_of
from services.participants.models.enrolment import frozen_breakdown, person_reference
from shared.records import version_columns
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk


def key_version(
    column: str, *, name: str = "seal_key_version", nullable: bool = True
) -> Column[int]:
    """Return which key a sealed value or a hash begins with, so that a rotation finds it."""
    version = f"get_byte({column}, 0) * 256 + get_byte({column}, 1)"
    return Column(name, Integer, Computed(version, persisted=True), nullable=nullable)


def _membership() -> Column[object]:
    return Column(
        "membership_id",
        UUID(as_uuid=True),
        ForeignKey("kaa_membership.id"),
        nullable=False,
        index=True,
    )


kaa_membership = Table(
    "kaa_membership",
    metadata,
    uuid_pk(),
    person_reference(),
    Column("unit", Text, ForeignKey("unit.code"), nullable=False, index=True),
    Column("joined_on", Date, nullable=False),
    Column("join_reason", Text, nullable=False),
    # As the source has it; the twentieth birthday ends a membership whatever stands here.
    Column("left_on", Date),
    Column("leave_reason", Text),
    Column("schooling", Text, nullable=False),
    Column("studies", Text, nullable=False),
    Column("diploma", Boolean, nullable=False),
    Column("adapted_certificate", Boolean, nullable=False),
    Column("equivalent_education", Boolean, nullable=False),
    Column("study_certificate", Boolean, nullable=False),
    # Contact details may be used for this register only (förordning 2006:39, 3 §): sealed here,
    # and not taken over to the person. The hash shows whether a delivery brings news.
    Column("contact_sealed", BYTEA),
    Column("contact_hash", BYTEA),
    key_version("contact_sealed"),
    key_version("contact_hash", name="index_key_version"),
    Column("source_key", Text, nullable=False, unique=True),
    timestamptz("retracted_at", nullable=True),
    *frozen_breakdown(),
    *version_columns(),
    one_of("join_reason", JoinReason),
    one_of("leave_reason", LeaveReason),
    one_of("schooling", Schooling),
    one_of("studies", Studies),
    CheckConstraint("left_on >= joined_on", name="left_after_joining"),
    CheckConstraint("(left_on is null) = (leave_reason is null)", name="left_for_a_reason"),
    CheckConstraint("(contact_sealed is null) = (contact_hash is null)", name="contact"),
    ExcludeConstraint(
        ("person_id", "="),
        (text("daterange(joined_on, left_on, '[)')"), "&&"),
        name="kaa_membership_overlap_excl",
        using="gist",
        where=text("retracted_at is null"),
        deferrable=True,
        initially="IMMEDIATE",
    ),
    Index("kaa_membership_person_id_idx", "person_id"),
    Index("kaa_membership_key_versions_idx", "index_key_version", "seal_key_version"),
)

kaa_contact = Table(
    "kaa_contact",
    metadata,
    uuid_pk(),
    _membership(),
    Column("held_on", Date, nullable=False),
    Column("channel", Text, nullable=False),
    Column("two_way", Boolean, nullable=False),
    Column("occupation", Text, nullable=False),
    timestamptz("retracted_at", nullable=True),
    *version_columns(),
    one_of("channel", Channel),
    one_of("occupation", Occupation),
)

kaa_measure = Table(
    "kaa_measure",
    metadata,
    uuid_pk(),
    _membership(),
    Column("kind", Text, nullable=False),
    Column("responsible", Text, nullable=False),
    Column("started_on", Date),
    Column("declined_on", Date),
    Column("ended_on", Date),
    Column("end_reason", Text),
    Column("occupation_after", Text),
    Column("content_sealed", BYTEA),
    key_version("content_sealed"),
    Column("follow_up_days", ARRAY(Date), nullable=False, server_default=text("'{}'")),
    timestamptz("retracted_at", nullable=True),
    *version_columns(),
    one_of("kind", MeasureKind),
    one_of("responsible", Responsible),
    one_of("end_reason", EndReason),
    one_of("occupation_after", OccupationAfter),
    Index("kaa_measure_seal_key_version_idx", "seal_key_version"),
    CheckConstraint("(started_on is null) = (declined_on is not null)", name="begun_or_declined"),
    CheckConstraint("ended_on >= started_on", name="end_after_start"),
    CheckConstraint("ended_on is null or started_on is not null", name="ended_was_begun"),
    CheckConstraint("(ended_on is null) = (end_reason is null)", name="end_has_reason"),
    CheckConstraint("(ended_on is null) = (occupation_after is null)", name="end_has_occupation"),
)

kaa_code_mapping = Table(
    "kaa_code_mapping",
    metadata,
    uuid_pk(),
    Column("list", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("official_code", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
    one_of("list", CodeList),
    CheckConstraint(
        "official_code ~ '^[A-Za-z0-9_-]+$' and length(official_code) <= 20", name="form"
    ),
    Index("kaa_code_mapping_list_idx", "list", "code", "valid_from"),
    info=APPEND_ONLY,
)
"""Official codes for our own: of one code, the entry of the latest day holds, the last recorded."""

kaa_file = Table(
    "kaa_file",
    metadata,
    uuid_pk(),
    Column("half_year", Text, nullable=False),
    Column("number", Integer, nullable=False),
    timestamptz("basis"),
    Column("rows", Integer, nullable=False),
    Column("youths", Integer, nullable=False),
    Column("protected_included", Boolean, nullable=False),
    Column("protected_left_out", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content_sealed", BYTEA, nullable=False),
    key_version("content_sealed", nullable=False),
    # Whom the file is about: whoever takes it out reads about each of them.
    Column("subjects", ARRAY(UUID(as_uuid=True)), nullable=False),
    Column("made_by", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("half_year ~ '^20[0-9]{2}-H[12]$'", name="half_year"),
    Index("kaa_file_half_year_number_key", "half_year", "number", unique=True),
    Index("kaa_file_seal_key_version_idx", "seal_key_version"),
)
"""Each half-year's files in order; the last one replaces those before. Only keys change later."""
