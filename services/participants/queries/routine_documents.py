"""Routine documents of a caller's units, each with its last review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.errors.routine_documents import RoutineDocumentNotFound
from shared.clock import today

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from asyncpg import Record

    from shared.auth import Caller
    from shared.db import Connection
    from shared.paging import PageRequest

_OVERDUE = "v.next_review_on < $2::date and coalesce(r.withdrawn_on, 'infinity') > $2"
_COLUMNS = f"r.*, v.id as review_id, v.reviewed_on, v.next_review_on, {_OVERDUE} as overdue"
_SOURCE = """
    from routine_document r
    cross join lateral (
        select * from routine_review v where v.document_id = r.id
        order by v.reviewed_on desc limit 1
    ) v
    where ($1::text[] is null or r.unit = any($1))
"""


async def routine_document(
    conn: Connection, document_id: UUID, *, by: Caller, lock: bool = False
) -> Record:
    """Return one routine document.

    Raises:
        RoutineDocumentNotFound: not there, or not for this caller to see.

    """
    row: Record | None = await conn.fetchrow(
        f"select {_COLUMNS} {_SOURCE} and r.id = $3{' for update of r' if lock else ''}",
        by.unit_filter(),
        today(),
        document_id,
    )
    if row is None:
        raise RoutineDocumentNotFound
    return row


async def routine_documents_page(
    conn: Connection, *, by: Caller, paging: PageRequest, unit: str | None, overdue_on: date | None
) -> tuple[list[Record], int]:
    """Return one page of routines, or of those overdue on a day, the longest due first."""
    source = f"{_SOURCE} and ($3::text is null or r.unit = $3) and (not $4 or ({_OVERDUE}))"
    values = (by.unit_filter(), overdue_on or today(), unit, overdue_on is not None)
    total = await conn.fetchval(
        f"select count(*) from (select {_COLUMNS} {source}) listed", *values
    )
    rows = await conn.fetch(
        f"select {_COLUMNS} {source} order by v.next_review_on, r.id"
        f" limit {paging.limit} offset {paging.offset}",
        *values,
    )
    return rows, total
