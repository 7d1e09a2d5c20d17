"""The tables of the reports service: the area map and what others publish."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import UUID

from shared.mechanisms import define_mechanism_tables
from shared.schema import APPEND_ONLY, service_metadata, timestamptz

metadata = service_metadata()
define_mechanism_tables(metadata)

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

reference_value = Table(
    "reference_value",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("record_id", UUID(as_uuid=True), nullable=False),
    Column("series", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("label", Text, nullable=False, server_default="", comment="what the value is about"),
    Column("low", Numeric(18, 3), nullable=False),
    Column("high", Numeric(18, 3), nullable=False),
    Column("unit", Text, nullable=False),
    Column("approximate", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("vintage", Text, nullable=False, comment="which edition of the source"),
    Column("retracted", Boolean, nullable=False, server_default="false"),
    Column("reason", Text, nullable=False),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("low <= high", name="range"),
    Index("reference_value_latest_idx", "series", "period", "label", "recorded_at"),
    info=APPEND_ONLY,
)
"""Every value ever published of every series; the newest recorded by a basis is in force."""

reference_record = Table(
    "reference_record",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("series", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("label", Text, nullable=False, server_default=""),
    UniqueConstraint("series", "period", "label"),
)
"""One row per value that has a name, so that a correction finds what it corrects."""
