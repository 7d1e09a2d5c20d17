"""People, the only place of identity numbers, and where they have lived."""

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
from sqlalchemy.dialects.postgresql import BYTEA, UUID, ExcludeConstraint

from services.participants.domain.codes import Education, Protection, Sex
from services.participants.models.base import kebab, metadata, one_of, validity
from shared.records import version_columns
from shared.schema import uuid_pk


def _version_of(column: str) -> Computed:
    return Computed(f"get_byte({column}, 0) * 256 + get_byte({column}, 1)", persisted=True)


person = Table(
    "person",
    metadata,
    uuid_pk(),
    # Both begin with the version of their key (shared.crypto, Seals), which the columns below
    # show, so that people left behind by a rotation are found.
    Column("identity_number_sealed", BYTEA, nullable=False),
    Column("identity_number_hash", BYTEA, nullable=False, unique=True),
    Column("seal_key_version", Integer, _version_of("identity_number_sealed"), nullable=False),
    Column("index_key_version", Integer, _version_of("identity_number_hash"), nullable=False),
    Index("person_key_versions_idx", "index_key_version", "seal_key_version"),
    Column("name_sealed", BYTEA),
    Column("birth_date", Date, nullable=False),
    Column("sex", Text, nullable=False),
    Column("protection", Text, nullable=False, server_default=text("'none'")),
    Column("guardian", Boolean),
    Column("education", Text),
    # A record of the same person as another: directly into which, and where the chain ends. What
    # was recorded about it stays with it; the person is counted as the one the chain ends with.
    Column("merged_into", UUID(as_uuid=True), ForeignKey("person.id"), index=True),
    Column("merged_root", UUID(as_uuid=True), ForeignKey("person.id"), index=True),
    Column(
        "subject_id",
        UUID(as_uuid=True),
        Computed("coalesce(merged_root, id)", persisted=True),
        nullable=False,
    ),
    CheckConstraint("(merged_into is null) = (merged_root is null)", name="merged"),
    # Sees the person before there is any enrolment.
    Column("registered_by_unit", Text, ForeignKey("unit.code"), index=True),
    *version_columns(),
    one_of("sex", Sex),
    one_of("protection", Protection),
    one_of("education", Education),
)

residence = Table(
    "residence",
    metadata,
    uuid_pk(),
    Column("person_id", UUID(as_uuid=True), ForeignKey("person.id"), nullable=False, index=True),
    Column("district", Text, nullable=False),
    *validity(),
    *version_columns(),
    kebab("district"),
    ExcludeConstraint(
        ("person_id", "="),
        (text("daterange(valid_from, valid_to, '[]')"), "&&"),
        name="residence_overlap_excl",
        using="gist",
    ),
    CheckConstraint("valid_from >= date '1850-01-01'", name="valid_from"),
)
