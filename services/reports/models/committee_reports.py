"""Committee reports: what was fixed, said of it, and attested."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from services.reports.models.base import metadata
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk

committee_report = Table(
    "committee_report",
    metadata,
    uuid_pk(),
    Column("template", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("area", Text, nullable=False, server_default="", comment="empty: about no area"),
    Column("programme", Text, nullable=False, server_default="", comment="empty: about no one"),
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="draft"),
    Column("content_number", Integer, nullable=False, comment="its newest content"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column(
        "supersedes",
        UUID(as_uuid=True),
        ForeignKey("committee_report.id"),
        comment="the attested report that this one replaces",
    ),
    Column("supersedes_reason", Text),
    Column("by", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("state in ('draft', 'frozen', 'attested')", name="state"),
    CheckConstraint("(supersedes is null) = (supersedes_reason is null)", name="supersedes_reason"),
    Index("committee_report_listed_idx", "template", "period", text("recorded_at desc")),
    Index("committee_report_supersedes_key", "supersedes", unique=True),
)
"""Nämndens rapport. An attested one never changes: a trigger refuses it, whoever asks."""

committee_report_content = Table(
    "committee_report_content",
    metadata,
    Column("report_id", UUID(as_uuid=True), ForeignKey("committee_report.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    timestamptz("basis"),
    Column("status", Text, nullable=False),
    Column("content", LargeBinary, nullable=False, comment="the document's bytes"),
    Column("content_hash", Text, nullable=False),
    Column("by", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("status in ('complete', 'partial')", name="status"),
    CheckConstraint("content_hash = encode(sha256(content), 'hex')", name="content_hash"),
    CheckConstraint("number >= 1", name="number"),
    info=APPEND_ONLY,
)
"""Every content a draft has had: each refresh adds one, and nothing is lost."""

committee_report_step = Table(
    "committee_report_step",
    metadata,
    Column("report_id", UUID(as_uuid=True), ForeignKey("committee_report.id"), primary_key=True),
    Column("version", Integer, primary_key=True, comment="of the report, after the step"),
    Column("step", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("by", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("step in ('made', 'refreshed', 'frozen', 'thawed', 'attested')", name="step"),
    info=APPEND_ONLY,
)
"""What was done with a report, by whom and when."""

attestation = Table(
    "attestation",
    metadata,
    Column("report_id", UUID(as_uuid=True), ForeignKey("committee_report.id"), primary_key=True),
    Column("number", Integer, nullable=False),
    timestamptz("basis"),
    Column("content_hash", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("name", Text, nullable=False, comment="as it stands on the report"),
    timestamptz("recorded_at", default_now=True),
    info=APPEND_ONLY,
)
"""Attest: a person answers for a content, bound to its hash and basis."""
