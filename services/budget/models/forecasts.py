"""What the year is expected to come to: forecasts of the committee, each kept for ever."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import UUID

from services.budget.domain.forecasting import Method
from services.budget.domain.occasions import Occasion
from services.budget.domain.settlement import FORECAST_ROWS
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk

forecast = Table(
    "forecast",
    metadata,
    uuid_pk(),
    Column("year", Integer, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    timestamptz("proposal_basis"),
    *said_by(),
    UniqueConstraint("year", "occasion", "number"),
    one_of("occasion", Occasion),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("number = 1 or length(trim(reason)) > 0", name="reason"),
    info=APPEND_ONLY,
)
"""Number 1 is an occasion's first; a later one stands beside it, with its reason."""

forecast_line = Table(
    "forecast_line",
    metadata,
    Column("forecast_id", UUID(as_uuid=True), ForeignKey("forecast.id"), primary_key=True),
    Column("row_code", Text, primary_key=True),
    ore("amount"),
    ore("proposed", nullable=True),
    Column("method", Text, nullable=False),
    Column("note", Text, nullable=False),
    one_of("row_code", FORECAST_ROWS),
    one_of("method", Method),
    CheckConstraint("(proposed is null) = (method = 'none')", name="proposed"),
    CheckConstraint("method <> 'none' or length(trim(note)) > 0", name="unproposed"),
    info=APPEND_ONLY,
)
"""The controller's amount, and beside it what was proposed when it was given, and how."""
