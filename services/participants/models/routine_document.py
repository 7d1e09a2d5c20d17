"""Routine documents (rutiner) of units, and the reviews that keep them alive."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Table, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import UUID

from services.participants.domain.codes import RoutineKind
from services.participants.models.base import metadata, one_of
from shared.records import version_columns
from shared.schema import uuid_pk

routine_document = Table(
    "routine_document",
    metadata,
    uuid_pk(),
    Column("unit", Text, ForeignKey("unit.code"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("withdrawn_on", Date),
    *version_columns(),
    one_of("kind", RoutineKind),
    # Two routines for one thing at one unit would leave it open which of them holds.
    Index(
        "routine_document_unit_kind_title_key",
        "unit",
        "kind",
        "title",
        unique=True,
        postgresql_where=sql("withdrawn_on is null"),
    ),
)

routine_review = Table(
    "routine_review",
    metadata,
    uuid_pk(),
    Column("document_id", UUID(as_uuid=True), ForeignKey("routine_document.id"), nullable=False),
    Column("reviewed_on", Date, nullable=False),
    Column("next_review_on", Date, nullable=False),
    *version_columns(),
    CheckConstraint("next_review_on > reviewed_on", name="next_after"),
    Index("routine_review_document_day_key", "document_id", "reviewed_on", unique=True),
)
"""Each time a routine was gone through; its first is when it was decided."""
