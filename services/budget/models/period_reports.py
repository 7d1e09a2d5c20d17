"""Reports of a period: what the manager of the economy put their name to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, SmallInteger, Table, Text

from services.budget.models.base import metadata, said_by
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk

period_report = Table(
    "period_report",
    metadata,
    uuid_pk(),
    Column("first_period", Integer, nullable=False),
    Column("last_period", Integer, nullable=False),
    timestamptz("basis"),
    Column("format", SmallInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    *said_by(),
    CheckConstraint(
        "first_period / 100 = last_period / 100 and first_period % 100 >= 1"
        " and first_period <= last_period and last_period % 100 <= 14",
        name="periods",
    ),
    CheckConstraint("format >= 1", name="format"),
    CheckConstraint("basis < recorded_at", name="basis"),
    CheckConstraint(
        "content_hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')", name="content_hash"
    ),
    Index("period_report_last_period_idx", "last_period"),
    info=APPEND_ONLY,
)
"""``content`` is the canonical JSON that the hash is of, so that a difference can be named.

``format`` is that of `domain.signed_formats` it was made in.
"""
