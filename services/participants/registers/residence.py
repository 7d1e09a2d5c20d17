"""The register of where people live, by district, as the population register tells the city.

Only people whom we have met are taken: the rest of the population is none of our business.
What a delivery says goes before what was written by hand, from its first day on.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from services.participants.breakdowns import refrozen, resettle
from services.participants.figures import facts
from services.participants.registers.people import (
    PRESENT_NUMBERS_ALONE,
    CodeField,
    SourceKey,
    WrittenNumber,
    keys_settled,
    number_of_row,
    subject_of_rows,
)
from shared.deliveries import Column, Register, Row, RowRefused
from shared.journal import Cause
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from uuid import UUID

    from services.participants.sealing import Seals
    from shared.db import Connection
    from shared.deliveries import Batch


class ResidenceRow(Row, kw_only=True, gc=False):
    """A time in one district, the last day included; without one the person lives there still."""

    source_key: SourceKey
    identity_number: WrittenNumber
    district: CodeField
    valid_from: date
    valid_to: date | None = None


_COLUMNS = (
    Column("source_key", "text"),
    Column("identity_hash", "bytea"),
    Column("district", "text"),
    Column("valid_from", "date"),
    Column("valid_to", "date"),
)

_OVERLAP = "The person lives somewhere else during part of the time."

_NOBODY = """
    not exists (select from person p
                where p.identity_number_hash = s.identity_hash and p.protection = 'none')
"""

# Of somebody unknown and of somebody with a protected identity the sender hears the same, and
# sees no key of either in the list of errors.
_NOT_KEPT = f"""
    select s.row_no, 'identityNumber', 'residence_not_kept',
           'No residence is kept for this number.'
    from staging s where {_NOBODY}
"""

_OVERLAPS_IN_DELIVERY = f"""
    select distinct s.row_no, 'validFrom', 'residence_overlap', '{_OVERLAP}'
    from staging s join staging earlier
      on earlier.identity_hash = s.identity_hash and earlier.row_no < s.row_no
     and daterange(earlier.valid_from, earlier.valid_to, '[]')
         && daterange(s.valid_from, s.valid_to, '[]')
"""

# One that this delivery rewrites or retracts is judged by its new self; one written by hand yields.
_OVERLAPS_HELD = f"""
    select distinct s.row_no, 'validFrom', 'residence_overlap', '{_OVERLAP}'
    from staging s
    join person p on p.identity_number_hash = s.identity_hash
    join residence r
      on r.person_id = p.id and r.retracted_at is null and r.source_key is not null
     and daterange(r.valid_from, r.valid_to, '[]') && daterange(s.valid_from, s.valid_to, '[]')
    where not exists (select from staging own where own.source_key = r.source_key)
      and not exists (select from retraction gone where gone.source_key = r.source_key)
"""

_COMPARE = """
    select s.row_no, case when r.id is null then 'created' else 'changed' end, r.id
    from staging s
    left join residence r on r.source_key = s.source_key
    left join person p on p.identity_number_hash = s.identity_hash
    where r.id is null or r.retracted_at is not null
       or (r.person_id, r.district, r.valid_from, r.valid_to)
          is distinct from (p.id, s.district, s.valid_from, s.valid_to)
"""

# A source says where people live now: what lies in the past does not end again.
_ABSENT = """
    select r.id from residence r
    where r.source_key is not null and r.retracted_at is null and r.valid_to is null
      and coalesce(substring(r.source_key from '^[^:]*:'), '')
          in (select coalesce(substring(p.source_key from '^[^:]*:'), '') from present p)
      and not exists (select from present p where p.source_key = r.source_key)
"""

# An entry holds its person for share: it waits for this, and freezes what this leaves.
_LOCK = """
    select p.id from person p
    where p.identity_number_hash in (select identity_hash from batch)
    order by p.id for no key update
"""

_BY_HAND = """
    select distinct r.id
    from batch b
    join person p on p.identity_number_hash = b.identity_hash
    join residence r on r.person_id = p.id and r.source_key is null and r.retracted_at is null
     and daterange(r.valid_from, r.valid_to, '[]') && daterange(b.valid_from, b.valid_to, '[]')
    where b.effect in ('created', 'changed')
"""

_FIRST_DELIVERED = """
    select min(b.valid_from) from batch b
    join person p on p.identity_number_hash = b.identity_hash
    where p.id = residence.person_id and b.effect in ('created', 'changed')
      and daterange(residence.valid_from, residence.valid_to, '[]')
          && daterange(b.valid_from, b.valid_to, '[]')
"""

_CREATE = """
    insert into residence (id, source_key, person_id, district, valid_from, valid_to)
    select b.record_id, b.source_key, p.id, b.district, b.valid_from, b.valid_to
    from batch b join person p on p.identity_number_hash = b.identity_hash
    where b.effect = 'created' order by b.row_no
"""

_CHANGE = f"""
    update residence set person_id = said.person_id, district = said.district,
           valid_from = said.valid_from, valid_to = said.valid_to, retracted_at = null, {BUMP}
    from (select b.record_id, p.id as person_id, b.district, b.valid_from, b.valid_to
          from batch b join person p on p.identity_number_hash = b.identity_hash
          where b.effect = 'changed') said
    where residence.id = said.record_id
"""

_WHOSE = "select distinct person_id from residence where id = any($1::uuid[])"


def residence_register(seals: Seals) -> Register:
    """Return the register; identity numbers are hashed with these keys and kept nowhere."""

    def stage(row: ResidenceRow) -> tuple[Any, ...]:
        if row.valid_to is not None and row.valid_to < row.valid_from:
            raise RowRefused("validTo", "ends_before_it_begins", "The last day is not the first's.")
        number = number_of_row(row.source_key, row.identity_number, reference=row.valid_from)
        return (
            row.source_key,
            seals.hash_of(number.digits),
            row.district,
            row.valid_from,
            row.valid_to,
        )

    return Register(
        name="residence",
        title="Bosättning",
        row=ResidenceRow,
        key=("source_key",),
        columns=_COLUMNS,
        stage=stage,
        subject=subject_of_rows(seals, guarded=_NOBODY),
        complete=PRESENT_NUMBERS_ALONE,
        checks=(keys_settled(seals), _NOT_KEPT, _OVERLAPS_IN_DELIVERY, _OVERLAPS_HELD),
        compare=_COMPARE,
        match="""select t.row_no, r.id, r.retracted_at is not null
                 from retraction t join residence r using (source_key)""",
        absent=_ABSENT,
        size="""select count(*) from residence
                where source_key is not null and retracted_at is null and valid_to is null""",
        apply=_apply,
        end=_end,
        retract=_retract,
        constraints={"residence_overlap_excl": ("validFrom", "residence_overlap", _OVERLAP)},
        journals=(facts.JOURNAL,),
    )


async def _apply(conn: Connection, batch: Batch) -> None:
    """Make created and changed rows true; people are held until what follows is frozen anew."""
    await conn.execute(_LOCK)
    await conn.execute("set constraints residence_overlap_excl deferred")
    created = await batch.ids(conn, "created")
    changed = await batch.ids(conn, "changed")
    before = await conn.fetch(_WHOSE, changed)
    await _let_yield(conn, batch)
    await keep_version(conn, "residence", changed, reason=batch.reason, by=batch.by)
    if changed:
        await conn.execute(_CHANGE)
    if created:
        await conn.execute(_CREATE)
    after = await conn.fetch(_WHOSE, [*created, *changed])
    people = {row["person_id"] for row in (*before, *after)}
    await _freeze(conn, people, Cause.AREA_CHANGE, batch)


async def _let_yield(conn: Connection, batch: Batch) -> None:
    """Let what was written by hand end before what is delivered, or go where it began later."""
    ids = [row["id"] for row in await conn.fetch(_BY_HAND)]
    if not ids:
        return
    await keep_version(conn, "residence", ids, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"delete from residence where id = any($1::uuid[]) and valid_from >= ({_FIRST_DELIVERED})",
        ids,
    )
    await conn.execute(
        f"update residence set valid_to = ({_FIRST_DELIVERED}) - 1, {BUMP}"
        " where id = any($1::uuid[])",
        ids,
    )


async def _end(conn: Connection, batch: Batch) -> None:
    """End what the source no longer holds: the day before the delivery's was the last there."""
    ended = await batch.ids(conn, "ended")
    await keep_version(conn, "residence", ended, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"update residence set valid_to = greatest($2::date - 1, valid_from), {BUMP}"
        " where id = any($1::uuid[])",
        ended,
        batch.day,
    )
    people = {row["person_id"] for row in await conn.fetch(_WHOSE, ended)}
    await _freeze(conn, people, Cause.CORRECTION, batch)


async def _retract(conn: Connection, batch: Batch) -> None:
    """Take back what never was true."""
    retracted = await batch.ids(conn, "retracted")
    await keep_version(conn, "residence", retracted, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"update residence set retracted_at = now(), {BUMP} where id = any($1::uuid[])", retracted
    )
    people = {row["person_id"] for row in await conn.fetch(_WHOSE, retracted)}
    await _freeze(conn, people, Cause.RETRACTION, batch)


async def _freeze(conn: Connection, people: set[UUID], cause: Cause, batch: Batch) -> None:
    """Freeze what was recorded of these people's earlier days anew, and settle what it moves."""
    affected = await refrozen(conn, sorted(people), reason=batch.reason, by=batch.by)
    await resettle(conn, affected, cause=cause, reason=batch.reason)
