"""The journal of what is no posting: projects under way, and what was budgeted and forecast."""

from __future__ import annotations

from services.budget.models.base import metadata
from shared.journal import fact_table

fact = fact_table(
    "budget_fact",
    metadata,
    "funder",
    "programme",
    "role",
    "department",
    "project",
    "settlement_row",
)
"""Counts of projects, and öre by project or by row of the budget settlement."""
