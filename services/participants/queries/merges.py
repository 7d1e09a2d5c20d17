"""Merges of people's records, of the people that a caller's units reach."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.participants.errors.people import PersonMergeNotFound
from services.participants.queries.people import VISIBLE, may_see_protected

if TYPE_CHECKING:
    from asyncpg import Record

    from shared.auth import Caller
    from shared.db import Connection
    from shared.paging import PageRequest

_SEEN = f"($1 or p.protection = 'none') and {VISIBLE}"
_SOURCE = "person_merge r join person p on p.id = r.survivor_id"


async def person_merge(
    conn: Connection, merge_id: UUID, *, by: Caller, lock: bool = False
) -> Record:
    """Return one merge, locked if it is about to be taken back.

    Raises:
        PersonMergeNotFound: not there, or not for this caller to see.

    """
    row: Record | None = await conn.fetchrow(
        f"select r.* from {_SOURCE} where {_SEEN} and r.id = $3"
        f"{' for update of r' if lock else ''}",
        may_see_protected(by),
        by.unit_filter(),
        merge_id,
    )
    if row is None:
        raise PersonMergeNotFound
    return row


async def person_merges_page(
    conn: Connection, *, by: Caller, paging: PageRequest, person: UUID | None
) -> tuple[list[Record], int]:
    """Return one page of merges, the newest first; with a person, those they had a part in."""
    values = (may_see_protected(by), by.unit_filter(), person)
    where = f"{_SEEN} and ($3::uuid is null or $3 in (r.absorbed_id, r.survivor_id))"
    total = await conn.fetchval(f"select count(*) from {_SOURCE} where {where}", *values)
    rows = await conn.fetch(
        f"select r.* from {_SOURCE} where {where} order by r.merged_at desc, r.id"
        f" limit {paging.limit} offset {paging.offset}",
        *values,
    )
    return rows, total
