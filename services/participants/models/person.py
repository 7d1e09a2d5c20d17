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

from services.participants.domain.codes import (
    CountryOfBirth,
    Education,
    IdentityLevel,
    Protection,
    Sex,
)
from services.participants.models.base import kebab, metadata, one_of, validity
from shared.records import version_columns
from shared.schema import timestamptz, uuid_pk


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
    # Telephone and e-mail; the address is one of two, by the person's protection.
    Column("contact_sealed", BYTEA),
    Column("postal_address_sealed", BYTEA),
    Column("forwarding_address_sealed", BYTEA),
    Column("birth_date", Date, nullable=False),
    Column("sex", Text, nullable=False),
    Column("protection", Text, nullable=False, server_default=text("'none'")),
    Column("guardian", Boolean),
    Column("education", Text),
    Column("country_of_birth", Text),
    Column("arrived_on", Date),
    # Of a coordination number: how sure the identity is, and when it was assigned or renewed.
    Column("identity_level", Text),
    Column("number_confirmed_on", Date),
    # A record of the same person as another: directly into which, and where the chain ends. What
    # was recorded about it stays with it; the person is counted as the one the chain ends with.
    Column("merged_into", UUID(as_uuid=True), ForeignKey("person.id"), index=True),
    Column("merged_root", UUID(as_uuid=True), ForeignKey("person.id")),
    Column(
        "subject_id",
        UUID(as_uuid=True),
        Computed("coalesce(merged_root, id)", persisted=True),
        nullable=False,
        index=True,
    ),
    CheckConstraint("(merged_into is null) = (merged_root is null)", name="merged"),
    # Sees the person before there is any enrolment.
    Column("registered_by_unit", Text, ForeignKey("unit.code"), index=True),
    *version_columns(),
    one_of("sex", Sex),
    one_of("protection", Protection),
    one_of("education", Education),
    one_of("country_of_birth", CountryOfBirth),
    one_of("identity_level", IdentityLevel),
    CheckConstraint(
        "postal_address_sealed is null or protection <> 'protected_registration'",
        name="postal_address",
    ),
    CheckConstraint(
        "forwarding_address_sealed is null or protection = 'protected_registration'",
        name="forwarding_address",
    ),
)

person_number_alias = Table(
    "person_number_alias",
    metadata,
    uuid_pk(),
    Column("person_id", UUID(as_uuid=True), ForeignKey("person.id"), nullable=False, index=True),
    # A number the person had before; sealed and hashed as the present one. A number that is
    # somebody's alias is nobody's number: a trigger on person refuses it.
    Column("identity_number_sealed", BYTEA, nullable=False),
    Column("identity_number_hash", BYTEA, nullable=False, unique=True),
    Column("seal_key_version", Integer, _version_of("identity_number_sealed"), nullable=False),
    Column("index_key_version", Integer, _version_of("identity_number_hash"), nullable=False),
    timestamptz("replaced_at", default_now=True),
)

person_merge = Table(
    "person_merge",
    metadata,
    uuid_pk(),
    Column("absorbed_id", UUID(as_uuid=True), ForeignKey("person.id"), nullable=False),
    Column("survivor_id", UUID(as_uuid=True), ForeignKey("person.id"), nullable=False, index=True),
    # As they were before: both are protected as the more protected, and a reversal undoes it.
    Column("absorbed_protection", Text, nullable=False),
    Column("survivor_protection", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("merged_by", Text, nullable=False),
    timestamptz("merged_at", default_now=True),
    Column("reversal_reason", Text),
    Column("reversed_by", Text),
    timestamptz("reversed_at", nullable=True),
    *version_columns(),
    CheckConstraint("absorbed_id <> survivor_id", name="two_people"),
    CheckConstraint(
        "(reversed_at is null) = (reversal_reason is null)"
        " and (reversed_at is null) = (reversed_by is null)",
        name="reversed",
    ),
    Index(
        "person_merge_absorbed_key",
        "absorbed_id",
        unique=True,
        postgresql_where=text("reversed_at is null"),
    ),
)

residence = Table(
    "residence",
    metadata,
    uuid_pk(),
    Column("person_id", UUID(as_uuid=True), ForeignKey("person.id"), nullable=False, index=True),
    Column("district", Text, nullable=False),
    # Of what the population register delivered; without one it was written by hand.
    Column("source_key", Text, unique=True),
    timestamptz("retracted_at", nullable=True),
    *validity(),
    *version_columns(),
    kebab("district"),
    ExcludeConstraint(
        ("person_id", "="),
        (text("daterange(valid_from, valid_to, '[]')"), "&&"),
        name="residence_overlap_excl",
        using="gist",
        where=text("retracted_at is null"),
        # Deferrable: a delivery may shorten one interval and lengthen its neighbour.
        deferrable=True,
        initially="IMMEDIATE",
    ),
    CheckConstraint("valid_from >= date '1850-01-01'", name="valid_from"),
)
