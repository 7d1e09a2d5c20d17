"""What projects were decided, planned and forecast to cost and earn, year by year; and rates.

Entries are only added. Of those about the same thing the newest holds: the latest period it was
said in, then the latest recorded. One without an amount says that nothing is stated any longer.
"""

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
    Numeric,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from services.budget.domain.project_years import Flow, YearKind
from services.budget.domain.projects import Currency
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.schema import APPEND_ONLY

project_year_amount = Table(
    "project_year_amount",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("project_id", UUID(as_uuid=True), ForeignKey("project.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("flow", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("period", Integer, nullable=False),
    ore("amount", nullable=True),
    Column("currency", Text),
    Column("note", Text, nullable=False, server_default=text("''")),
    *said_by(),
    one_of("kind", YearKind),
    one_of("flow", Flow),
    one_of("currency", Currency),
    CheckConstraint("(amount is null) = (currency is null)", name="stated"),
    CheckConstraint("case flow when 'cost' then amount >= 0 else amount <= 0 end", name="sign"),
    CheckConstraint("amount is not null or length(trim(note)) > 0", name="withdrawn"),
    CheckConstraint("year between 1900 and 2199", name="year"),
    CheckConstraint(
        "period / 100 between 1900 and 2199 and period % 100 between 0 and 14", name="period"
    ),
    CheckConstraint("kind <> 'earlier_outcome' or year <= period / 100", name="earlier"),
    Index("project_year_amount_project_id_year_idx", "project_id", "year"),
    info={**APPEND_ONLY, "facts": True},
)
"""``year`` is the year an amount is about, ``period`` (YYYYPP) when it was said."""

exchange_rate = Table(
    "exchange_rate",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("currency", Text, nullable=False),
    Column("valid_on", Date, nullable=False),
    Column("rate", Numeric(14, 6), nullable=False),
    Column("source", Text, nullable=False),
    *said_by(),
    one_of("currency", ("EUR",)),
    CheckConstraint("rate > 0", name="rate"),
    CheckConstraint("length(trim(source)) > 0", name="source"),
    Index("exchange_rate_currency_valid_on_idx", "currency", "valid_on"),
    info={**APPEND_ONLY, "facts": True},
)
"""Kronor for one unit of a currency on a day; of two for one day the latest recorded holds."""
