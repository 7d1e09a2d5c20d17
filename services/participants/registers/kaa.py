"""The register of the responsibility for activity, as Barn- och elevregistret pushes it.

A row holds what förordning (2006:39) 4 § lets the register hold, and the facts behind the six
conditions (skollagen 29 kap. 9 §), nothing else. Each period of responsibility has a key of its
own: who comes back after having left comes with a new one.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from services.participants.domain.kaa import (
    Circumstances,
    ConditionCode,
    JoinReason,
    LeaveReason,
    Schooling,
    Studies,
    broken,
    last_birthday,
)
from services.participants.figures import facts
from services.participants.kaa_memberships import settle_memberships
from services.participants.registers.people import (
    PERSON_COLUMNS,
    PERSON_DIFFERS,
    CodeField,
    PersonRow,
    PersonStage,
    ensure_people,
    keys_settled,
    subject_of_rows,
)
from services.participants.registers.places import in_operation
from services.participants.sealing import KaaContact
from services.participants.target_groups import follow_register
from shared.deliveries import Column, Register, RowRefused
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from uuid import UUID

    from services.participants.sealing import Seals
    from shared.db import Connection
    from shared.deliveries import Batch

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class KaaRow(PersonRow, kw_only=True, gc=False):
    """One period of responsibility as its source holds it now."""

    unit: CodeField
    joined_on: date
    join_reason: JoinReason
    left_on: date | None = None
    leave_reason: LeaveReason | None = None
    schooling: Schooling
    studies: Studies
    diploma: bool
    adapted_certificate: bool
    equivalent_education: bool
    study_certificate: bool
    home_address: Line | None = None
    email: Line | None = None
    phone: Line | None = None


_OWN_COLUMNS = (
    Column("unit", "text"),
    Column("joined_on", "date"),
    Column("join_reason", "text"),
    Column("left_on", "date"),
    Column("leave_reason", "text"),
    Column("schooling", "text"),
    Column("studies", "text"),
    Column("diploma", "boolean"),
    Column("adapted_certificate", "boolean"),
    Column("equivalent_education", "boolean"),
    Column("study_certificate", "boolean"),
    Column("contact_hash", "bytea"),
)
_SEALED = Column("contact_sealed", "bytea")
_NAMES = ", ".join(column.name for column in _OWN_COLUMNS)


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{column.name}" for column in _OWN_COLUMNS)


_REFUSED_BY: dict[ConditionCode, str] = {
    ConditionCode.NOT_TWENTY: "joinedOn",
    ConditionCode.COMPULSORY_SCHOOLING: "schooling",
    ConditionCode.NOT_IN_UPPER_SECONDARY: "studies",
    ConditionCode.NO_DIPLOMA: "diploma",
    ConditionCode.NO_ADAPTED_CERTIFICATE: "adaptedCertificate",
    ConditionCode.NO_EQUIVALENT_EDUCATION: "equivalentEducation",
}

# What the number says of the birth date was judged row by row; the person's own may differ.
_AGED = """
    select s.row_no, 'joinedOn', 'not_twenty', 'Condition 1 of skollagen 29 kap. 9 § is not met.'
    from staging s
    join person p on p.identity_number_hash = s.identity_hash
    join person subject on subject.id = p.subject_id
    where s.joined_on >= birthday(subject.birth_date, 20)
       or s.joined_on < subject.birth_date
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

# A held period that this delivery rewrites or retracts is judged by its new self; one that is
# open and absent from a snapshot ends before the row's own begins, or is in its way.
_OVERLAPS_HELD = f"""
    select distinct s.row_no, 'joinedOn', 'kaa_overlap', '{_OVERLAP_DETAIL}'
    from staging s
    join person p on p.identity_number_hash = s.identity_hash
    join kaa_membership m on m.person_id = p.id and m.retracted_at is null
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
       or (m.person_id, m.stated_district, {_of("m")})
          is distinct from (p.id, s.residence_district, {_of("s")})
"""

# Who has turned twenty has left already, by age; there is nothing to end.
_ABSENT = """
    select m.id from kaa_membership m
    join person p on p.id = m.person_id join person subject on subject.id = p.subject_id
    where m.retracted_at is null and m.left_on is null
      and birthday(subject.birth_date, 20) > (now() at time zone 'Europe/Stockholm')::date
      and not exists (select from present n where n.source_key = m.source_key)
"""

_CREATE = f"""
    insert into kaa_membership (id, source_key, person_id, stated_district, {_NAMES},
                                contact_sealed, sex, age_group, district)
    select b.record_id, b.source_key, p.id, b.residence_district, {_of("b")}, b.contact_sealed,
           f.sex, f.age_group, f.district
    from batch b
    join person p on p.identity_number_hash = b.identity_hash
    cross join lateral breakdown_on(p.id, b.joined_on, b.residence_district) f
    where b.effect = 'created' order by b.row_no
"""

_CHANGE = f"""
    update kaa_membership set person_id = said.person_id, retracted_at = null,
           stated_district = said.residence_district, contact_sealed = said.contact_sealed,
           ({_NAMES}, sex, age_group, district)
           = ({_of("said")}, said.sex, said.age_group, said.district), {BUMP}
    from (select b.record_id, b.residence_district, {_of("b")}, b.contact_sealed,
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
        known = person(row, reference=row.joined_on)
        _check(row, born=known[3])
        sealed, hashed = _contact(row, seals)
        return (
            *known,
            row.unit,
            row.joined_on,
            row.join_reason,
            row.left_on,
            row.leave_reason,
            row.schooling,
            row.studies,
            row.diploma,
            row.adapted_certificate,
            row.equivalent_education,
            row.study_certificate,
            hashed,
            sealed,
        )

    return Register(
        name="kaa",
        title="Kommunala aktivitetsansvaret",
        row=KaaRow,
        key=("source_key",),
        columns=(*PERSON_COLUMNS, *_OWN_COLUMNS, _SEALED),
        stage=stage,
        subject=subject_of_rows(seals),
        checks=(
            keys_settled(seals),
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
        size="select count(*) from kaa_membership where retracted_at is null and left_on is null",
        apply=_apply,
        end=_end,
        retract=_retract,
        constraints={"kaa_membership_overlap_excl": ("joinedOn", "kaa_overlap", _OVERLAP_DETAIL)},
        journals=(facts.JOURNAL,),
    )


def _check(row: KaaRow, *, born: date) -> None:
    """Refuse a row that contradicts itself, or whose facts do not make a member."""
    if (row.left_on is None) != (row.leave_reason is None):
        raise RowRefused("leaveReason", "leaving_incomplete", "Leaving has a day and a reason.")
    if row.left_on is not None and row.left_on < row.joined_on:
        raise RowRefused("leftOn", "left_before_joining", "The youth left before joining.")
    if row.leave_reason is LeaveReason.TURNED_TWENTY and _before(row.left_on, last_birthday(born)):
        raise RowRefused("leftOn", "left_before_twenty", "The youth was not yet twenty that day.")
    if row.join_reason is JoinReason.STUDY_CERTIFICATE and not row.study_certificate:
        raise RowRefused(
            "studyCertificate", "reason_contradicted", "The reason says that there is one."
        )
    known = Circumstances(
        schooling=row.schooling,
        studies=row.studies,
        diploma=row.diploma,
        adapted_certificate=row.adapted_certificate,
        equivalent_education=row.equivalent_education,
    )
    unmet = broken(
        known,
        born=born,
        joined_on=row.joined_on,
        left_on=row.left_on,
        leave_reason=row.leave_reason,
    )
    if unmet is not None:
        place = list(ConditionCode).index(unmet.code) + 1
        detail = f"Condition {place} of skollagen 29 kap. 9 § is not met."
        raise RowRefused(_REFUSED_BY[unmet.code], unmet.code.value, detail)


def _before(day: date | None, limit: date) -> bool:
    return day is not None and day < limit


def _contact(row: KaaRow, seals: Seals) -> tuple[bytes | None, bytes | None]:
    """Return the contact details sealed, and the hash that shows whether they are news."""
    given = KaaContact(row.home_address, row.email, row.phone)
    if given == KaaContact():
        return None, None
    return seals.seal_kaa_contact(given, row.source_key), seals.hash_of_contact(given)


async def _apply(conn: Connection, batch: Batch) -> None:
    """Make created and changed rows true; periods may move within one batch."""
    await ensure_people(conn, batch)
    await conn.execute("set constraints kaa_membership_overlap_excl deferred")
    created = await batch.ids(conn, "created")
    changed = await batch.ids(conn, "changed")
    await keep_version(conn, "kaa_membership", changed, reason=batch.reason, by=batch.by)
    before = await _people(conn, changed)
    if changed:
        await conn.execute(_CHANGE)
    if created:
        await conn.execute(_CREATE)
    await settle_memberships(conn, created, reason=batch.reason, fresh=True)
    await settle_memberships(conn, changed, reason=batch.reason)
    people = before | await _people(conn, [*created, *changed])
    await follow_register(conn, list(people), reason=batch.reason, by=batch.by)


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
    await settle_memberships(conn, ended, reason=batch.reason)
    people = await _people(conn, ended)
    await follow_register(conn, list(people), reason=batch.reason, by=batch.by)


async def _retract(conn: Connection, batch: Batch) -> None:
    """Take back what never was true; contacts and measures of it count for nothing."""
    retracted = await batch.ids(conn, "retracted")
    await keep_version(conn, "kaa_membership", retracted, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"update kaa_membership set retracted_at = now(), {BUMP} where id = any($1::uuid[])",
        retracted,
    )
    await settle_memberships(conn, retracted, reason=batch.reason)
    people = await _people(conn, retracted)
    await follow_register(conn, list(people), reason=batch.reason, by=batch.by)
