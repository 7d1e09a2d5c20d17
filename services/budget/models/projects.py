"""Projects: each decision or change is a version of its own, so that any basis sees its own."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import UUID

from services.budget.domain.projects import FUNDERS, Currency, Precision, Role, State
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk


def _money(name: str) -> tuple[Column[int], Column[str], CheckConstraint, CheckConstraint]:
    """Return an amount that may be absent, in hundredths of its currency."""
    return (
        ore(f"{name}_amount", nullable=True),
        Column(f"{name}_currency", Text),
        one_of(f"{name}_currency", Currency),
        CheckConstraint(
            f"({name}_amount is null) = ({name}_currency is null) and {name}_amount >= 0",
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
    *_dated("start"),
    *_dated("end"),
    *_dated("forecast_start"),
    *_dated("forecast_end"),
    Column("forecast_explanation", Text, nullable=False),
    Column("decided_on", Date),
    Column("reason", Text, nullable=False),
    *said_by(),
    one_of("state", State),
    one_of("role", Role),
    one_of("funder", FUNDERS),
    CheckConstraint(
        "budget_amount is not null or length(trim(budget_note)) > 0", name="budget_known"
    ),
    CheckConstraint("start_on <= end_on", name="dates"),
    CheckConstraint("start_on is not null and end_on is not null", name="dates_given"),
    CheckConstraint("(state = 'decided') = (decided_on is not null)", name="decided"),
    CheckConstraint(
        "(forecast_start_on is null and forecast_end_on is null)"
        " or length(trim(forecast_explanation)) > 0",
        name="forecast_explained",
    ),
    info=APPEND_ONLY,
)
