"""What the half-yearly file is made from, the official codes, and the files made before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from services.participants.errors.kaa import KaaFileNotFound

if TYPE_CHECKING:
    from asyncpg import Record

    from shared.db import Connection

# One statement, so that youths, contacts and measures are of one moment. Also youths who were no
# longer, or not yet, members, when something of the half-year is recorded about them: the checks
# name it, rather than that it goes missing.
YOUTHS = """
    select m.id, m.person_id, m.joined_on, m.join_reason, s.birth_date, w.ends_on, w.end_reason,
           s.identity_number_sealed, s.identity_number_hash,
           p.protection <> 'none' or s.protection <> 'none' as protected,
           coalesce(c.contacts, '[]')::text as contacts,
           coalesce(a.measures, '[]')::text as measures, a.reported as measured
    from kaa_membership m
    join person p on p.id = m.person_id join person s on s.id = p.subject_id
    cross join lateral (
        select least(m.left_on, birthday(s.birth_date, 20)) as ends_on,
               case when m.left_on < birthday(s.birth_date, 20) then m.leave_reason
                    else 'turned_twenty' end as end_reason) w
    left join lateral (
        select json_agg(json_build_object('held_on', held_on, 'channel', channel,
                                          'two_way', two_way, 'occupation', occupation)
                        order by held_on, id) as contacts
        from kaa_contact where membership_id = m.id and retracted_at is null
          and held_on between $1 and $2) c on true
    left join lateral (
        select json_agg(json_build_object(
                   'kind', kind, 'responsible', responsible, 'started_on', started_on,
                   'ended_on', ended_on, 'end_reason', end_reason,
                   'occupation_after', occupation_after) order by started_on, id) as measures,
               bool_or(started_on between $1 and $2 or ended_on between $1 and $2) as reported
        from kaa_measure where membership_id = m.id and retracted_at is null
          and started_on is not null) a on true
    where m.retracted_at is null and m.joined_on < w.ends_on
      and (m.joined_on <= $2 and w.ends_on >= $1 or c.contacts is not null or a.reported)
    order by m.joined_on, m.id
"""

_OFFICIAL = """
    select distinct on (list, code) list, code, official_code from kaa_code_mapping
    where valid_from <= $1
    order by list, code, valid_from desc, recorded_at desc, id desc
"""

_FILE = """id, half_year, number, basis, rows, youths, protected_included, protected_left_out,
           sha256, made_by, recorded_at"""


async def youths(conn: Connection, first: date, last: date) -> list[Record]:
    """Return everybody a file of these days tells of."""
    rows: list[Record] = await conn.fetch(YOUTHS, first, last)
    return rows


async def official_codes(conn: Connection, day: date) -> list[Record]:
    """Return the official code of each own code that has one on a day."""
    rows: list[Record] = await conn.fetch(_OFFICIAL, day)
    return rows


async def mappings_page(
    conn: Connection, *, name: str | None, limit: int, offset: int
) -> tuple[list[Record], int]:
    """Return one page of all that was ever entered, of one list if it is named."""
    where = "($1::text is null or list = $1)"
    total = await conn.fetchval(f"select count(*) from kaa_code_mapping where {where}", name)
    rows = await conn.fetch(
        f"select * from kaa_code_mapping where {where}"
        " order by list, code, valid_from, recorded_at, id limit $2 offset $3",
        name,
        limit,
        offset,
    )
    return rows, total


async def files_page(
    conn: Connection, *, half_year: str | None, limit: int, offset: int
) -> tuple[list[Record], int]:
    """Return one page of the files made, the latest first."""
    where = "($1::text is null or half_year = $1)"
    total = await conn.fetchval(f"select count(*) from kaa_file where {where}", half_year)
    rows = await conn.fetch(
        f"select {_FILE} from kaa_file where {where}"
        " order by half_year desc, number desc limit $2 offset $3",
        half_year,
        limit,
        offset,
    )
    return rows, total


async def kaa_file(conn: Connection, file_id: UUID) -> Record:
    """Return a file, its sealed content, and whom it is about.

    Raises:
        KaaFileNotFound: not there.

    """
    row: Record | None = await conn.fetchrow(
        f"select {_FILE}, content_sealed, subjects from kaa_file where id = $1", file_id
    )
    if row is None:
        raise KaaFileNotFound
    return row
