"""What was decided and expected: budget versions and investment entries, all append-only."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from services.budget.domain.investments import EntryKind, Flow
from services.budget.domain.settlement import BUDGET_ROWS
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.schema import APPEND_ONLY, uuid_pk

budget_version = Table(
    "budget_version",
    metadata,
    uuid_pk(),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("effective_on", Date),
    Column("reason", Text, nullable=False, server_default=text("''")),
    *said_by(),
    UniqueConstraint("year", "number"),
    one_of("kind", ("council_decision", "adjustment")),
    CheckConstraint("(kind = 'council_decision') = (number = 1)", name="first"),
    info=APPEND_ONLY,
)
"""Version 1 is the council's decision; later ones say by how much it was adjusted.

``effective_on`` is null for a version that counts from the day it was decided.
"""

budget_line = Table(
    "budget_line",
    metadata,
    Column("version_id", UUID(as_uuid=True), ForeignKey("budget_version.id"), primary_key=True),
    Column("row_code", Text, primary_key=True),
    ore("amount"),
    one_of("row_code", BUDGET_ROWS),
    info=APPEND_ONLY,
)

investment_category = Table(
    "investment_category",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    *said_by(),
    CheckConstraint("code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(code) <= 60", name="code"),
    info=APPEND_ONLY,
)

investment_entry = Table(
    "investment_entry",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("category", Text, ForeignKey("investment_category.code"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("flow", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("period", Integer, nullable=False),
    ore("amount"),
    Column("stated_to", BigInteger, nullable=False, server_default=text("1")),
    Column("note", Text, nullable=False, server_default=text("''")),
    *said_by(),
    one_of("kind", EntryKind),
    one_of("flow", Flow),
    CheckConstraint("stated_to >= 1", name="stated_to"),
    CheckConstraint("kind <> 'outcome' or year = period / 100", name="outcome_year"),
    Index("investment_entry_year_idx", "year"),
    info=APPEND_ONLY,
)
"""``year`` is the year an amount is about, ``period`` (YYYYPP) when it happened or was said."""
