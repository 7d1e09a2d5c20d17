"""What others publish, pushed to us as reference series."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import UUID

from services.reports.models.base import metadata
from shared.schema import APPEND_ONLY, timestamptz

reference_value = Table(
    "reference_value",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("record_id", UUID(as_uuid=True), nullable=False),
    Column("series", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("label", Text, nullable=False, server_default="", comment="what the value is about"),
    Column("low", Numeric(18, 3), nullable=False),
    Column("high", Numeric(18, 3), nullable=False),
    Column("unit", Text, nullable=False),
    Column("approximate", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("vintage", Text, nullable=False, comment="which edition of the source"),
    Column("retracted", Boolean, nullable=False, server_default="false"),
    Column("reason", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("low <= high", name="range"),
    Index("reference_value_latest_idx", "series", "period", "label", "recorded_at"),
    info=APPEND_ONLY,
)
"""Every value ever published of every series; the newest recorded by a basis is in force."""

reference_record = Table(
    "reference_record",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("series", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("label", Text, nullable=False, server_default=""),
    UniqueConstraint("series", "period", "label"),
)
"""One row per value that has a name, so that a correction finds what it corrects."""
