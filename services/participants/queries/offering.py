"""Lists of units, programmes and teams: open to every caller, as they say nothing of people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from services.participants.errors.offering import ProgrammeNotFound, TeamNotFound, UnitNotFound

if TYPE_CHECKING:
    from asyncpg import Record

    from shared.db import Connection
    from shared.errors import NotFound

_MISSING: dict[str, type[NotFound]] = {
    "unit": UnitNotFound,
    "programme": ProgrammeNotFound,
    "team": TeamNotFound,
}
_ON_DAY = "($1::date is null or $1 between valid_from and coalesce(valid_to, 'infinity'))"


async def offerings(
    conn: Connection, table: str, *, on: date | None, limit: int, offset: int
) -> tuple[list[Record], int]:
    """Return one page of a table, of what is in operation on a day if one is given."""
    total = await conn.fetchval(f"select count(*) from {table} where {_ON_DAY}", on)
    rows = await conn.fetch(
        f"select * from {table} where {_ON_DAY} order by code limit $2 offset $3",
        on,
        limit,
        offset,
    )
    return rows, total


async def offering(conn: Connection, table: str, code: str) -> Record:
    """Return one unit, programme or team by its code.

    Raises:
        NotFound: the table's own.

    """
    row: Record | None = await conn.fetchrow(f"select * from {table} where code = $1", code)
    if row is None:
        raise _MISSING[table]
    return row
