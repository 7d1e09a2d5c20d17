"""Trial balances as delivered: the tables that the ledger must agree with.

Each time a table changes, the whole of it is kept again, with the vouchers it was booked as.
The newest one of a form and range is what is held.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.budget.domain.layouts import LAYOUTS
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.schema import APPEND_ONLY, uuid_pk

trial_balance = Table(
    "trial_balance",
    metadata,
    uuid_pk(),
    Column("statement", Text, nullable=False),
    Column("first_period", Integer, nullable=False),
    Column("last_period", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("delivery_id", UUID(as_uuid=True), nullable=False),
    Column("vouchers", ARRAY(UUID(as_uuid=True)), nullable=False),
    *said_by(),
    one_of("statement", LAYOUTS),
    CheckConstraint("first_period / 100 = last_period / 100", name="year"),
    Index(
        "trial_balance_version_key",
        "statement",
        "first_period",
        "last_period",
        "version",
        unique=True,
    ),
    info=APPEND_ONLY,
)

trial_balance_row = Table(
    "trial_balance_row",
    metadata,
    Column(
        "trial_balance_id", UUID(as_uuid=True), ForeignKey("trial_balance.id"), primary_key=True
    ),
    Column("code", Text, primary_key=True),
    Column("record_id", UUID(as_uuid=True), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("is_account", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    *(
        ore(column, nullable=True)
        for column in (
            "opening",
            "change",
            "external",
            "municipal_company",
            "internal",
            "undivided",
            "total",
        )
    ),
    info=APPEND_ONLY,
)
