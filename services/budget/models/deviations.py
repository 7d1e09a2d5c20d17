"""Deviations: from which size they need a comment, and the comments that were written."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Identity,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from services.budget.domain.deviations import ComparedWith, SubjectKind
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk

deviation_threshold = Table(
    "deviation_threshold",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("subject_kind", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("share_basis_points", Integer),
    ore("amount", nullable=True),
    Column("decided_by", Text, nullable=False),
    Column("reference", Text, nullable=False),
    *said_by(),
    one_of("subject_kind", SubjectKind),
    CheckConstraint("share_basis_points >= 0 and share_basis_points <= 100000", name="share"),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("num_nonnulls(share_basis_points, amount) > 0", name="stated"),
    info=APPEND_ONLY,
)
"""Of several that are in force on a day, the one with the latest first day counts."""

deviation_comment = Table(
    "deviation_comment",
    metadata,
    uuid_pk(),
    Column("period", Integer, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("cause", Text, nullable=False),
    Column("action", Text, nullable=False),
    ore("deviation"),
    Column("compared_with", Text, nullable=False),
    timestamptz("basis"),
    *said_by(),
    UniqueConstraint("period", "subject_kind", "subject_key", "number"),
    one_of("subject_kind", SubjectKind),
    one_of("compared_with", ComparedWith),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint(
        "period / 100 between 1900 and 2199 and period % 100 between 1 and 14", name="period"
    ),
    CheckConstraint("length(trim(cause)) > 0", name="cause"),
    CheckConstraint("length(trim(action)) > 0", name="action"),
    info=APPEND_ONLY,
)
"""``subject_key`` is a row of the settlement, or the number of a project."""
