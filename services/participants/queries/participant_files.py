"""The rows of a project's months as the records were at a basis, and the files issued of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.errors.esf import ParticipantFileNotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection
    from shared.paging import PageRequest

# What a record said at the basis stands in its row, or in the version kept when it changed.
# The number is the one the person had then: the first that has been replaced since, or today's.
_ROWS = """
    with enrolled as (
        select id, person_id, unit, started_on, exited_on, retracted_at
        from enrolment where programme = $1 and recorded_at <= $2
        union all
        select was.id, was.person_id, was.unit, was.started_on, was.exited_on, was.retracted_at
        from record_version v
        cross join lateral jsonb_to_record(v.body) as was (
            id uuid, person_id uuid, unit text, started_on date, exited_on date,
            retracted_at timestamptz)
        where v.kind = 'enrolment' and v.body ->> 'programme' = $1
          and v.recorded_at <= $2 and v.superseded_at > $2
    ), attested as (
        select enrolment_id, month, minutes, withdrawn_at
        from hour_attestation where programme = $1 and recorded_at <= $2
        union all
        select was.enrolment_id, was.month, was.minutes, was.withdrawn_at
        from record_version v
        cross join lateral jsonb_to_record(v.body) as was (
            enrolment_id uuid, month date, minutes integer, withdrawn_at timestamptz)
        where v.kind = 'hour_attestation' and v.body ->> 'programme' = $1
          and v.recorded_at <= $2 and v.superseded_at > $2
    ), people as (
        select id, coalesce(merged_root, id) as subject_id, sex, birth_date, protection
        from person where recorded_at <= $2
        union all
        select was.id, coalesce(was.merged_root, was.id), was.sex, was.birth_date, was.protection
        from record_version v
        cross join lateral jsonb_to_record(v.body) as was (
            id uuid, merged_root uuid, sex text, birth_date date, protection text)
        where v.kind = 'person' and v.recorded_at <= $2 and v.superseded_at > $2
    ), counted as materialized (
        select p.id, s.id as subject_id, s.sex, s.birth_date,
               p.protection <> 'none' or s.protection <> 'none' as protected,
               (select c.suffix from esf_replacement_code c
                where c.sex = s.sex and c.recorded_at <= $2 order by c.recorded_at desc limit 1)
                   as suffix,
               (select count(*) from person_number_alias n
                where n.person_id = s.id and n.replaced_at <= $2) as numbers_before,
               coalesce(was.identity_number_sealed, present.identity_number_sealed)
                   as number_sealed,
               coalesce(was.identity_number_hash, present.identity_number_hash) as number_hash
        from people p
        join people s on s.id = p.subject_id
        join person present on present.id = s.id
        left join lateral (
            select n.identity_number_sealed, n.identity_number_hash from person_number_alias n
            where n.person_id = s.id and n.replaced_at > $2 order by n.replaced_at limit 1) was
          on true
        where p.id in (select person_id from enrolled)
    )
    select m.month, e.id as enrolment_id, e.unit,
           case when e.started_on >= m.month then e.started_on end as started_on,
           case when e.exited_on < m.month + interval '1 month' then e.exited_on end as exited_on,
           coalesce(a.minutes, 0) as minutes,
           c.subject_id as person_id, c.sex, c.birth_date, c.protected, c.suffix,
           c.numbers_before, c.number_sealed, c.number_hash
    from unnest($3::date[]) as m (month)
    join enrolled e on e.retracted_at is null
     and e.started_on < m.month + interval '1 month'
     and (e.exited_on is null or e.exited_on >= m.month)
    join counted c on c.id = e.person_id
    left join attested a on a.enrolment_id = e.id and a.month = m.month
     and a.withdrawn_at is null
    order by m.month, e.id
"""

_FILE = "id, programme, number, month, issue, basis, rows, reason, issued_by, recorded_at"


async def participant_rows(
    conn: Connection, programme: str, months: Sequence[date], *, basis: datetime
) -> list[Record]:
    """Return a line for each enrolment that touches a month, by month and enrolment."""
    rows: list[Record] = await conn.fetch(_ROWS, programme, basis, list(months))
    return rows


async def participant_file(conn: Connection, file_id: UUID) -> Record:
    """Return one issue.

    Raises:
        ParticipantFileNotFound: there is none.

    """
    row: Record | None = await conn.fetchrow(
        f"select {_FILE}, content_hash from participant_file where id = $1", file_id
    )
    if row is None:
        raise ParticipantFileNotFound
    return row


async def participant_files_page(
    conn: Connection, *, paging: PageRequest, programme: str | None, month: date | None
) -> tuple[list[Record], int]:
    """Return one page of the series, the latest issues first."""
    where = "($1::text is null or programme = $1) and ($2::date is null or month = $2)"
    total = await conn.fetchval(
        f"select count(*) from participant_file where {where}", programme, month
    )
    rows = await conn.fetch(
        f"select {_FILE} from participant_file where {where} order by programme, number desc"
        " limit $3 offset $4",
        programme,
        month,
        paging.limit,
        paging.offset,
    )
    return rows, total


async def latest_issues(conn: Connection, programme: str) -> dict[date, Record]:
    """Return the last issue of each month of a project, and lock its series."""
    await conn.execute("select from programme where code = $1 for no key update", programme)
    rows = await conn.fetch(
        "select distinct on (month) month, number, issue, content_hash from participant_file"
        " where programme = $1 order by month, issue desc",
        programme,
    )
    return {row["month"]: row for row in rows}


async def replacement_codes_page(
    conn: Connection, *, paging: PageRequest
) -> tuple[list[Record], int]:
    """Return one page of the codes that replace numbers, the latest first."""
    total = await conn.fetchval("select count(*) from esf_replacement_code")
    rows = await conn.fetch(
        "select * from esf_replacement_code order by recorded_at desc, id limit $1 offset $2",
        paging.limit,
        paging.offset,
    )
    return rows, total
