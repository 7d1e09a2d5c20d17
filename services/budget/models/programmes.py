"""The rules of funders' programmes (programperiod): dated data with a source each, append-only.

A rule holds from its day until the next one of the same code; a wrong one is followed by a
right one of the same day, and the one recorded last counts.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Integer,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.budget.domain.programmes import RateKind
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.schema import APPEND_ONLY, timestamptz

KEBAB = "~ '^[a-z0-9]+(-[a-z0-9]+)*$'"


def _of_programme() -> Column[str]:
    return Column("programme_period", Text, ForeignKey("programme_period.code"), nullable=False)


def _sourced() -> tuple[Column[str], CheckConstraint]:
    """Return where a rule is written: law, call for proposals, the funder's page."""
    return (
        Column("source", Text, nullable=False),
        CheckConstraint("length(trim(source)) > 0", name="source"),
    )


programme_period = Table(
    "programme_period",
    metadata,
    Column("code", Text, primary_key=True),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint(f"code {KEBAB} and length(code) <= 60", name="code"),
    info=APPEND_ONLY,
)

programme_period_version = Table(
    "programme_period_version",
    metadata,
    Column("code", Text, ForeignKey("programme_period.code"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("hours_per_year", Integer, nullable=False),
    Column("hours_per_day", Integer, nullable=False),
    Column("whole_hours", Boolean, nullable=False),
    *_sourced(),
    *said_by(),
    CheckConstraint("first_day <= last_day", name="days"),
    CheckConstraint("hours_per_year between 1 and 8784", name="hours_per_year"),
    CheckConstraint("hours_per_day between 1 and 24", name="hours_per_day"),
    info=APPEND_ONLY,
)

cost_type = Table(
    "cost_type",
    metadata,
    Column("programme_period", Text, ForeignKey("programme_period.code"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    *_sourced(),
    *said_by(),
    CheckConstraint(f"code {KEBAB} and length(code) <= 60", name="code"),
    info=APPEND_ONLY,
)
"""Kostnadsslag: personal, externa tjänster, resor och logi, ..."""

cost_type_account = Table(
    "cost_type_account",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("programme_period", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("cost_type", Text),
    Column("valid_from", Date, nullable=False),
    *_sourced(),
    *said_by(),
    ForeignKeyConstraint(
        ["programme_period", "cost_type"], ["cost_type.programme_period", "cost_type.code"]
    ),
    CheckConstraint("prefix ~ '^[4-8][0-9]{0,5}$'", name="prefix"),
    info=APPEND_ONLY,
)
"""Accounts that begin with ``prefix`` feed a cost type, or none; the longest prefix decides."""

flat_rate = Table(
    "flat_rate",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _of_programme(),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("share", Integer, nullable=False),
    Column("on_cost_types", ARRAY(Text), nullable=False),
    Column("replaces", ARRAY(Text), nullable=False),
    Column("valid_from", Date, nullable=False),
    *_sourced(),
    *said_by(),
    CheckConstraint("share between 0 and 10000", name="share"),
    CheckConstraint("cardinality(on_cost_types) > 0", name="base"),
    CheckConstraint("not on_cost_types && replaces", name="own_base"),
    info=APPEND_ONLY,
)
"""Schablon: ``share`` hundredths of a per cent of what some cost types come to.

Cost types that it ``replaces`` cannot be claimed beside it: the rate pays for them.
"""

hourly_rate = Table(
    "hourly_rate",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _of_programme(),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("cost_type", Text, nullable=False),
    ore("amount"),
    Column("valid_from", Date, nullable=False),
    *_sourced(),
    *said_by(),
    one_of("kind", RateKind),
    ForeignKeyConstraint(
        ["programme_period", "cost_type"], ["cost_type.programme_period", "cost_type.code"]
    ),
    CheckConstraint("amount >= 0", name="amount"),
    info=APPEND_ONLY,
)
"""Enhetskostnad: öre for an hour of a function of staff, or of a participant."""
