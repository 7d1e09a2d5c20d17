"""What ledger files state beside vouchers: balances to be checked against, budgets by account.

A file of a year is kept whole each time something in it differs; the newest one of the year is
what is held. Rows are named as in the file (``#UB 1510 {}``).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.budget.domain.sie.records import STATED_LABELS
from services.budget.domain.sie.rules import Variety
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.schema import APPEND_ONLY, uuid_pk


def _divided() -> tuple[Column[Any], ...]:
    """Return the code parts that an amount is for; null where it is not divided by one."""
    return (
        Column("account", Text, nullable=False),
        Column("period", Integer),
        Column("counterpart", Text),
        Column("project", Text),
        Column("responsibility", Text),
        Column("activity", Text),
        Column("objects", JSONB, nullable=False),
        ore("amount"),
    )


sie_file = Table(
    "sie_file",
    metadata,
    uuid_pk(),
    Column("year", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("variety", Text, nullable=False),
    ore("opening_net"),
    Column("delivery_id", UUID(as_uuid=True), nullable=False),
    *said_by(),
    UniqueConstraint("year", "version"),
    one_of("variety", [v for v in Variety if v.holds_balances]),
    info=APPEND_ONLY,
)
"""``opening_net`` is what the file's opening balances sum to; equity carries the opposite."""

sie_balance = Table(
    "sie_balance",
    metadata,
    Column("sie_file_id", UUID(as_uuid=True), ForeignKey("sie_file.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("label", Text, nullable=False),
    *_divided(),
    one_of("label", STATED_LABELS),
    CheckConstraint("(label = '#PSALDO') = (period is not null)", name="period"),
    info=APPEND_ONLY,
)

account_budget = Table(
    "account_budget",
    metadata,
    uuid_pk(),
    Column("year", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("delivery_id", UUID(as_uuid=True), nullable=False),
    *said_by(),
    UniqueConstraint("year", "version"),
    info=APPEND_ONLY,
)

account_budget_line = Table(
    "account_budget_line",
    metadata,
    Column(
        "account_budget_id", UUID(as_uuid=True), ForeignKey("account_budget.id"), primary_key=True
    ),
    Column("key", Text, primary_key=True),
    *_divided(),
    CheckConstraint("period is not null", name="period"),
    info=APPEND_ONLY,
)
"""Costs are positive and revenue negative, as in the ledger and in the file (``#PBUDGET``)."""
