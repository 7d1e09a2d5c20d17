"""The register of advisory sessions held with people who are not enrolled."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from services.participants.figures import facts
from services.participants.registers.people import (
    PERSON_COLUMNS,
    PERSON_DIFFERS,
    PRESENT_NUMBERS,
    CodeField,
    PersonRow,
    PersonStage,
    ensure_people,
    keys_settled,
    subject_of_rows,
)
from services.participants.registers.places import in_operation
from shared.deliveries import Column, Register
from shared.journal import Cause, settle
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from uuid import UUID

    from services.participants.sealing import Seals
    from shared.db import Connection
    from shared.deliveries import Batch


class AdvisorySessionRow(PersonRow, kw_only=True, gc=False):
    """One advisory session as its source holds it now."""

    unit: CodeField
    programme: CodeField | None = None
    held_on: date


_OWN_COLUMNS = (
    Column("unit", "text"),
    Column("programme", "text"),
    Column("held_on", "date"),
)

_ENROLLED = """
    select s.row_no, 'heldOn', 'person_is_enrolled',
           'Advisory sessions are for people who are not enrolled on the day.'
    from staging s
    join person p on p.identity_number_hash = s.identity_hash
    where exists (select from enrolment e
                  where e.subject_id = p.subject_id and e.retracted_at is null
                    and e.started_on <= s.held_on
                    and coalesce(e.exited_on, 'infinity') > s.held_on)
"""

# Sessions on record that this delivery does not mention come first, then its own in their
# order: those on record before new ones, earlier days before later ones. Those of every record
# of a person count; a session that stands is not refused for what a merge brought together.
_FOURTH = """
    select row_no, null, 'fourth_advisory_session',
           'A person who is not enrolled is advised at most three times.'
    from (
        select s.row_no,
               row_number() over (partition by coalesce(who.subject_id::text,
                                                        encode(s.identity_hash, 'hex'))
                                  order by own.id is null, s.held_on, s.row_no)
               + (select count(*) from advisory_session a join person p on p.id = a.person_id
                  where p.subject_id = who.subject_id and a.retracted_at is null
                    and not exists (select from present n where n.source_key = a.source_key)
                 ) as place,
               own.person_id = who.id as stands
        from staging s
        left join person who on who.identity_number_hash = s.identity_hash
        left join advisory_session own
          on own.source_key = s.source_key and own.retracted_at is null
    ) counted
    where place > 3 and stands is not true
"""

_THREE_STAND = (None, "fourth_advisory_session", "Three sessions are on record and stand.")

_COMPARE = f"""
    select s.row_no, case when a.id is null then 'created' else 'changed' end, a.id
    from staging s
    left join advisory_session a on a.source_key = s.source_key
    left join person p on p.identity_number_hash = s.identity_hash
    where a.id is null or a.retracted_at is not null or {PERSON_DIFFERS}
       or (a.person_id, a.stated_district, a.unit, a.programme, a.held_on)
          is distinct from (p.id, s.residence_district, s.unit, s.programme, s.held_on)
"""

# Sessions that move to another person, or stand again after a retraction, need a free place
# among that person's three as new ones do: they are taken out first and placed anew.
_VACATE = """
    update advisory_session a set retracted_at = coalesce(a.retracted_at, now())
    from batch b join person p on p.identity_number_hash = b.identity_hash
    where b.effect = 'changed' and a.id = b.record_id and a.person_id <> p.id
"""

_PLACED = """
    with free as (
        select who.subject_id, place,
               row_number() over (partition by who.subject_id order by place) as turn,
               3 - cardinality(taken.ordinals) as room
        from (select distinct p.subject_id
              from batch b join person p on p.identity_number_hash = b.identity_hash
              where b.effect in ('created', 'changed')) who
        cross join lateral (
            select coalesce(array_agg(held.ordinal), '{}') as ordinals
            from advisory_session held join person m on m.id = held.person_id
            where m.subject_id = who.subject_id and held.retracted_at is null
        ) taken
        cross join generate_series(1, 3) place
        where place <> all(taken.ordinals)
    ), waiting as (
        select b.record_id, p.id as person_id, p.subject_id,
               row_number() over (partition by p.subject_id order by b.held_on, b.row_no) as turn
        from batch b
        join person p on p.identity_number_hash = b.identity_hash
        left join advisory_session own on own.id = b.record_id and own.retracted_at is null
        where b.effect in ('created', 'changed') and own.id is null
    )
    select record_id, person_id, case when turn <= room then place end as place
    from waiting left join free using (subject_id, turn)
"""

# A row without a free place asks for a fourth, which the table itself refuses.
_CREATE = f"""
    with placed as ({_PLACED})
    insert into advisory_session (id, source_key, person_id, stated_district, unit, programme,
                                  held_on, ordinal, sex, age_group, district)
    select b.record_id, b.source_key, placed.person_id, b.residence_district, b.unit,
           b.programme, b.held_on, coalesce(placed.place, 4), f.sex, f.age_group, f.district
    from batch b join placed using (record_id)
    cross join lateral breakdown_on(placed.person_id, b.held_on, b.residence_district) f
    where b.effect = 'created' order by b.row_no
"""

_CHANGE = f"""
    with placed as ({_PLACED})
    update advisory_session set person_id = said.person_id, retracted_at = null,
           ordinal = coalesce(said.place, ordinal), stated_district = said.residence_district,
           (unit, programme, held_on, sex, age_group, district)
           = (said.unit, said.programme, said.held_on, said.sex, said.age_group, said.district),
           {BUMP}
    from (select b.record_id, b.residence_district, b.unit, b.programme, b.held_on,
                 p.id as person_id, placed.place, f.sex, f.age_group, f.district
          from batch b
          join person p on p.identity_number_hash = b.identity_hash
          left join placed using (record_id)
          cross join lateral breakdown_on(p.id, b.held_on, b.residence_district) f
          where b.effect = 'changed') said
    where advisory_session.id = said.record_id
"""


def advisory_sessions_register(seals: Seals) -> Register:
    """Return the register; identity numbers are sealed and hashed with these keys."""
    person = PersonStage(seals)

    def stage(row: AdvisorySessionRow) -> tuple[Any, ...]:
        return (*person(row, reference=row.held_on), row.unit, row.programme, row.held_on)

    return Register(
        name="advisory-sessions",
        title="Rådgivande samtal",
        row=AdvisorySessionRow,
        key=("source_key",),
        columns=(*PERSON_COLUMNS, *_OWN_COLUMNS),
        stage=stage,
        subject=subject_of_rows(seals),
        complete=PRESENT_NUMBERS,
        checks=(
            keys_settled(seals),
            in_operation("unit", "held_on"),
            in_operation("programme", "held_on", optional=True),
            _ENROLLED,
            _FOURTH,
        ),
        compare=_COMPARE,
        match="""select r.row_no, a.id, a.retracted_at is not null
                 from retraction r join advisory_session a using (source_key)""",
        size="""select count(*) from advisory_session
                where source_key is not null and retracted_at is null""",
        apply=_apply,
        retract=_retract,
        constraints={
            "advisory_session_person_ordinal_key": _THREE_STAND,
            "advisory_session_at_most_three_check": _THREE_STAND,
        },
        journals=(facts.JOURNAL,),
    )


async def _apply(conn: Connection, batch: Batch) -> None:
    """Make created and changed rows true; people are locked while their places are given."""
    await ensure_people(conn, batch)
    await conn.execute(
        "select from person where subject_id in"
        " (select p.subject_id from batch b"
        "  join person p on p.identity_number_hash = b.identity_hash) order by id for update"
    )
    created = await batch.ids(conn, "created")
    changed = await batch.ids(conn, "changed")
    await keep_version(conn, "advisory_session", changed, reason=batch.reason, by=batch.by)
    if changed:
        await conn.execute(_VACATE)
        await conn.execute(_CHANGE)
    if created:
        await conn.execute(_CREATE)
    await _settle(conn, created, Cause.NEW, batch, fresh=True)
    await _settle(conn, changed, Cause.CORRECTION, batch)


async def _retract(conn: Connection, batch: Batch) -> None:
    """Take back sessions that never were held; their places are free again."""
    retracted = await batch.ids(conn, "retracted")
    await keep_version(conn, "advisory_session", retracted, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"update advisory_session set retracted_at = now(), {BUMP} where id = any($1::uuid[])",
        retracted,
    )
    await _settle(conn, retracted, Cause.RETRACTION, batch)


async def _settle(
    conn: Connection, ids: list[UUID], cause: Cause, batch: Batch, *, fresh: bool = False
) -> None:
    await settle(
        conn,
        facts.JOURNAL,
        "advisory_session",
        ids,
        wanted_sql=facts.ADVISORY_SESSION,
        cause=cause,
        reason=batch.reason,
        fresh=fresh,
    )
