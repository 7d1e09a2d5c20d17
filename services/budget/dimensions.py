"""Dimensions and their objects: registering them, and giving an object a new version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.budget.domain.dimensions import PARENT_BY_THE_STANDARD, is_free
from services.budget.errors import (
    CodeTaken,
    DimensionNotFound,
    DimensionReserved,
    DimensionTaken,
    ObjectNotFound,
)
from shared.db import Connection


@dataclass(frozen=True, slots=True)
class DimensionNaming:
    """A dimension to register; ``parent`` is the one that it divides further (#UNDERDIM)."""

    number: int
    name: str
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class ObjectNaming:
    """What a version says about an object of a dimension."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None = None


async def register_dimension(conn: Connection, naming: DimensionNaming, *, by: str) -> None:
    """Register a dimension.

    Raises:
        DimensionReserved: the number is kept for another use.
        DimensionTaken: it is registered.
        DimensionNotFound: there is no such parent (a refusal of the database).

    """
    if not await ensure_dimensions(conn, [naming], by=by):
        raise DimensionTaken(f"Dimension {naming.number} is registered.")


async def ensure_dimensions(
    conn: Connection, namings: Sequence[DimensionNaming], *, by: str
) -> list[int]:
    """Register the dimensions that are missing, in any order; return the numbers made.

    Raises:
        DimensionReserved: a missing one's number is kept for another use.

    """
    known = await conn.fetchval("select array_agg(number) from dimension")
    missing = [naming for naming in namings if naming.number not in known]
    for naming in missing:
        if not is_free(naming.number):
            raise DimensionReserved(f"Dimension {naming.number} is kept for another use.")
    rows = await conn.fetch(
        """
        insert into dimension (number, name, parent, by)
        select number, name, parent, $4
        from unnest($1::int[], $2::text[], $3::int[]) as n (number, name, parent)
        on conflict do nothing returning number
        """,
        [naming.number for naming in missing],
        [naming.name for naming in missing],
        [naming.parent or PARENT_BY_THE_STANDARD.get(naming.number) for naming in missing],
        by,
    )
    return [row["number"] for row in rows]


async def register(conn: Connection, number: int, naming: ObjectNaming, *, by: str) -> None:
    """Register an object of a dimension with its first version.

    Raises:
        DimensionNotFound: the dimension is not registered (a refusal of the database).
        CodeTaken: the object exists.

    """
    if not await ensure(conn, number, [naming], by=by):
        raise CodeTaken(f"Dimension {number} has the object {naming.code}.")


async def rename(conn: Connection, number: int, naming: ObjectNaming, *, by: str) -> None:
    """Give an object a new version; vouchers booked under the old one keep their day's meaning.

    Raises:
        DimensionNotFound, ObjectNotFound: it is not registered.

    """
    # The row is locked by an advisory lock: the table itself can only be appended to.
    await conn.execute("select pg_advisory_xact_lock(hashtext($1))", f"{number}:{naming.code}")
    if not await conn.fetchval("select true from dimension where number = $1", number):
        raise DimensionNotFound
    known = "select true from dimension_object where number = $1 and code = $2"
    if not await conn.fetchval(known, number, naming.code):
        raise ObjectNotFound
    await _append(conn, number, [naming], by=by)


async def ensure(
    conn: Connection, number: int, namings: Sequence[ObjectNaming], *, by: str
) -> list[str]:
    """Register the objects that are missing, as a delivery that brings its own names does.

    Returns:
        The codes that were made.

    """
    made = await conn.fetch(
        "insert into dimension_object (number, code) select $1, code from unnest($2::text[]) code"
        " on conflict do nothing returning code",
        number,
        sorted({naming.code for naming in namings}),
    )
    by_code = {naming.code: naming for naming in namings}
    await _append(conn, number, [by_code[row["code"]] for row in made], by=by)
    return sorted(row["code"] for row in made)


async def _append(
    conn: Connection, number: int, namings: Sequence[ObjectNaming], *, by: str
) -> None:
    """Add one version to each object, dated after its previous one."""
    await conn.execute(
        """
        insert into dimension_object_version
            (number, code, version, name, valid_from, valid_to, by, recorded_at)
        select $1, n.code, coalesce(v.version, 0) + 1, n.name, n.valid_from, n.valid_to, $6,
               greatest(now(), v.recorded_at + interval '1 microsecond')
        from unnest($2::text[], $3::text[], $4::date[], $5::date[])
             as n (code, name, valid_from, valid_to)
        left join lateral (
            select version, recorded_at from dimension_object_version
            where number = $1 and code = n.code order by version desc limit 1) v on true
        """,
        number,
        [naming.code for naming in namings],
        [naming.name for naming in namings],
        [naming.valid_from for naming in namings],
        [naming.valid_to for naming in namings],
        by,
    )
