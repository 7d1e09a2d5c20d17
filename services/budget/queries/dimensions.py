"""Dimensions and their objects as they are listed and read."""

from __future__ import annotations

import asyncpg

from services.budget.errors import DimensionNotFound, ObjectNotFound
from shared.db import Connection

_OBJECT = """
    select o.number, o.code, v.version, v.name, v.valid_from, v.valid_to, v.recorded_at
    from dimension_object o join lateral (
        select * from dimension_object_version v where v.number = o.number and v.code = o.code
        order by v.version desc limit 1) v on true
"""


async def dimensions(conn: Connection) -> list[asyncpg.Record]:
    """Return every dimension, by number."""
    return await conn.fetch(
        "select number, name, parent, recorded_at from dimension order by number"
    )


async def dimension(conn: Connection, number: int) -> asyncpg.Record:
    """Return one dimension.

    Raises:
        DimensionNotFound: it is not registered.

    """
    row: asyncpg.Record | None = await conn.fetchrow(
        "select number, name, parent, recorded_at from dimension where number = $1", number
    )
    if row is None:
        raise DimensionNotFound
    return row


async def objects(
    conn: Connection, number: int, *, prefix: str, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """Return a page of a dimension's objects in their newest version, and how many there are.

    Raises:
        DimensionNotFound: it is not registered.

    """
    await dimension(conn, number)
    where = "where o.number = $1 and starts_with(o.code, $2)"
    rows = await conn.fetch(
        f"{_OBJECT} {where} order by o.code limit $3 offset $4", number, prefix, limit, offset
    )
    total = await conn.fetchval(f"select count(*) from dimension_object o {where}", number, prefix)
    return rows, total


async def object_of(conn: Connection, number: int, code: str) -> asyncpg.Record:
    """Return one object of a dimension.

    Raises:
        ObjectNotFound: it is not registered.

    """
    row: asyncpg.Record | None = await conn.fetchrow(
        f"{_OBJECT} where o.number = $1 and o.code = $2", number, code
    )
    if row is None:
        raise ObjectNotFound
    return row
