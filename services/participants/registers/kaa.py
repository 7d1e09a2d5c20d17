"""The register of the responsibility for activity, as Barn- och elevregistret pushes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.participants.figures import facts
from services.participants.kaa_memberships import settle_memberships
from services.participants.registers.kaa_rows import (
    NAMES,
    OWN_COLUMNS,
    SEALED,
    KaaRow,
    of,
    values_of,
)
from services.participants.registers.people import (
    PERSON_COLUMNS,
    PERSON_DIFFERS,
    PRESENT_NUMBERS,
    PersonStage,
    ensure_people,
    keys_settled,
    subject_of_rows,
)
from services.participants.registers.places import in_operation
from services.participants.target_groups import follow_register
from shared.deliveries import Register
from shared.journal import Cause
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from uuid import UUID

    from services.participants.sealing import Seals
    from shared.db import Connection
    from shared.deliveries import Batch

# The birth date on record counts; the number's own only of people who are new.
_AGED = """
    select s.row_no,
           case when s.joined_on < d.born or s.joined_on >= d.twenty then 'joinedOn'
                else 'leftOn' end,
           case when s.joined_on < d.born or s.joined_on >= d.twenty then 'not_twenty'
                else 'left_before_twenty' end,
           case when s.joined_on < d.born or s.joined_on >= d.twenty
                then 'Condition 1 of skollagen 29 kap. 9 § is not met.'
                else 'The youth was not yet twenty that day.' end
    from staging s
    left join person p on p.identity_number_hash = s.identity_hash
    left join person subject on subject.id = p.subject_id
    cross join lateral (
        select born, birthday(born, 20) as twenty
        from (select coalesce(subject.birth_date, s.birth_date)) known (born)) d
    where s.joined_on < d.born or s.joined_on >= d.twenty
       or (s.leave_reason = 'turned_twenty' and s.left_on < d.twenty)
"""

_OTHER_UNIT = """
    select s.row_no, 'unit', 'not_a_kaa_unit', 'The unit is not one of the kind kaa.'
    from staging s join unit u on u.code = s.unit where u.kind <> 'kaa'
"""

_OVERLAP_DETAIL = "The youth is in the register during part of the time, under another key."

_OVERLAPS_IN_DELIVERY = f"""
    select distinct s.row_no, 'joinedOn', 'kaa_overlap', '{_OVERLAP_DETAIL}'
    from staging s join staging earlier
      on earlier.identity_hash = s.identity_hash and earlier.row_no < s.row_no
     and daterange(earlier.joined_on, earlier.left_on, '[)')
         && daterange(s.joined_on, s.left_on, '[)')
"""

# A held period that this delivery rewrites or retracts is judged by its new self. One that a
# snapshot leaves out is ended by it; a row in its way comes in with the delivery after.
_OVERLAPS_HELD = f"""
    select distinct s.row_no, 'joinedOn', 'kaa_overlap', '{_OVERLAP_DETAIL}'
    from staging s
    join person p on p.identity_number_hash = s.identity_hash
    join person held on held.subject_id = p.subject_id
    join kaa_membership m on m.person_id = held.id and m.retracted_at is null
     and daterange(m.joined_on, m.left_on, '[)') && daterange(s.joined_on, s.left_on, '[)')
    where not exists (select from staging own where own.source_key = m.source_key)
      and not exists (select from retraction gone where gone.source_key = m.source_key)
"""

_REJOINED = """
    select s.row_no, 'sourceKey', 'rejoined_under_old_key',
           'A new period of responsibility has a key of its own.'
    from staging s join kaa_membership m on m.source_key = s.source_key
    where m.retracted_at is null and s.joined_on >= m.left_on and m.left_on > m.joined_on
"""

_COMPARE = f"""
    select s.row_no, case when m.id is null then 'created' else 'changed' end, m.id
    from staging s
    left join kaa_membership m on m.source_key = s.source_key
    left join person p on p.identity_number_hash = s.identity_hash
    where m.id is null or m.retracted_at is not null or {PERSON_DIFFERS}
       or (m.person_id, m.stated_district, {of("m")})
          is distinct from (p.id, s.residence_district, {of("s")})
"""

# Who has turned twenty has left already, by age; there is nothing to end. Members of today are
# also what a delivery is measured by: of all who ever were, none would end too many.
_MEMBERS = """
    from kaa_membership m
    join person p on p.id = m.person_id join person subject on subject.id = p.subject_id
    where m.retracted_at is null and m.left_on is null
      and birthday(subject.birth_date, 20) > (now() at time zone 'Europe/Stockholm')::date
"""

_ABSENT = f"""
    select m.id {_MEMBERS}
      and not exists (select from present n where n.source_key = m.source_key)
"""

_CREATE = f"""
    insert into kaa_membership (id, source_key, person_id, stated_district, {NAMES},
                                contact_sealed, sex, age_group, district)
    select b.record_id, b.source_key, p.id, b.residence_district, {of("b")}, b.contact_sealed,
           f.sex, f.age_group, f.district
    from batch b
    join person p on p.identity_number_hash = b.identity_hash
    cross join lateral breakdown_on(p.id, b.joined_on, b.residence_district) f
    where b.effect = 'created' order by b.row_no
"""

# Before the batch is applied. That a member has left since is news; where else what is counted by
# differs, it was told wrongly before. Conditions may have changed with the leaving.
_LEFT = """
    select b.record_id
    from batch b
    join kaa_membership m on m.id = b.record_id
    join person p on p.identity_number_hash = b.identity_hash
    where b.effect = 'changed' and m.retracted_at is null and m.person_id = p.id
      and m.left_on is null and b.left_on is not null
      and (m.unit, m.joined_on, m.join_reason, m.stated_district)
          is not distinct from (b.unit, b.joined_on, b.join_reason, b.residence_district)
"""

_CHANGE = f"""
    update kaa_membership set person_id = said.person_id, retracted_at = null,
           stated_district = said.residence_district, contact_sealed = said.contact_sealed,
           ({NAMES}, sex, age_group, district)
           = ({of("said")}, said.sex, said.age_group, said.district), {BUMP}
    from (select b.record_id, b.residence_district, {of("b")}, b.contact_sealed,
                 p.id as person_id, f.sex, f.age_group, f.district
          from batch b
          join person p on p.identity_number_hash = b.identity_hash
          cross join lateral breakdown_on(p.id, b.joined_on, b.residence_district) f
          where b.effect = 'changed') said
    where kaa_membership.id = said.record_id
"""


def kaa_register(seals: Seals) -> Register:
    """Return the register; identity numbers and contact details are sealed with these keys."""
    person = PersonStage(seals)

    def stage(row: KaaRow) -> tuple[Any, ...]:
        return (*person(row, reference=row.joined_on), *values_of(row, seals))

    return Register(
        name="kaa",
        title="Kommunala aktivitetsansvaret",
        row=KaaRow,
        key=("source_key",),
        columns=(*PERSON_COLUMNS, *OWN_COLUMNS, SEALED),
        stage=stage,
        subject=subject_of_rows(seals),
        complete=PRESENT_NUMBERS,
        checks=(
            keys_settled(seals),
            _contacts_settled(seals),
            in_operation("unit", "joined_on"),
            _OTHER_UNIT,
            _AGED,
            _REJOINED,
            _OVERLAPS_IN_DELIVERY,
            _OVERLAPS_HELD,
        ),
        compare=_COMPARE,
        match="""select r.row_no, m.id, m.retracted_at is not null
                 from retraction r join kaa_membership m using (source_key)""",
        absent=_ABSENT,
        size=f"select count(*) {_MEMBERS}",
        apply=_apply,
        end=_end,
        retract=_retract,
        constraints={"kaa_membership_overlap_excl": ("joinedOn", "kaa_overlap", _OVERLAP_DETAIL)},
        journals=(facts.JOURNAL,),
    )


def _contacts_settled(seals: Seals) -> str:
    """Return the check that contact details are hashed with the newest key, or all were news."""
    return f"""
        select s.row_no, 'sourceKey', 'keys_are_rotating',
               'Contact details are being brought under a new key; send the row again shortly.'
        from staging s
        where exists (select from kaa_membership where index_key_version < {seals.index.version})
    """


async def _apply(conn: Connection, batch: Batch) -> None:
    """Make created and changed rows true; periods may move within one batch."""
    await ensure_people(conn, batch)
    await conn.execute("set constraints kaa_membership_overlap_excl deferred")
    created = await batch.ids(conn, "created")
    changed = await batch.ids(conn, "changed")
    await keep_version(conn, "kaa_membership", changed, reason=batch.reason, by=batch.by)
    left = await _left(conn)
    before = await _people(conn, [each for each in changed if each not in left])
    if changed:
        await conn.execute(_CHANGE)
    if created:
        await conn.execute(_CREATE)
    corrected = [each for each in changed if each not in left]
    news, reason = [*created, *left], batch.reason
    await settle_memberships(conn, created, cause=Cause.NEW, reason=reason, fresh=True)
    await settle_memberships(conn, corrected, cause=Cause.CORRECTION, reason=reason)
    await settle_memberships(conn, list(left), cause=Cause.NEW, reason=reason)
    before |= await _people(conn, corrected)
    await _follow(conn, before, Cause.CORRECTION, batch)
    await _follow(conn, await _people(conn, news) - before, Cause.NEW, batch)


async def _left(conn: Connection) -> set[UUID]:
    """Return the members of whom a batch says that they have left, and nothing else anew."""
    return {row["record_id"] for row in await conn.fetch(_LEFT)}


async def _follow(conn: Connection, people: set[UUID], cause: Cause, batch: Batch) -> None:
    """Judge anew what goes by whether these people were members."""
    await follow_register(conn, sorted(people), cause=cause, reason=batch.reason, by=batch.by)


async def _people(conn: Connection, memberships: list[UUID]) -> set[UUID]:
    rows = await conn.fetch(
        "select person_id from kaa_membership where id = any($1::uuid[])", memberships
    )
    return {row["person_id"] for row in rows}


async def _end(conn: Connection, batch: Batch) -> None:
    """End what the source no longer holds, on the delivery's day: it does not say why."""
    ended = await batch.ids(conn, "ended")
    await keep_version(conn, "kaa_membership", ended, reason=batch.reason, by=batch.by)
    await conn.execute(
        "update kaa_membership set left_on = greatest($2, joined_on), leave_reason = 'unknown',"
        f" {BUMP} where id = any($1::uuid[])",
        ended,
        batch.day,
    )
    await settle_memberships(conn, ended, cause=Cause.CORRECTION, reason=batch.reason)
    await _follow(conn, await _people(conn, ended), Cause.CORRECTION, batch)


async def _retract(conn: Connection, batch: Batch) -> None:
    """Take back what never was true; contacts and measures of it count for nothing."""
    retracted = await batch.ids(conn, "retracted")
    await keep_version(conn, "kaa_membership", retracted, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"update kaa_membership set retracted_at = now(), {BUMP} where id = any($1::uuid[])",
        retracted,
    )
    await settle_memberships(conn, retracted, cause=Cause.RETRACTION, reason=batch.reason)
    await _follow(conn, await _people(conn, retracted), Cause.RETRACTION, batch)
