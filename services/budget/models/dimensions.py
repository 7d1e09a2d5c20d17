"""Dimensions of postings and their objects, named by version as accounts are."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
)

from services.budget.models.base import metadata, said_by
from shared.schema import APPEND_ONLY, timestamptz

dimension = Table(
    "dimension",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("parent", Integer, ForeignKey("dimension.number")),
    *said_by(),
    CheckConstraint("number between 1 and 9999", name="number"),
    CheckConstraint("parent <> number", name="parent"),
    info=APPEND_ONLY,
)

dimension_object = Table(
    "dimension_object",
    metadata,
    Column("number", Integer, ForeignKey("dimension.number"), primary_key=True),
    Column("code", Text, primary_key=True),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("code ~ '^[^[:cntrl:]]{1,40}$' and code = trim(code)", name="code"),
    info=APPEND_ONLY,
)

dimension_object_version = Table(
    "dimension_object_version",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    *said_by(),
    ForeignKeyConstraint(["number", "code"], ["dimension_object.number", "dimension_object.code"]),
    CheckConstraint("valid_to >= valid_from", name="validity"),
    info=APPEND_ONLY,
)
