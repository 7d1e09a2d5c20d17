"""Taking a body in: any size, constant memory, accepted only when all of it has arrived."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from shared.clock import today
from shared.db import driver
from shared.deliveries import body
from shared.deliveries.errors import DeliveryKeyReused, EmptyBody
from shared.events import new_id

if TYPE_CHECKING:
    from shared.crypto import Sealer
    from shared.db import Connection, Database
    from shared.deliveries.register import Mode


@dataclass(frozen=True, kw_only=True, slots=True)
class Announced:
    """What the sender says about a delivery beside its body; ``day`` None means today."""

    register: str
    mode: Mode
    dry_run: bool
    atomic: bool
    day: date | None
    content_type: str
    key: str
    by: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """An accepted delivery's stored row, and whether it had been accepted before."""

    row: Any
    replayed: bool


async def receive(
    db: Database, sealer: Sealer | None, announced: Announced, stream: AsyncIterator[bytes]
) -> Receipt:
    """Store a body piece by piece, each in a short transaction, and accept it at its end.

    A body that breaks off leaves nothing behind and the same key may be sent again. The same
    key with the same content gives the delivery that was accepted first. When accepting itself
    breaks off, nobody knows whether it was committed: the body stays for the delivery that may
    exist, and `body.purge_abandoned` finds it if none does.

    Raises:
        EmptyBody: there was not a single byte.
        DeliveryKeyReused: the key stands for other content or other parameters.

    """
    async with db.read() as session:
        known = await _find(await driver(session), announced)
    if known is not None:
        return _replay(known, announced, await _digest(stream))
    upload = _Upload(db, sealer)
    try:
        await upload.take(stream)
    except BaseException:
        await asyncio.shield(upload.discard())
        raise
    receipt = await _accept(db, upload, announced)
    if receipt.replayed:
        await upload.discard()
        return _replay(receipt.row, announced, upload.sha256.digest())
    return receipt


class _Upload:
    """The pieces of one body on their way in; the next one is read while one is stored."""

    def __init__(self, db: Database, sealer: Sealer | None) -> None:
        self.delivery_id = new_id()
        self.sha256 = hashlib.sha256()
        self.bytes = 0
        self._db = db
        self._sealer = sealer
        self._pieces = 0
        self._storing: asyncio.Task[None] | None = None

    async def take(self, stream: AsyncIterator[bytes]) -> None:
        waiting = bytearray()
        async for received in stream:
            waiting += received
            if len(waiting) >= body.PIECE:
                await self._store(bytes(waiting))
                waiting.clear()
        if waiting:
            await self._store(bytes(waiting))
        await self._stored()
        if not self.bytes:
            raise EmptyBody

    async def discard(self) -> None:
        if self._storing is not None:
            await asyncio.gather(self._storing, return_exceptions=True)
        if self._pieces:
            async with self._db.begin() as session:
                await body.purge(await driver(session), self.delivery_id)

    async def _store(self, piece: bytes) -> None:
        await self._stored()
        self.sha256.update(piece)
        self.bytes += len(piece)
        self._storing = asyncio.create_task(self._keep(piece, self._pieces))
        self._pieces += 1

    async def _stored(self) -> None:
        if self._storing is not None:
            await self._storing

    async def _keep(self, piece: bytes, chunk_no: int) -> None:
        packed = await asyncio.to_thread(body.pack, piece, self._sealer, self.delivery_id, chunk_no)
        async with self._db.begin() as session:
            await body.store(await driver(session), self.delivery_id, chunk_no, packed)


async def _accept(db: Database, upload: _Upload, announced: Announced) -> Receipt:
    async with db.begin() as session:
        conn = await driver(session)
        row = await conn.fetchrow(
            """insert into delivery (id, register, mode, dry_run, atomic, day, content_type,
                                     idempotency_key, delivered_by, sha256, bytes)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
               on conflict (register, delivered_by, idempotency_key) do nothing returning *""",
            upload.delivery_id,
            announced.register,
            announced.mode,
            announced.dry_run,
            announced.atomic,
            announced.day or today(),
            announced.content_type,
            announced.key,
            announced.by,
            upload.sha256.digest(),
            upload.bytes,
        )
        if row is not None:
            return Receipt(row, replayed=False)
        return Receipt(await _find(conn, announced), replayed=True)


async def _find(conn: Connection, announced: Announced) -> Any:  # noqa: ANN401  asyncpg's record
    return await conn.fetchrow(
        """select * from delivery
           where register = $1 and delivered_by = $2 and idempotency_key = $3""",
        announced.register,
        announced.by,
        announced.key,
    )


async def _digest(stream: AsyncIterator[bytes]) -> bytes:
    digest = hashlib.sha256()
    async for received in stream:
        digest.update(received)
    return digest.digest()


def _replay(row: Any, announced: Announced, digest: bytes) -> Receipt:  # noqa: ANN401  record
    asked = (
        announced.mode,
        announced.dry_run,
        announced.atomic,
        announced.day or row["day"],
        announced.content_type,
        digest,
    )
    first = tuple(
        row[name] for name in ("mode", "dry_run", "atomic", "day", "content_type", "sha256")
    )
    if asked != first:
        raise DeliveryKeyReused
    return Receipt(row, replayed=True)
