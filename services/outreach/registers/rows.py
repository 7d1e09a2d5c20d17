"""What the registers of outreach have in common: field types, checks and the bulk steps."""

from __future__ import annotations

from typing import Annotated

import msgspec

from services.outreach import facts
from services.outreach.domain.codes import CODE_PATTERN, SOURCE_KEY_PATTERN
from services.outreach.facts import Kind
from services.outreach.schemas.fields import MAX_CODE, MAX_COUNT
from shared.db import Connection
from shared.deliveries import Batch
from shared.journal import Cause
from shared.records import BUMP, keep_version

SourceKey = Annotated[str, msgspec.Meta(pattern=SOURCE_KEY_PATTERN, max_length=80)]
CodeField = Annotated[str, msgspec.Meta(pattern=CODE_PATTERN, max_length=MAX_CODE)]
CountField = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]


def in_use(property_: str, day: str) -> str:
    """Return the check that an operation or venue is known and in use on the row's day."""
    return f"""
        select s.row_no, '{property_}',
               case when o.code is null then 'unknown_{property_}'
                    else '{property_}_not_in_use' end,
               case when o.code is null then 'There is no {property_} with this code.'
                    else 'The {property_} is not in use on that day.' end
        from staging s left join {property_} o on o.code = s.{property_}
        where s.{property_} is not null
          and (o.code is null
               or s.{day} not between o.valid_from and coalesce(o.valid_to, 'infinity'))
    """


def has_come(day: str, property_: str) -> str:
    """Return the check that a row's day has come."""
    return f"""
        select row_no, '{property_}', 'in_the_future', 'The day has not come.'
        from staging where {day} > (now() at time zone 'Europe/Stockholm')::date
    """


def compared(table: str, differs: str) -> str:
    """Return the comparison of staged rows with the records that have their keys."""
    return f"""
        select s.row_no, case when r.id is null then 'created' else 'changed' end, r.id
        from staging s left join {table} r on r.source_key = s.source_key
        where r.id is null or r.retracted_at is not null or r.ended_on is not null
           or {differs}
    """


def matched(table: str) -> str:
    """Return the records that retractions name."""
    return f"""
        select x.row_no, r.id, r.retracted_at is not null
        from retraction x join {table} r on r.source_key = x.source_key
    """


def absent(table: str) -> str:
    """Return the live records of the delivering sources that a snapshot does not name.

    Several systems push one register. A snapshot speaks for the sources that its rows name
    and ends nothing of the others.
    """
    return f"""
        select r.id from {table} r
        where {live("r")}
          and split_part(r.source_key, ':', 1)
              in (select split_part(p.source_key, ':', 1) from present p)
          and not exists (select from present p where p.source_key = r.source_key)
    """


def live(alias: str) -> str:
    """Return the condition of a record that a source still holds."""
    return (
        f"{alias}.source_key is not null and {alias}.ended_on is null "
        f"and {alias}.retracted_at is null"
    )


async def apply_rows(
    conn: Connection, batch: Batch, kind: Kind, *, create: str, change: str
) -> None:
    """Make the created and changed rows of a batch true, with versions and facts.

    Args:
        conn: in the batch's transaction.
        batch: whose rows they are.
        kind: the record, whose table has the kind's name.
        create: INSERT of the created rows; ``$1`` is who delivers.
        change: UPDATE of the changed ones, alias ``r``, without the columns set here.

    """
    await hold_places(conn)
    await conn.execute(create, batch.by)
    created = await batch.ids(conn, "created")
    await facts.settle(conn, kind, created, reason=batch.reason, fresh=True)
    changed = await batch.ids(conn, "changed")
    if not changed:
        return
    await keep_version(conn, kind, changed, reason=batch.reason, by=batch.by)
    await conn.execute(change, batch.by)
    await facts.settle(conn, kind, changed, reason=batch.reason)


async def end_rows(conn: Connection, batch: Batch, kind: Kind) -> None:
    """Note that the source no longer holds records; what happened still counts."""
    ended = await batch.ids(conn, "ended")
    await keep_version(conn, kind, ended, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"update {kind} set ended_on = $2, recorded_by = $3, {BUMP} where id = any($1::uuid[])",
        ended,
        batch.day,
        batch.by,
    )


async def retract_rows(conn: Connection, batch: Batch, kind: Kind) -> None:
    """Note that records never were true: their facts are taken back from here on."""
    await hold_places(conn)
    retracted = await batch.ids(conn, "retracted")
    await keep_version(conn, kind, retracted, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"update {kind} set retracted_at = now(), recorded_by = $2, {BUMP} "
        "where id = any($1::uuid[])",
        retracted,
        batch.by,
    )
    await facts.settle(conn, kind, retracted, reason=batch.reason, cause=Cause.RETRACTION)


async def hold_places(conn: Connection) -> None:
    """Keep rules and districts as they are until the batch commits (see `places`)."""
    for table in ("operation", "venue"):
        await conn.execute(
            f"select from {table} where code in (select {table} from batch) "
            "order by code for key share"
        )
    await facts.hold_catalogues(conn)
