"""What every table of outreach has in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Text, text
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column

from shared.figures.standing.tables import define_standing_tables
from shared.mechanisms import define_mechanism_tables
from shared.schema import service_metadata

metadata = service_metadata()
define_mechanism_tables(metadata)
define_standing_tables(metadata)

Uuid = PG_UUID(as_uuid=True)

Key = Annotated[UUID, mapped_column(Uuid, primary_key=True, server_default=text("uuidv7()"))]
"""A primary key: the client's own id when it made one, otherwise the database's (UUIDv7)."""


class Base(DeclarativeBase):
    """Attributes map to columns of the same name; strings are ``text``, codes included."""

    metadata = metadata
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it from the class
        str: Text(),
        UUID: Uuid,
        datetime: DateTime(timezone=True),
    }


class Record(Base):
    """A record that changes: each change keeps the version before it (shared.records)."""

    __abstract__ = True

    id: Mapped[Key] = mapped_column(sort_order=-1)
    version: Mapped[int] = mapped_column(server_default=text("1"), sort_order=90)
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"), sort_order=91)
    recorded_by: Mapped[str] = mapped_column(sort_order=92)


class RetractableRecord(Record):
    """A record that may turn out never to have been true."""

    __abstract__ = True

    retracted_at: Mapped[datetime | None] = mapped_column(sort_order=93)


def reference(target: str) -> MappedColumn[Any]:
    """Return a column that names a row of another table, by code or id."""
    return mapped_column(ForeignKey(target))


def count() -> MappedColumn[int]:
    """Return a column of counted people, visits or hires; never negative (see `counted`)."""
    return mapped_column(server_default=text("0"))


def counted(*columns: str) -> CheckConstraint:
    """Return a check that counts are not negative."""
    return CheckConstraint(f"least({', '.join(columns)}) >= 0", name="counts")


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Return a check that a column holds one of the values (an enum's members)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=column)


def ordered(first: str, last: str) -> CheckConstraint:
    """Return a check that an interval, both days included, does not end before it starts."""
    return CheckConstraint(f"{last} is null or {last} >= {first}", name="interval")
