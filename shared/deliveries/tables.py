"""The tables behind deliveries: the delivery itself, its body while needed, its row errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from shared.schema import timestamptz, uuid_pk

if TYPE_CHECKING:
    from sqlalchemy import MetaData

STATES = ("received", "validating", "held", "applying", "applied", "rejected", "cancelled")
WAITING = ("received", "validating", "applying")
"""States in which a worker has something to do."""

COUNTS = ("created", "changed", "unchanged", "retracted", "rejected")
"""Every row ends as exactly one of these; records ended by a snapshot are no rows of it."""


def define_tables(metadata: MetaData) -> None:
    """Add the delivery tables to a service's metadata."""
    _define_delivery(metadata)
    _define_body(metadata)
    _define_error(metadata)


def keep_subjects(metadata: MetaData) -> None:
    """Add to row errors whom the row is about, for a service whose registers say so."""
    errors = metadata.tables["delivery_error"]
    errors.append_column(Column("subject", LargeBinary))
    Index(
        "delivery_error_subject_idx",
        errors.c.subject,
        postgresql_where=text("subject is not null"),
    )


def _define_delivery(metadata: MetaData) -> None:
    decided = " + ".join(COUNTS)
    Table(
        "delivery",
        metadata,
        uuid_pk(),
        Column("register", Text, nullable=False),
        Column("mode", Text, nullable=False),
        Column("dry_run", Boolean, nullable=False),
        Column("atomic", Boolean, nullable=False),
        Column("day", Date, nullable=False),
        Column("content_type", Text, nullable=False),
        Column("idempotency_key", Text, nullable=False),
        Column("delivered_by", Text, nullable=False),
        Column("sha256", LargeBinary, nullable=False),
        Column("bytes", BigInteger, nullable=False),
        timestamptz("created_at", default_now=True),
        Column("state", Text, nullable=False, server_default="received"),
        Column("rows", BigInteger, nullable=False, server_default="0"),
        *(Column(name, BigInteger, nullable=False, server_default="0") for name in COUNTS),
        Column("ended", BigInteger, nullable=False, server_default="0"),
        Column("cursor", BigInteger, nullable=False, server_default="0"),
        Column("planned", JSONB),
        Column("moved_figures", JSONB),
        Column("explanation_code", Text),
        Column("explanation", Text),
        Column("failures", Integer, nullable=False, server_default="0"),
        timestamptz("retry_at", nullable=True),
        timestamptz("started_at", nullable=True),
        timestamptz("finished_at", nullable=True),
        Column("released_by", Text),
        Column("release_reason", Text),
        timestamptz("released_at", nullable=True),
        Column("cancelled_by", Text),
        timestamptz("cancelled_at", nullable=True),
        UniqueConstraint("register", "delivered_by", "idempotency_key"),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("mode in ('delta', 'snapshot')", name="mode"),
        CheckConstraint(f"{decided} <= rows", name="counts_within_rows"),
        CheckConstraint(
            f"state not in ('applied', 'rejected') or {decided} = rows", name="counts_add_up"
        ),
        CheckConstraint(f"least({', '.join(COUNTS)}, ended, cursor) >= 0", name="counts_positive"),
        CheckConstraint("(released_by is null) = (released_at is null)", name="release_named"),
        CheckConstraint("(cancelled_by is null) = (cancelled_at is null)", name="cancel_named"),
        CheckConstraint(
            "(finished_at is not null) = (state in ('applied', 'rejected', 'cancelled'))",
            name="finished",
        ),
        Index(
            "delivery_waiting_idx",
            "register",
            "created_at",
            "id",
            postgresql_where=text(f"state in {WAITING}"),
        ),
        Index("delivery_register_idx", "register", text("created_at desc"), text("id desc")),
    )


def _define_body(metadata: MetaData) -> None:
    """Chunks come before their delivery is accepted, hence no foreign key."""
    Table(
        "delivery_body",
        metadata,
        Column("delivery_id", PG_UUID(as_uuid=True), primary_key=True),
        Column("chunk_no", Integer, primary_key=True),
        Column("data", LargeBinary, nullable=False),
        timestamptz("stored_at", default_now=True),
    )


def _define_error(metadata: MetaData) -> None:
    Table(
        "delivery_error",
        metadata,
        Column(
            "delivery_id",
            PG_UUID(as_uuid=True),
            ForeignKey("delivery.id"),
            primary_key=True,
        ),
        Column("row_no", BigInteger, primary_key=True),
        Column("error_no", Integer, primary_key=True),
        Column("key", Text),
        Column("field", Text),
        Column("code", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("difference", Text),
    )
