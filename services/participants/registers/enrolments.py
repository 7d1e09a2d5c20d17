"""The register of enrolments, as VERA and FLAI push it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from services.participants import target_groups
from services.participants.domain.codes import (
    Circumstance,
    Education,
    EntryStatus,
    Ground,
    Outcome,
)
from services.participants.figures import facts
from services.participants.registers.enrolment_checks import ENTRY_CHECKS, OVERLAP_DETAIL
from services.participants.registers.enrolment_following import book, causes, follow, follow_all
from services.participants.registers.esf_answers import (
    ANSWER_COLUMNS,
    ANSWERS_DIFFER,
    NOT_FUNDED,
    EsfAnswersRow,
    staged_answers,
    take_answers,
)
from services.participants.registers.people import (
    PERSON_COLUMNS,
    PERSON_DIFFERS,
    PRESENT_NUMBERS,
    CodeField,
    PersonStage,
    ensure_people,
    keys_settled,
    subject_of_rows,
)
from services.participants.registers.places import in_operation
from shared.clock import today
from shared.deliveries import Column, Register, RowRefused
from shared.journal import Cause
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from services.participants.sealing import Seals
    from shared.db import Connection
    from shared.deliveries import Batch


class EnrolmentRow(EsfAnswersRow, kw_only=True, gc=False):
    """One enrolment as its source holds it now."""

    unit: CodeField
    programme: CodeField
    team: CodeField | None = None
    ground: Ground
    circumstances: tuple[Circumstance, ...] = ()
    status_at_entry: EntryStatus
    unemployed_since: date | None = None
    education_at_entry: Education | None = None
    started_on: date
    exited_on: date | None = None
    outcome: Outcome | None = None


_OWN_COLUMNS = (
    Column("unit", "text"),
    Column("programme", "text"),
    Column("team", "text"),
    Column("ground", "text"),
    Column("circumstances", "text[]"),
    Column("status_at_entry", "text"),
    Column("unemployed_since", "date"),
    Column("education_at_entry", "text"),
    Column("started_on", "date"),
    Column("exited_on", "date"),
    Column("outcome", "text"),
)
_NAMES = ", ".join(column.name for column in _OWN_COLUMNS)


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{column.name}" for column in _OWN_COLUMNS)


_COMPARE = f"""
    select s.row_no, case when e.id is null then 'created' else 'changed' end, e.id
    from staging s
    left join enrolment e on e.source_key = s.source_key
    left join person p on p.identity_number_hash = s.identity_hash
    where e.id is null or e.retracted_at is not null or {PERSON_DIFFERS} or {ANSWERS_DIFFER}
       or (e.person_id, e.stated_district, {_of("e")})
          is distinct from (p.id, s.residence_district, {_of("s")})
"""

# VERA and FLAI push one register: a snapshot speaks for the systems that its keys name (what
# stands before the colon) and ends nothing of the others.
_ABSENT = """
    select e.id from enrolment e
    where e.source_key is not null and e.retracted_at is null and e.exited_on is null
      and coalesce(substring(e.source_key from '^[^:]*:'), '')
          in (select coalesce(substring(p.source_key from '^[^:]*:'), '') from present p)
      and not exists (select from present p where p.source_key = e.source_key)
"""

_ENTRIES = """
    (select b.record_id as id, b.started_on, b.ground, b.status_at_entry, b.education_at_entry,
            b.unemployed_since, b.circumstances, p.id as person_id
     from batch b join person p on p.identity_number_hash = b.identity_hash
     where b.effect in ('created', 'changed'))
"""

_JUDGED = """
    join unnest($1::uuid[], $2::text[], $3::text[]) as j (id, groups, rules) on j.id = b.record_id
"""

_CREATE = f"""
    insert into enrolment (id, source_key, person_id, subject_id, stated_district, {_NAMES},
                           sex, age_group, district, target_groups, target_group_rules)
    select b.record_id, b.source_key, p.id, p.subject_id, b.residence_district, {_of("b")},
           f.sex, f.age_group, f.district, string_to_array(j.groups, ','),
           string_to_array(j.rules, ',')
    from batch b {_JUDGED}
    join person p on p.identity_number_hash = b.identity_hash
    cross join lateral breakdown_on(p.id, b.started_on, b.residence_district) f
    where b.effect = 'created' order by b.row_no
"""

# An enrolment that was retracted, and comes back after its referral led to another, is none that
# the referral led to; of two that come back at once the later one is.
_ANOTHER_ANSWERS = """enrolment.retracted_at is not null and exists (
    select from enrolment other
    where other.referral_id = enrolment.referral_id and other.id <> enrolment.id
      and (other.retracted_at is null
           or other.id > enrolment.id
              and other.id in (select record_id from batch where effect = 'changed')))
"""

_CHANGE = f"""
    update enrolment set person_id = said.person_id, subject_id = said.subject_id,
           referral_id = case when {_ANOTHER_ANSWERS} then null else enrolment.referral_id end,
           retracted_at = null,
           stated_district = said.residence_district,
           ({_NAMES}, sex, age_group, district, target_groups, target_group_rules)
           = ({_of("said")}, said.sex, said.age_group, said.district, said.groups, said.rules),
           {BUMP}
    from (select b.record_id, b.residence_district, {_of("b")}, p.id as person_id,
                 p.subject_id, f.sex, f.age_group, f.district,
                 string_to_array(j.groups, ',') as groups, string_to_array(j.rules, ',') as rules
          from batch b {_JUDGED}
          join person p on p.identity_number_hash = b.identity_hash
          cross join lateral breakdown_on(p.id, b.started_on, b.residence_district) f
          where b.effect = 'changed') said
    where enrolment.id = said.record_id
"""


# What else is known of people about whom a changed enrolment was, and is no longer.
_LEFT_BEHIND = """
    select other.id from batch b
    join enrolment e on e.id = b.record_id
    join person p on p.identity_number_hash = b.identity_hash and p.subject_id <> e.subject_id
    join enrolment other on other.subject_id = e.subject_id and other.id <> e.id
    where b.effect = 'changed' and other.retracted_at is null
"""


def enrolments_register(seals: Seals) -> Register:
    """Return the register; identity numbers are sealed and hashed with these keys."""
    person = PersonStage(seals)

    def stage(row: EnrolmentRow) -> tuple[Any, ...]:
        _require_sound(row)
        return (
            *person(row, reference=row.started_on),
            row.unit,
            row.programme,
            row.team,
            row.ground,
            sorted(set(row.circumstances)),
            row.status_at_entry,
            row.unemployed_since,
            row.education_at_entry,
            row.started_on,
            row.exited_on,
            row.outcome,
            *staged_answers(row, row.exited_on),
        )

    return Register(
        name="enrolments",
        title="Inskrivningar",
        row=EnrolmentRow,
        key=("source_key",),
        columns=(*PERSON_COLUMNS, *_OWN_COLUMNS, *ANSWER_COLUMNS),
        stage=stage,
        subject=subject_of_rows(seals),
        complete=PRESENT_NUMBERS,
        checks=(
            keys_settled(seals),
            in_operation("unit", "started_on"),
            in_operation("programme", "started_on"),
            in_operation(
                "team", "started_on", optional=True, joined="and o.programme = s.programme"
            ),
            *ENTRY_CHECKS,
            NOT_FUNDED,
        ),
        compare=_COMPARE,
        match="""select r.row_no, e.id, e.retracted_at is not null
                 from retraction r join enrolment e using (source_key)""",
        absent=_ABSENT,
        size="select count(*) from enrolment where source_key is not null and retracted_at is null",
        apply=_apply,
        end=_end,
        retract=_retract,
        constraints={
            "enrolment_overlap_excl": ("startedOn", "enrolment_overlap", OVERLAP_DETAIL),
        },
        journals=(facts.JOURNAL,),
    )


def _require_sound(row: EnrolmentRow) -> None:
    """Refuse a row whose own members contradict each other, by the member."""
    if (row.exited_on is None) != (row.outcome is None):
        raise RowRefused("outcome", "exit_incomplete", "An exit has a day and an outcome.")
    if row.exited_on is not None and row.exited_on < row.started_on:
        raise RowRefused("exitedOn", "exit_before_entry", "The exit lies before the entry.")
    if row.exited_on is not None and row.exited_on > today():
        raise RowRefused("exitedOn", "exit_in_future", "The exit has not happened.")
    if row.unemployed_since is not None and row.unemployed_since > row.started_on:
        raise RowRefused("unemployedSince", "unemployed_after_entry", "The entry lies before it.")


async def _apply(conn: Connection, batch: Batch) -> None:
    """Make created and changed rows true; neighbours may move within one batch."""
    await ensure_people(conn, batch)
    await conn.execute("set constraints enrolment_overlap_excl deferred")
    created = await batch.ids(conn, "created")
    changed = await batch.ids(conn, "changed")
    await keep_version(conn, "enrolment", changed, reason=batch.reason, by=batch.by)
    judged = await target_groups.judged_batch(conn, _ENTRIES)
    told = await causes(conn)
    left = await conn.fetch(_LEFT_BEHIND)
    if changed:
        await conn.execute(_CHANGE, *judged)
    if created:
        await conn.execute(_CREATE, *judged)
    await take_answers(conn)
    await book(conn, created, Cause.NEW, batch, fresh=True)
    await follow_all(conn, told, created, [row["id"] for row in left], batch)


async def _end(conn: Connection, batch: Batch) -> None:
    """End what the source no longer holds: an exit on the delivery's day, outcome other.

    It counts as a correction: nobody said that the person left, or when.
    """
    ended = await batch.ids(conn, "ended")
    await keep_version(conn, "enrolment", ended, reason=batch.reason, by=batch.by)
    await conn.execute(
        "update enrolment set exited_on = greatest($2, started_on), outcome = 'other',"
        f" {BUMP} where id = any($1::uuid[])",
        ended,
        batch.day,
    )
    await follow(conn, ended, Cause.CORRECTION, batch)


async def _retract(conn: Connection, batch: Batch) -> None:
    """Take back what never was true; it counts for nothing from now on."""
    retracted = await batch.ids(conn, "retracted")
    await keep_version(conn, "enrolment", retracted, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"update enrolment set retracted_at = now(), {BUMP} where id = any($1::uuid[])", retracted
    )
    await follow(conn, retracted, Cause.RETRACTION, batch)
