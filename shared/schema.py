"""How tables are declared: one metadata per service, names that migrations can rely on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, text
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}

APPEND_ONLY: dict[Any, Any] = {"append_only": True}
"""``Table(..., info=APPEND_ONLY)``: the service's own role may read and insert, nothing else."""

DERIVED: dict[Any, Any] = {"derived": True}
"""``Table(..., info=DERIVED)``: the service's own role may only read; triggers write."""


def service_metadata() -> MetaData:
    """Return the metadata of one service, with constraint names fixed by convention."""
    return MetaData(naming_convention=NAMING)


def uuid_pk(name: str = "id") -> Column[UUID]:
    """Return a primary key that the database fills with a time-ordered UUID (RFC 9562 v7)."""
    return Column(name, PG_UUID(as_uuid=True), primary_key=True, server_default=text("uuidv7()"))


def timestamptz(name: str, *, nullable: bool = False, default_now: bool = False) -> Column[Any]:
    """Return an instant column; ``default_now`` is the transaction's start, set by the database."""
    return Column(
        name,
        DateTime(timezone=True),
        nullable=nullable,
        server_default=text("now()") if default_now else None,
    )
