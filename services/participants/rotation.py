"""Bring what is sealed under the newest keys, a batch at a time, while everything else goes on.

A rotation adds a key version to the settings of every process; this follows by itself. Until
it is done people are found under either key, and registers wait, as they look people up under
the newest key only. Versions kept of changed records stay under the keys of their time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.sealing import SEALED_BY_NUMBER
from shared.db import Database, driver

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.sealing import Seals
    from shared.db import Connection

BATCH = 500

_BEHIND = f"""
    select id, identity_number_sealed, identity_number_hash, {", ".join(SEALED_BY_NUMBER)}
    from person where index_key_version < $1 or seal_key_version < $2
    limit $3 for update skip locked
"""

_BOUND = 2 + len(SEALED_BY_NUMBER)

_REKEY = f"""
    update person set identity_number_sealed = new.number, identity_number_hash = new.hash,
           {", ".join(f"{column} = new.{column}" for column in SEALED_BY_NUMBER)}
    from unnest($1::uuid[], {", ".join(f"${2 + at}::bytea[]" for at in range(_BOUND))})
         as new (id, number, hash, {", ".join(SEALED_BY_NUMBER)})
    where person.id = new.id
"""

_ALIASES_BEHIND = """
    select id, identity_number_sealed, identity_number_hash from person_number_alias
    where index_key_version < $1 or seal_key_version < $2
    limit $3 for update skip locked
"""

_REKEY_ALIASES = """
    update person_number_alias
    set identity_number_sealed = new.number, identity_number_hash = new.hash
    from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as new (id, number, hash)
    where person_number_alias.id = new.id
"""


# Refused rows of deliveries are found by the number of whom they are about.
_FOLLOW = """
    update delivery_error set subject = new.hash
    from unnest($1::bytea[], $2::bytea[]) as new (old, hash) where subject = new.old
"""

SEALED_CONTENTS = ("plan", "child_checklist", "concern_report", "kaa_measure", "kaa_file")
"""Tables whose ``content_sealed`` is bound to the record's id (`Seals.seal_content`)."""

_CONTENTS_BEHIND = """
    select id, content_sealed from {table} where seal_key_version < $1
    limit $2 for update skip locked
"""

_RESEAL = """
    update {table} set content_sealed = new.content
    from unnest($1::uuid[], $2::bytea[]) as new (id, content) where {table}.id = new.id
"""


_KAA_CONTACTS_BEHIND = """
    select id, contact_sealed, source_key from kaa_membership
    where index_key_version < $1 or seal_key_version < $2
    limit $3 for update skip locked
"""

_RESEAL_KAA_CONTACTS = """
    update kaa_membership m set contact_sealed = new.contact, contact_hash = new.hash
    from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as new (id, contact, hash)
    where m.id = new.id
"""


async def reseal_contents(db: Database, seals: Seals, *, limit: int = BATCH) -> bool:
    """Seal what a batch of records of each kind say under the newest key; return if any did."""
    async with db.begin() as session:
        conn = await driver(session)
        return any([await _resealed(conn, table, seals, limit) for table in SEALED_CONTENTS])


async def _resealed(conn: Connection, table: str, seals: Seals, limit: int) -> bool:
    behind = await conn.fetch(_CONTENTS_BEHIND.format(table=table), seals.sealer.version, limit)
    contents = [
        seals.seal_content(
            seals.open_content(row["content_sealed"], table=table, record_id=row["id"]),
            table=table,
            record_id=row["id"],
        )
        for row in behind
    ]
    ids = [row["id"] for row in behind]
    await conn.execute(_RESEAL.format(table=table), ids, contents)
    return bool(behind)


async def reseal_kaa_contacts(db: Database, seals: Seals, *, limit: int = BATCH) -> bool:
    """Seal and hash a batch of contact details under the newest keys; return if there were any."""
    async with db.begin() as session:
        conn = await driver(session)
        behind = await conn.fetch(
            _KAA_CONTACTS_BEHIND, seals.index.version, seals.sealer.version, limit
        )
        opened = [
            seals.open_kaa_contact(row["contact_sealed"], row["source_key"]) for row in behind
        ]
        await conn.execute(
            _RESEAL_KAA_CONTACTS,
            [row["id"] for row in behind],
            [
                seals.seal_kaa_contact(contact, row["source_key"])
                for contact, row in zip(opened, behind, strict=True)
            ],
            [seals.hash_of_contact(contact) for contact in opened],
        )
    return bool(behind)


async def rekey(db: Database, seals: Seals, *, limit: int = BATCH) -> bool:
    """Move one batch of people to the newest keys; return whether there was anyone."""
    async with db.begin() as session:
        conn = await driver(session)
        behind = await conn.fetch(_BEHIND, seals.index.version, seals.sealer.version, limit)
        if behind:
            sealed = [_sealed_anew(row, seals) for row in behind]
            columns = [list(column) for column in zip(*sealed, strict=True)]
            await conn.execute(_REKEY, [row["id"] for row in behind], *columns)
            await conn.execute(_FOLLOW, [row["identity_number_hash"] for row in behind], columns[1])
        aliases = await _rekey_aliases(conn, seals, limit)
    return bool(behind) or aliases


async def _rekey_aliases(conn: Connection, seals: Seals, limit: int) -> bool:
    behind = await conn.fetch(_ALIASES_BEHIND, seals.index.version, seals.sealer.version, limit)
    if behind:
        numbers, hashes = zip(*(_number_anew(row, seals) for row in behind), strict=True)
        await conn.execute(
            _REKEY_ALIASES, [row["id"] for row in behind], list(numbers), list(hashes)
        )
        await conn.execute(_FOLLOW, [row["identity_number_hash"] for row in behind], list(hashes))
    return bool(behind)


def _number_anew(row: Record, seals: Seals) -> tuple[bytes, bytes]:
    """Return number and hash under the newest keys."""
    digits = seals.open_number(row["identity_number_sealed"], row["identity_number_hash"])
    new = seals.hash_of(digits)
    return seals.seal_number(digits, new), new


def _sealed_anew(row: Record, seals: Seals) -> tuple[bytes | None, ...]:
    """Return number, hash and what is bound to it of a person under the newest keys."""
    number, new = _number_anew(row, seals)
    old = row["identity_number_hash"]
    details = (seals.moved(row[column], column, old=old, new=new) for column in SEALED_BY_NUMBER)
    return (number, new, *details)
