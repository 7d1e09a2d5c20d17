"""Accounts and counterparts: registering them, and giving them a new version.

Both kinds have the same life, so both are handled here; the code says which digit rules hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.budget.domain.chart import Part
from services.budget.errors import AccountNotFound, CodeTaken, CounterpartNotFound
from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Naming:
    """What a version says about a code."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None = None
    settlement_row: str | None = None


async def register(conn: Connection, part: Part, naming: Naming, *, by: str) -> None:
    """Register a code with its first version.

    Raises:
        CodeTaken: the code exists.

    """
    taken = await conn.fetchval(
        f"insert into {part} (code) values ($1) on conflict do nothing returning code",
        naming.code,
    )
    if taken is None:
        raise CodeTaken(f"{part.capitalize()} {naming.code} exists.")
    await _append(conn, part, [naming], by=by)


async def rename(conn: Connection, part: Part, naming: Naming, *, by: str) -> None:
    """Give a code a new version; vouchers booked under the old one keep their day's meaning.

    Raises:
        AccountNotFound, CounterpartNotFound: the code is not registered.

    """
    # The row is locked by an advisory lock: the table itself can only be appended to.
    await conn.execute("select pg_advisory_xact_lock(hashtext($1))", f"{part}:{naming.code}")
    if not await conn.fetchval(f"select true from {part} where code = $1", naming.code):
        raise AccountNotFound if part is Part.ACCOUNT else CounterpartNotFound
    await _append(conn, part, [naming], by=by)


async def ensure(conn: Connection, part: Part, namings: Sequence[Naming], *, by: str) -> None:
    """Register the codes that are missing, as a delivery that brings its own names does."""
    made = await conn.fetch(
        f"insert into {part} (code) select unnest($1::text[]) on conflict do nothing"
        " returning code",
        sorted(naming.code for naming in namings),
    )
    new = {row["code"] for row in made}
    await _append(conn, part, [naming for naming in namings if naming.code in new], by=by)


async def _append(conn: Connection, part: Part, namings: Sequence[Naming], *, by: str) -> None:
    """Add one version to each code, dated after its previous one."""
    own = "settlement_row, " if part is Part.ACCOUNT else ""
    await conn.execute(
        f"""
        insert into {part}_version
            (code, version, name, valid_from, valid_to, {own}by, recorded_at)
        select n.code, coalesce(v.version, 0) + 1, n.name, n.valid_from, n.valid_to, {own}$6,
               greatest(now(), v.recorded_at + interval '1 microsecond')
        from unnest($1::text[], $2::text[], $3::date[], $4::date[], $5::text[])
             as n (code, name, valid_from, valid_to, settlement_row)
        left join lateral (
            select version, recorded_at from {part}_version
            where code = n.code order by version desc limit 1) v on true
        """,
        [n.code for n in namings],
        [n.name for n in namings],
        [n.valid_from for n in namings],
        [n.valid_to for n in namings],
        [n.settlement_row for n in namings],
        by,
    )
