"""Concern reports (orosanmälningar), and who signs those of a unit."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Computed, ForeignKey, Index, Integer, Table, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import BYTEA, UUID, ExcludeConstraint

from services.participants.models.base import metadata, validity
from shared.records import version_columns
from shared.schema import timestamptz, uuid_pk


def sealed_content() -> tuple[Column[bytes], Column[int]]:
    """Return the sealed column, and the version of its key, by which a rotation finds it."""
    version = "get_byte(content_sealed, 0) * 256 + get_byte(content_sealed, 1)"
    return (
        Column("content_sealed", BYTEA, nullable=False),
        Column("seal_key_version", Integer, Computed(version, persisted=True), nullable=False),
    )


unit_manager = Table(
    "unit_manager",
    metadata,
    uuid_pk(),
    Column("unit", Text, ForeignKey("unit.code"), nullable=False),
    # The token's subject: an officer, not somebody the register is about.
    Column("manager", Text, nullable=False),
    *validity(),
    *version_columns(),
    ExcludeConstraint(
        ("unit", "="),
        (sql("daterange(valid_from, valid_to, '[]')"), "&&"),
        name="unit_manager_overlap_excl",
        using="gist",
    ),
    CheckConstraint("manager <> ''", name="manager"),
)
"""Ansvarig chef: who signs a unit's concern reports on a day, and alone reads them."""

concern_report = Table(
    "concern_report",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("unit", Text, ForeignKey("unit.code"), nullable=False),
    Column("written_by", Text, nullable=False),
    timestamptz("suspected_at"),
    timestamptz("written_at"),
    timestamptz("called_at", nullable=True),
    Column("signed_by", Text),
    timestamptz("signed_at", nullable=True),
    timestamptz("sent_at", nullable=True),
    # Who it is about is inside: no column, key or index tells that there is one for a person.
    *sealed_content(),
    *version_columns(),
    CheckConstraint("written_at >= suspected_at", name="written_after"),
    CheckConstraint("called_at >= suspected_at", name="called_after"),
    CheckConstraint("sent_at >= written_at", name="sent_after"),
    CheckConstraint("(signed_by is null) = (signed_at is null)", name="signed"),
    CheckConstraint("sent_at is null or signed_at is not null", name="signed_when_sent"),
    Index("concern_report_unit_idx", "unit", "suspected_at"),
    Index("concern_report_seal_key_version_idx", "seal_key_version"),
)
