"""The area map: the city's districts over time."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Table, Text

from services.reports.models.base import metadata

area = Table(
    "area",
    metadata,
    Column("code", Text, primary_key=True, comment="kebab-case, ascii"),
    Column("name", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, comment="the last day in force; empty while it is"),
    CheckConstraint("valid_to >= valid_from", name="dates"),
)
"""Stadsdelsområde: a district of the city, while it exists."""

area_predecessor = Table(
    "area_predecessor",
    metadata,
    Column("area", Text, ForeignKey("area.code"), primary_key=True),
    Column("predecessor", Text, ForeignKey("area.code"), primary_key=True),
)
"""Which districts were merged into which: Järva out of Rinkeby-Kista and Spånga-Tensta."""
