"""Everything that is held about a person, and who has read or changed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from services.participants.errors.people import PersonNotFound
from services.participants.models.holdings import Holding, holdings
from services.participants.queries.people import may_see_protected

if TYPE_CHECKING:
    from asyncpg import Record

    from shared.auth import Caller
    from shared.db import Connection
    from shared.paging import PageRequest


Body = Mapping[str, Any]
"""What a record says, column by column as JSON has it; sealed columns as PostgreSQL's hex."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a record said until it was changed, by whom and why."""

    version: int
    recorded_at: datetime
    superseded_at: datetime
    reason: str
    by: str
    body: Body


@dataclass(frozen=True, slots=True)
class Held:
    """One table's records about a person, and what each said before, the oldest first.

    A record without a body is no longer on record: somebody lived elsewhere than was thought.
    """

    holding: Holding
    records: Mapping[UUID, Body | None]
    earlier: Mapping[UUID, list[Earlier]]


_TAKEN_AWAY = ("residence",)
"""Kinds whose records are deleted when they prove wrong, and live on as versions only."""


async def records_of_subject(conn: Connection, person_id: UUID, *, by: Caller) -> list[UUID]:
    """Return the ids of every record of the same person.

    Raises:
        PersonNotFound: not there, or protected from the caller.

    """
    rows = await conn.fetch(
        """select record.id from person p join person record on record.subject_id = p.subject_id
           where p.id = $1 and ($2 or p.protection = 'none') order by record.id""",
        person_id,
        may_see_protected(by),
    )
    if not rows:
        raise PersonNotFound
    return [row["id"] for row in rows]


async def held_about(conn: Connection, people: list[UUID]) -> list[Held]:
    """Return everything held about these records of a person, retracted or not."""
    found = []
    for holding in holdings():
        rows = await conn.fetch(
            f"select id, to_jsonb(t)::text as body from {holding.table} t"
            f" where {holding.condition} order by id",
            people,
        )
        records: dict[UUID, Body | None] = {
            row["id"]: msgspec.json.decode(row["body"]) for row in rows
        }
        if holding.table in _TAKEN_AWAY:
            gone = await conn.fetch(_GONE, holding.table, [str(person) for person in people])
            records = dict.fromkeys(row["record_id"] for row in gone) | records
        if records:
            earlier = await _earlier(conn, holding, list(records))
            found.append(Held(holding, records, earlier))
    return found


_GONE = """
    select distinct record_id from record_version
    where kind = $1 and body ->> 'person_id' = any($2::text[])
"""


async def _earlier(
    conn: Connection, holding: Holding, ids: list[UUID]
) -> dict[UUID, list[Earlier]]:
    rows = await conn.fetch(
        "select record_id, version, recorded_at, superseded_at, reason, by, body::text as body"
        " from record_version where kind = $1 and record_id = any($2::uuid[])"
        " order by record_id, version",
        holding.table,
        ids,
    )
    earlier: dict[UUID, list[Earlier]] = {}
    for row in rows:
        each = Earlier(
            version=row["version"],
            recorded_at=row["recorded_at"],
            superseded_at=row["superseded_at"],
            reason=row["reason"],
            by=row["by"],
            body=msgspec.json.decode(row["body"]),
        )
        earlier.setdefault(row["record_id"], []).append(each)
    return earlier


_OWN = " union all ".join(
    f"select '{holding.table}' as kind, id from {holding.table} where {holding.condition}"
    for holding in holdings()
)

# Whoever is named by a line beside the person is nobody's business here.
_LOG = f"""
    select recorded_at as at, actor as by, 'accessed' as what, route, null::text as record_kind,
           null::uuid as record_id, null::text as reason
    from access_log where subjects && $1::uuid[]
    union all
    select v.superseded_at, v.by, 'changed', null, v.kind, v.record_id, v.reason
    from record_version v join ({_OWN}) own on own.kind = v.kind and own.id = v.record_id
    union all
    select v.superseded_at, v.by, 'changed', null, v.kind, v.record_id, v.reason
    from record_version v
    where v.kind in ({", ".join(f"'{kind}'" for kind in _TAKEN_AWAY)})
      and (v.body ->> 'person_id')::uuid = any($1::uuid[])
      and not exists (select from residence r where r.id = v.record_id)
"""


async def log_page(
    conn: Connection, people: list[UUID], *, paging: PageRequest
) -> tuple[list[Record], int]:
    """Return who read or changed what is held about these records of a person, newest first."""
    total = await conn.fetchval(f"select count(*) from ({_LOG}) log", people)
    rows = await conn.fetch(
        f"select * from ({_LOG}) log order by at desc, what, record_id, by"
        f" limit {paging.limit} offset {paging.offset}",
        people,
    )
    return rows, total
