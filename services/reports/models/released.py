"""What the public has been told: every release, and every cell of it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.reports.models.base import metadata
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk

release = Table(
    "release",
    metadata,
    uuid_pk(),
    Column("template", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("area", Text, nullable=False, server_default="", comment="empty: about no area"),
    Column("programme", Text, nullable=False, server_default="", comment="empty: about no one"),
    Column("protection", Text, nullable=False),
    Column("threshold", Integer, nullable=False, comment="counts below it were protected"),
    timestamptz("basis"),
    Column("status", Text, nullable=False),
    Column("content", LargeBinary, nullable=False, comment="the bytes that were given"),
    Column("by", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("protection in ('suppression', 'rounding')", name="protection"),
    CheckConstraint("status in ('complete', 'partial')", name="status"),
    Index(
        "release_question_key",
        "template",
        "period",
        "area",
        "programme",
        "protection",
        "basis",
        unique=True,
        postgresql_where=text("status = 'complete'"),
    ),
    info=APPEND_ONLY,
)
"""An answer to the public. The same question at the same basis has the same answer for ever."""

released_cell = Table(
    "released_cell",
    metadata,
    Column("release_id", UUID(as_uuid=True), ForeignKey("release.id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="among the cells of its release"),
    Column("family", Text, nullable=False, comment="the figure whose cells belong together"),
    Column("region", JSONB, nullable=False, comment="the days and values that it counts"),
    Column("value", BigInteger, nullable=False, comment="what was true at the basis"),
    Column("shown", Text, nullable=False),
    CheckConstraint("shown in ('exact', 'withheld', 'rounded', 'untold')", name="shown"),
    Index("released_cell_family_idx", "family"),
    info=APPEND_ONLY,
)
"""A cell of a release: everything later releases must keep anybody from computing back."""

counted_cell = Table(
    "counted_cell",
    metadata,
    Column("family", Text, nullable=False, comment="the figure whose cells belong together"),
    Column("region", JSONB, nullable=False, comment="the days and values that it counts"),
    timestamptz("basis"),
    Column("value", BigInteger, nullable=False, comment="what was true at the basis"),
    PrimaryKeyConstraint("family", "region", "basis"),
    info=APPEND_ONLY,
)
"""What a cell counted at a basis at which nothing was asked of it, looked up to decide what may be
told: whether a number that was told still holds."""
