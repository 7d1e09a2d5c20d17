"""What people can be enrolled in: units, programmes and their teams."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Table,
    Text,
    UniqueConstraint,
)

from services.participants.domain.codes import Ownership, ProgrammeKind, UnitKind
from services.participants.models.base import code, kebab, metadata, one_of, validity
from shared.records import version_columns
from shared.schema import uuid_pk

unit = Table(
    "unit",
    metadata,
    uuid_pk(),
    code(unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ownership", Text, nullable=False),
    Column("district", Text, nullable=False),
    *validity(),
    *version_columns(),
    kebab("code"),
    kebab("district"),
    one_of("kind", UnitKind),
    one_of("ownership", Ownership),
)

programme = Table(
    "programme",
    metadata,
    uuid_pk(),
    code(unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("project_reference", Text, unique=True),
    # The days on which ESF+ (Europeiska socialfonden plus) pays for it, if it does.
    Column("esf_from", Date),
    Column("esf_to", Date),
    *validity(),
    *version_columns(),
    kebab("code"),
    one_of("kind", ProgrammeKind),
    CheckConstraint("esf_to is null or esf_to >= esf_from", name="esf"),
    CheckConstraint("esf_to is null or esf_from is not null", name="esf_begins"),
)

team = Table(
    "team",
    metadata,
    uuid_pk(),
    code(unique=True),
    Column("programme", Text, ForeignKey("programme.code"), nullable=False),
    Column("name", Text, nullable=False),
    Column("pilot", Boolean, nullable=False),
    *validity(),
    *version_columns(),
    UniqueConstraint("code", "programme"),
    kebab("code"),
)
