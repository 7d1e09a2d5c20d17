"""Projects: each decision or change is a version of its own, so that any basis sees its own."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from services.budget.domain.projects import FUNDERS, Currency, Precision, Role, State
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk


def _money(
    name: str, sign: str = ">="
) -> tuple[Column[int], Column[str], CheckConstraint, CheckConstraint]:
    """Return an amount that may be absent, in hundredths of its currency."""
    return (
        ore(f"{name}_amount", nullable=True),
        Column(f"{name}_currency", Text),
        one_of(f"{name}_currency", Currency),
        CheckConstraint(
            f"({name}_amount is null) = ({name}_currency is null) and {name}_amount {sign} 0",
            name=f"{name}_stated",
        ),
    )


def _dated(name: str) -> tuple[Column[object], Column[str], CheckConstraint]:
    """Return a day with the precision it was stated to; a year is stored by its first day."""
    return (
        Column(f"{name}_on", Date),
        Column(f"{name}_precision", Text),
        one_of(f"{name}_precision", Precision),
    )


def _after(name: str) -> str:
    """Return the SQL of the day after everything that a date may mean."""
    return (
        f"{name}_on + case {name}_precision when 'year' then interval '1 year'"
        " when 'month' then interval '1 month' else interval '1 day' end"
    )


def _explained(name: str) -> str:
    """Return the rule that a forecast date which cannot be the decided one is explained."""
    forecast = f"forecast_{name}"
    return (
        "length(trim(forecast_explanation)) > 0 or not coalesce("
        f"{forecast}_on >= {_after(name)} or {name}_on >= {_after(forecast)}, false)"
    )


project = Table(
    "project",
    metadata,
    uuid_pk(),
    Column("number", Text, nullable=False),
    Column("version", Integer, nullable=False),
    timestamptz("recorded_at", default_now=True),
    UniqueConstraint("number"),
    CheckConstraint("number ~ '^[A-Za-z0-9][A-Za-z0-9-]{0,19}$'", name="number"),
)
"""The one row that a change of a project locks; what is true stands in its versions."""

project_version = Table(
    "project_version",
    metadata,
    Column("project_id", UUID(as_uuid=True), ForeignKey("project.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("funder", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("phase", Text, nullable=False),
    *_money("budget"),
    Column("budget_note", Text, nullable=False),
    *_money("own_share"),
    *_money("cofinancing"),
    *_money("decided_cost"),
    *_money("decided_income", "<="),
    Column("grant_share_points", Integer),
    *_dated("start"),
    *_dated("end"),
    *_dated("forecast_start"),
    *_dated("forecast_end"),
    Column("forecast_explanation", Text, nullable=False),
    Column("strategic", Boolean, nullable=False, server_default=text("false")),
    Column("strategic_reason", Text, nullable=False, server_default=text("''")),
    Column("decided_on", Date),
    Column("reason", Text, nullable=False),
    *said_by(),
    Column(
        "transaction_id",
        BigInteger,
        nullable=False,
        server_default=text("(pg_current_xact_id()::text)::bigint"),
    ),
    one_of("state", State),
    one_of("role", Role),
    one_of("funder", FUNDERS),
    CheckConstraint(
        "budget_amount is not null or length(trim(budget_note)) > 0", name="budget_known"
    ),
    CheckConstraint("grant_share_points between 0 and 10000", name="grant_share"),
    CheckConstraint(f"start_on < {_after('end')}", name="dates"),
    CheckConstraint("start_on is not null and end_on is not null", name="dates_given"),
    CheckConstraint(
        f"coalesce(forecast_start_on, start_on) < coalesce({_after('forecast_end')},"
        f" {_after('end')})",
        name="forecast_dates",
    ),
    CheckConstraint(_explained("start"), name="forecast_explained"),
    CheckConstraint(_explained("end"), name="forecast_end_explained"),
    CheckConstraint(
        "not strategic or length(trim(strategic_reason)) > 0", name="strategic_explained"
    ),
    CheckConstraint("(state = 'decided') = (decided_on is not null)", name="decided"),
    info=APPEND_ONLY,
)
"""``grant_share_points`` are hundredths of a per cent of the cost that the funder pays."""

project_partner = Table(
    "project_partner",
    metadata,
    Column("project_id", UUID(as_uuid=True), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("is_committee", Boolean, nullable=False),
    Column("share_points", Integer),
    ore("amount", nullable=True),
    Column("currency", Text),
    ForeignKeyConstraint(
        ["project_id", "version"], ["project_version.project_id", "project_version.version"]
    ),
    one_of("role", Role),
    one_of("currency", Currency),
    CheckConstraint("length(trim(name)) > 0", name="name"),
    CheckConstraint("share_points between 0 and 10000", name="share"),
    CheckConstraint("(amount is null) = (currency is null) and amount >= 0", name="stated"),
    CheckConstraint("share_points is null or amount is null", name="one_part"),
    Index(
        "project_partner_committee_key",
        "project_id",
        "version",
        unique=True,
        postgresql_where=text("is_committee"),
    ),
    info=APPEND_ONLY,
)
"""Who shares a project in one of its versions; that the shares fit is checked by a trigger."""
