"""Child checklists (barnchecklistor) of plans that concern children."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Table, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import UUID

from services.participants.models.base import metadata
from services.participants.models.concern_report import sealed_content
from shared.records import version_columns
from shared.schema import timestamptz

child_checklist = Table(
    "child_checklist",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("plan_id", UUID(as_uuid=True), ForeignKey("plan.id"), nullable=False),
    Column("answered_on", Date, nullable=False),
    Column("answered_by", Text, nullable=False),
    timestamptz("retracted_at", nullable=True),
    *sealed_content(),
    *version_columns(),
    # Each plan has its own: one that came before does not answer for a new plan.
    Index(
        "child_checklist_plan_key",
        "plan_id",
        unique=True,
        postgresql_where=sql("retracted_at is null"),
    ),
    Index("child_checklist_seal_key_version_idx", "seal_key_version"),
)
