"""Versions of records: what a row said before it was changed, for lineage and old bases.

A versioned table carries ``version`` and ``recorded_at`` (`version_columns`). A change keeps
the present rows first, then updates them with `BUMP`::

    await keep_version(conn, "enrolment", ids, reason="exit corrected", by=caller.subject)
    await conn.execute(
        f"update enrolment set outcome = $2, {BUMP} where id = any($1::uuid[])", ids, outcome
    )
    await settle(conn, JOURNAL, "enrolment", ids, wanted_sql=..., reason="exit corrected")

Keeping locks the rows, so two changes of one record come one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Column, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects import postgresql

from shared.journal.tables import identifier, journal_ddl, run_after_create
from shared.schema import timestamptz

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection

BUMP = (
    "version = version + 1, recorded_at = greatest(now(), recorded_at + interval '1 microsecond')"
)
"""The part of an UPDATE's SET list that goes with every change of a versioned row."""


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """What one record said from `recorded_at` until `superseded_at` (None: still says).

    ``body`` holds every column by name as JSON values; sealed columns stay sealed. Reason and
    ``by`` are those of the change that ended the version.
    """

    kind: str
    record_id: UUID
    version: int
    recorded_at: datetime
    superseded_at: datetime | None
    reason: str | None
    by: str | None
    body: dict[str, Any]


def define_tables(metadata: MetaData) -> None:
    """Add ``record_version``, where versions that are no longer true are kept."""
    table = Table(
        "record_version",
        metadata,
        Column("kind", Text, primary_key=True),
        Column("record_id", postgresql.UUID(as_uuid=True), primary_key=True),
        Column("version", Integer, primary_key=True),
        timestamptz("recorded_at"),
        timestamptz("superseded_at"),
        Column("reason", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("body", postgresql.JSONB, nullable=False),
        info={"append_only": True},
    )
    Index("record_version_superseded_at_idx", table.c.superseded_at, postgresql_using="brin")
    run_after_create(table, version_ddl())


def version_columns() -> tuple[Column[int], Column[datetime]]:
    """Return the two columns of a versioned table."""
    return (
        Column("version", Integer, nullable=False, server_default=text("1")),
        timestamptz("recorded_at", default_now=True),
    )


def version_ddl() -> list[str]:
    """Return the triggers that keep ``record_version`` as it is, for migrations to write out."""
    return [
        statement.replace("new.recorded_at", "new.superseded_at")
        for statement in journal_ddl("record_version")
    ]


async def keep_version(
    conn: Connection, table: str, ids: Sequence[UUID], *, reason: str, by: str
) -> int:
    """Lock rows and keep what they say now; call it before changing them.

    Args:
        conn: inside the transaction that makes the change.
        table: a table with ``id`` and `version_columns`; its name is the record's kind.
        ids: the rows about to change, one or fifty thousand; ids of no row are passed over.
        reason: why they change.
        by: who changes them, the token's subject.

    Returns:
        The number of versions kept.

    Raises:
        asyncpg.UniqueViolationError: this version is kept already: a change before this one
            left out `BUMP`.

    """
    status = await conn.execute(
        "with held as materialized ("
        f"select * from {identifier(table)} where id = any($1::uuid[]) order by id for update"
        ") insert into record_version "
        "(kind, record_id, version, recorded_at, superseded_at, reason, by, body) "
        f"select '{table}', id, version, recorded_at, "
        "greatest(now(), recorded_at + interval '1 microsecond'), $2, $3, to_jsonb(held) "
        "from held",
        list(ids),
        reason,
        by,
    )
    return int(status.rpartition(" ")[2])


async def record_as_of(
    conn: Connection, table: str, record_id: UUID, basis: datetime
) -> RecordVersion | None:
    """Return what a record said at a settled basis; None if it was not recorded by then."""
    row = await conn.fetchrow(
        f"select * from ({_versions_sql(table)}) versions where recorded_at <= $2 "
        "and (superseded_at is null or superseded_at > $2)",
        record_id,
        basis,
    )
    return None if row is None else _version(row)


async def record_history(conn: Connection, table: str, record_id: UUID) -> list[RecordVersion]:
    """Return every version of a record, the oldest first, the present one last."""
    rows = await conn.fetch(f"{_versions_sql(table)} order by version", record_id)
    return [_version(row) for row in rows]


def _versions_sql(table: str) -> str:
    return (
        "select kind, record_id, version, recorded_at, superseded_at, reason, by, "
        f"body::text as body from record_version where kind = '{identifier(table)}' "
        "and record_id = $1 union all "
        f"select '{table}', id, version, recorded_at, null, null, null, to_jsonb(present)::text "
        f"from {table} present where id = $1"
    )


def _version(row: Record) -> RecordVersion:
    return RecordVersion(
        kind=row["kind"],
        record_id=row["record_id"],
        version=row["version"],
        recorded_at=row["recorded_at"],
        superseded_at=row["superseded_at"],
        reason=row["reason"],
        by=row["by"],
        body=msgspec.json.decode(row["body"]),
    )
