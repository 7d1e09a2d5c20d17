"""What is kept of the ledger so that nobody reads it through: sums, and how far it was checked.

Derived, all of it: statements say the same without these tables, only later.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.budget.models.base import metadata
from services.budget.models.ledger import DIMENSIONS
from shared.journal import sum_table
from shared.schema import DERIVED, timestamptz

STATEMENT_DIMENSIONS = ("account", "counterpart_class")
PROJECT_DIMENSIONS = ("project", "account_group")

posting_sum = sum_table("posting", metadata, *DIMENSIONS)
"""By everything that figures break the ledger down by."""

posting_account_sum = sum_table("posting_account", metadata, *STATEMENT_DIMENSIONS)
"""By what statements ask for alone, which makes a small part of the cells."""

posting_project_sum = sum_table("posting_project", metadata, *PROJECT_DIMENSIONS)
"""By what the forms of projects ask for."""

delivery_booking = Table(
    "delivery_booking",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("delivery_id", UUID(as_uuid=True), nullable=False),
    Column("source", Text),
    Column("period", Integer, nullable=False),
    timestamptz("booked_at"),
    Column("vouchers", BigInteger, nullable=False),
    timestamptz("recorded_at"),
    CheckConstraint("vouchers <> 0", name="vouchers"),
    Index("delivery_booking_period_idx", "period"),
    info=DERIVED,
)
"""How many vouchers a delivery booked in a period, and, negative, how many were taken back.

Signed rows like a journal's: those recorded at or before a basis add up to the vouchers that were
in use at it, by the instant they were booked at. Written by the trigger on ``voucher`` alone.
"""

balance_check = Table(
    "balance_check",
    metadata,
    Column("period", Integer, primary_key=True, autoincrement=False),
    timestamptz("as_of"),
    timestamptz("checked_at"),
    Column("unbalanced", ARRAY(UUID(as_uuid=True)), nullable=False),
)
"""How far a period's postings have last been read through, voucher by voucher (`balance_checks`).

``unbalanced`` are the vouchers recorded up to ``as_of`` that did not sum to zero, or whose
postings were not recorded together: what the ledger's rules refuse, so somebody went around them.
"""
