"""The body of a delivery at rest: compressed pieces, sealed where the service seals."""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from shared.crypto import Sealer
    from shared.db import Connection

PIECE = 1 << 20
"""Bytes of a body in one stored piece, before compression."""

_AT_ONCE = 4
"""Pieces fetched by one query: enough to hide the round trip, few enough to stay small."""

_FASTEST = 1


def pack(piece: bytes, sealer: Sealer | None, delivery_id: UUID, chunk_no: int) -> bytes:
    """Compress and, with a sealer, seal one piece for its place in the table."""
    packed = zlib.compress(piece, _FASTEST)
    return sealer.seal(packed, place=_place(delivery_id, chunk_no)) if sealer else packed


def unpack(data: bytes, sealer: Sealer | None, delivery_id: UUID, chunk_no: int) -> bytes:
    """Return the piece that `pack` put away."""
    packed = sealer.open(data, place=_place(delivery_id, chunk_no)) if sealer else data
    return zlib.decompress(packed)


async def store(conn: Connection, delivery_id: UUID, chunk_no: int, data: bytes) -> None:
    """Keep one packed piece."""
    await conn.execute(
        "insert into delivery_body (delivery_id, chunk_no, data) values ($1, $2, $3)",
        delivery_id,
        chunk_no,
        data,
    )


async def pieces(
    conn: Connection, delivery_id: UUID, sealer: Sealer | None
) -> AsyncIterator[bytes]:
    """Yield the body in order, a few pieces in memory at a time."""
    following = 0
    while True:
        rows = await conn.fetch(
            """select chunk_no, data from delivery_body
               where delivery_id = $1 and chunk_no >= $2 order by chunk_no limit $3""",
            delivery_id,
            following,
            _AT_ONCE,
        )
        for row in rows:
            # A thread: inflating releases the interpreter, and the worker has other loops to run.
            yield await asyncio.to_thread(unpack, row["data"], sealer, delivery_id, row["chunk_no"])
        if len(rows) < _AT_ONCE:
            return
        following = rows[-1]["chunk_no"] + 1


async def purge(conn: Connection, delivery_id: UUID) -> None:
    """Delete a body that is no longer needed; its SHA-256 stays with the delivery."""
    await conn.execute("delete from delivery_body where delivery_id = $1", delivery_id)


async def purge_abandoned(conn: Connection, *, hours: int = 1) -> int:
    """Delete the pieces of uploads that broke off and got no piece for ``hours``; return uploads.

    An API process that is killed cannot tidy up after itself, hence this round by the worker.
    """
    uploads: int = await conn.fetchval(
        """with abandoned as (
             select b.delivery_id from delivery_body b
             where not exists (select from delivery d where d.id = b.delivery_id)
             group by b.delivery_id
             having max(b.stored_at) < now() - make_interval(hours => $1)),
           gone as (
             delete from delivery_body b using abandoned a where b.delivery_id = a.delivery_id)
           select count(*) from abandoned""",
        hours,
    )
    return uploads


def _place(delivery_id: UUID, chunk_no: int) -> str:
    return f"delivery_body|data|{delivery_id}|{chunk_no}"
