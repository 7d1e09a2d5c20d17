"""What budget has told of its periods."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Integer, Table
from sqlalchemy.dialects.postgresql import UUID

from services.reports.models.base import metadata
from shared.schema import APPEND_ONLY, timestamptz

told_period = Table(
    "told_period",
    metadata,
    Column("period", Integer, primary_key=True, comment="YYYYPP"),
    Column("sequence", BigInteger, primary_key=True, comment="of budget's news of the period"),
    Column("closed", Boolean, nullable=False),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    timestamptz("occurred_at"),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("period / 100 between 1900 and 2199", name="period"),
    info=APPEND_ONLY,
)
"""Each closing and reopening, as often as there were; the one with the highest number stands."""
