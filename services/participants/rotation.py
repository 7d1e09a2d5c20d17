"""Bring people and plans under the newest keys, a batch at a time, while everything else goes on.

A rotation adds a key version to the settings of every process; this follows by itself. Until
it is done people are found under either key, and registers wait, as they look people up under
the newest key only. Versions kept of changed records stay under the keys of their time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.db import Database, driver

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.sealing import Seals

BATCH = 500

_BEHIND = """
    select id, identity_number_sealed, identity_number_hash, name_sealed from person
    where index_key_version < $1 or seal_key_version < $2
    limit $3 for update skip locked
"""

_REKEY = """
    update person set identity_number_sealed = new.number, identity_number_hash = new.hash,
                      name_sealed = new.name
    from unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[]) as new (id, number, hash, name)
    where person.id = new.id
"""


_PLANS_BEHIND = """
    select id, content_sealed from plan where seal_key_version < $1
    limit $2 for update skip locked
"""

_RESEAL_PLANS = """
    update plan set content_sealed = new.content
    from unnest($1::uuid[], $2::bytea[]) as new (id, content) where plan.id = new.id
"""


async def reseal_plans(db: Database, seals: Seals, *, limit: int = BATCH) -> bool:
    """Seal what one batch of plans say under the newest key; return whether there was any."""
    async with db.begin() as session:
        conn = await driver(session)
        behind = await conn.fetch(_PLANS_BEHIND, seals.sealer.version, limit)
        contents = [
            seals.seal_content(
                seals.open_content(row["content_sealed"], table="plan", record_id=row["id"]),
                table="plan",
                record_id=row["id"],
            )
            for row in behind
        ]
        await conn.execute(_RESEAL_PLANS, [row["id"] for row in behind], contents)
    return bool(behind)


async def rekey(db: Database, seals: Seals, *, limit: int = BATCH) -> bool:
    """Move one batch of people to the newest keys; return whether there was anyone."""
    async with db.begin() as session:
        conn = await driver(session)
        behind = await conn.fetch(_BEHIND, seals.index.version, seals.sealer.version, limit)
        if behind:
            sealed = [_sealed_anew(row, seals) for row in behind]
            numbers, hashes, names = (list(column) for column in zip(*sealed, strict=True))
            await conn.execute(_REKEY, [row["id"] for row in behind], numbers, hashes, names)
    return bool(behind)


def _sealed_anew(row: Record, seals: Seals) -> tuple[bytes, bytes, bytes | None]:
    """Return number, hash and name of a person under the newest keys."""
    old = row["identity_number_hash"]
    digits = seals.open_number(row["identity_number_sealed"], old)
    new = seals.hash_of(digits)
    name = row["name_sealed"]
    return (
        seals.seal_number(digits, new),
        new,
        seals.seal_name(seals.open_name(name, old), new) if name is not None else None,
    )
