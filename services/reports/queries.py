"""Named reads of the reports service's own tables."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from services.reports.domain.districts import Division
from services.reports.domain.planning import AreaOfReport
from services.reports.domain.series_steps import Published
from services.reports.errors import AreaNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncpg import Record

    from shared.db import Connection

_AREA = """
    with recursive inside as (
        select code from area
        where code = $1 and valid_from <= $2 and coalesce(valid_to, 'infinity') >= $2
        union
        select p.predecessor from area_predecessor p join inside i on i.code = p.area
    )
    select a.code, a.name, a.valid_from from inside join area a using (code) order by a.code
"""

_REFERENCES = """
    select distinct on (v.series, v.period, v.label) v.*
    from reference_value v
    join unnest($1::text[], $2::text[]) as wanted (series, period)
        on (v.series, v.period) = (wanted.series, wanted.period)
    where v.recorded_at <= $3
    order by v.series, v.period, v.label, v.recorded_at desc, v.id desc
"""


_HISTORY = """
    select v.* from reference_value v
    join unnest($1::text[], $2::text[]) as wanted (series, period)
        on (v.series, v.period) = (wanted.series, wanted.period)
    where v.recorded_at <= $3
    order by v.series, v.period, v.label, v.recorded_at, v.id
"""


async def area_on(conn: Connection, code: str, on: date) -> AreaOfReport:
    """Return an area in force on a day, with all districts that were merged into it.

    Raises:
        AreaNotFound: no such area then.

    """
    rows = await conn.fetch(_AREA, code, on)
    if not rows:
        raise AreaNotFound(code, on.isoformat())
    (own,) = (row for row in rows if row["code"] == code)
    return AreaOfReport(
        code,
        own["name"],
        tuple(row["code"] for row in rows),
        own["valid_from"],
        tuple(row["name"] for row in rows if row["code"] != code),
    )


async def division(conn: Connection) -> Division:
    """Return every district there is or was, and which one it lies in today."""
    names = await conn.fetch("select code, name from area order by code")
    merged = await conn.fetch("select predecessor, area from area_predecessor order by 1, 2")
    return Division(
        {row["code"]: row["name"] for row in names},
        {row["predecessor"]: row["area"] for row in merged},
    )


async def areas(conn: Connection) -> list[dict[str, Any]]:
    """Return the whole area map, by code."""
    rows = await conn.fetch(
        """select a.code, a.name, a.valid_from, a.valid_to,
                  coalesce(array_agg(p.predecessor order by p.predecessor)
                           filter (where p.predecessor is not null), '{}') as predecessors
           from area a left join area_predecessor p on p.area = a.code
           group by a.code order by a.code"""
    )
    return [dict(row) for row in rows]


async def references(
    conn: Connection, wanted: Iterable[tuple[str, str]], basis: datetime
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return what was in force at the basis of each (series, period), by label."""
    pairs = list(wanted)
    rows = await conn.fetch(
        _REFERENCES, [series for series, _ in pairs], [period for _, period in pairs], basis
    )
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row["retracted"]:
            continue
        found.setdefault((row["series"], row["period"]), []).append(_shown(row))
    return found


async def reference_history(
    conn: Connection, wanted: Iterable[tuple[str, str]], basis: datetime
) -> dict[tuple[str, str], list[Published]]:
    """Return everything published of each (series, period) by a basis, by label, as recorded."""
    pairs = list(wanted)
    rows = await conn.fetch(
        _HISTORY, [series for series, _ in pairs], [period for _, period in pairs], basis
    )
    found: dict[tuple[str, str], list[Published]] = {}
    for row in rows:
        published = Published(row["recorded_at"], row["retracted"], _shown(row))
        found.setdefault((row["series"], row["period"]), []).append(published)
    return found


def _shown(row: Record) -> dict[str, Any]:
    return {
        "label": row["label"],
        "low": _number(row["low"]),
        "high": _number(row["high"]),
        "unit": row["unit"],
        "approximate": row["approximate"],
        "source": row["source"],
        "vintage": row["vintage"],
    }


def _number(value: Decimal) -> int | float:
    whole = int(value)
    return whole if whole == value else float(value)
