"""The tables of the inbox."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from shared.schema import timestamptz


def define_tables(metadata: MetaData) -> None:
    """Add ``inbox`` and ``inbox_cursor`` to a service's metadata."""
    Table(
        "inbox",
        metadata,
        Column("source", Text, primary_key=True),
        Column("event_id", PG_UUID(as_uuid=True), primary_key=True),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("data", JSONB, nullable=False),
        Column("traceparent", Text),
        timestamptz("occurred_at"),
        timestamptz("received_at", default_now=True),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("next_attempt_at", DateTime(timezone=True), server_default=text("now()")),
        timestamptz("applied_at", nullable=True),
        timestamptz("dead_at", nullable=True),
        Column("last_error", Text),
        UniqueConstraint("source", "subject", "sequence"),
        Index(
            "inbox_due_idx",
            "next_attempt_at",
            postgresql_where=text("next_attempt_at IS NOT NULL"),
        ),
        Index("inbox_applied_idx", "applied_at", postgresql_where=text("applied_at IS NOT NULL")),
        Index("inbox_pending_idx", "received_at", postgresql_where=text("applied_at IS NULL")),
        Index("inbox_dead_idx", "dead_at", postgresql_where=text("dead_at IS NOT NULL")),
    )
    Table(
        "inbox_cursor",
        metadata,
        Column("source", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("applied_sequence", BigInteger, nullable=False, server_default=text("0")),
    )
