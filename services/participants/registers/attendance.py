"""The register of attendance (närvaro): who took part in a project on which day, and how long."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.participants.domain.hours import MINUTES, MOST_HOURS_A_DAY
from services.participants.domain.identity import (
    FAULTS,
    NotAnIdentityNumber,
    parse_identity_number,
)
from services.participants.registers.people import (
    CodeField,
    SourceKey,
    WrittenNumber,
    keys_settled,
    subject_of_rows,
)
from shared.clock import today
from shared.deliveries import Column, Register, Row, RowRefused
from shared.identity_numbers import holds_identity_number
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from services.participants.sealing import Seals
    from shared.db import Connection
    from shared.deliveries import Batch


class AttendanceRow(Row, kw_only=True, gc=False):
    """One day of one participant.

    The participant is named by the enrolment's id, by its key in the system it came from, or
    by identity number and programme.
    """

    source_key: SourceKey
    enrolment_id: UUID | None = None
    enrolment_key: SourceKey | None = None
    identity_number: WrittenNumber | None = None
    programme: CodeField | None = None
    day: date
    minutes: int


MOST_MINUTES = MOST_HOURS_A_DAY * MINUTES

# Whoever has the number, or had it once, is counted as a person, and so are their enrolments.
_COMPLETE = """
    update staging s set enrolment_id = found.id
    from (
        select named.row_no, e.id from staging named
        join enrolment e on e.id = named.enrolment_given
        union all
        select named.row_no, e.id from staging named
        join enrolment e on e.source_key = named.enrolment_key
        union all
        (select distinct on (named.row_no) named.row_no, e.id from staging named
        join (select id as person_id, identity_number_hash from person
              union all
              select person_id, identity_number_hash from person_number_alias) numbered
          on numbered.identity_number_hash = named.identity_hash
        join person p on p.id = numbered.person_id
        join enrolment e on e.subject_id = p.subject_id and e.programme = named.programme
        where e.retracted_at is null
        order by named.row_no,
                 not (named.day >= e.started_on
                      and named.day < coalesce(e.exited_on, 'infinity')), e.started_on, e.id)
    ) found
    where found.row_no = s.row_no
"""

_UNKNOWN = """
    select s.row_no, case when s.identity_hash is not null then 'identityNumber'
                          when s.enrolment_given is not null then 'enrolmentId'
                          else 'enrolmentKey' end,
           'unknown_enrolment', 'There is no such enrolment.'
    from staging s left join enrolment e on e.id = s.enrolment_id
    where e.id is null or e.retracted_at is not null
"""

_OUTSIDE = """
    select s.row_no, 'day', 'outside_enrolment', 'The enrolment does not cover the day.'
    from staging s join enrolment e on e.id = s.enrolment_id
    where e.retracted_at is null
      and not (s.day >= e.started_on and s.day < coalesce(e.exited_on, 'infinity'))
"""

_TWICE_DETAIL = "The day is on record under another key."

# What is held under a key that this delivery names is judged by what it says now.
_HELD = """
    from attendance a where a.retracted_at is null
      and not exists (select from staging own where own.source_key = a.source_key)
      and not exists (select from retraction gone where gone.source_key = a.source_key)
"""

_TWICE = f"""
    select s.row_no, 'day', 'attended_already', '{_TWICE_DETAIL}'
    from staging s
    where exists (select from staging earlier
                  where earlier.enrolment_id = s.enrolment_id and earlier.day = s.day
                    and earlier.row_no < s.row_no)
       or exists (select {_HELD} and a.enrolment_id = s.enrolment_id and a.day = s.day)
"""

# A person has one day, however many projects they take part in.
_TOO_LONG = f"""
    select s.row_no, 'minutes', 'more_than_thirteen_hours',
           'Nobody takes part for more than {MOST_HOURS_A_DAY} hours of a day.'
    from (select st.row_no, st.day, e.subject_id,
                 sum(st.minutes) over (partition by e.subject_id, st.day order by st.row_no)
                     as minutes
          from staging st join enrolment e on e.id = st.enrolment_id) s
    where s.minutes + coalesce((
              select sum(a.minutes) from attendance a
              join enrolment o on o.id = a.enrolment_id and o.retracted_at is null
              where o.subject_id = s.subject_id and a.day = s.day and a.retracted_at is null
                and not exists (select from staging own where own.source_key = a.source_key)
                and not exists (select from retraction gone
                                where gone.source_key = a.source_key)), 0) > {MOST_MINUTES}
"""

_COMPARE = """
    select s.row_no, case when a.id is null then 'created' else 'changed' end, a.id
    from staging s left join attendance a on a.source_key = s.source_key
    where a.id is null or a.retracted_at is not null
       or (a.enrolment_id, a.day, a.minutes) is distinct from (s.enrolment_id, s.day, s.minutes)
"""

# A day is over and cannot end: what the source no longer holds is no longer vouched for. A
# snapshot speaks for the systems that its keys name and the projects' months that its rows are
# about, and takes nothing of the others.
_ABSENT = """
    select a.id from attendance a join enrolment e on e.id = a.enrolment_id
    where a.retracted_at is null
      and not exists (select from present p where p.source_key = a.source_key)
      and exists (
          select from (
              select distinct coalesce(substring(s.source_key from '^[^:]*:'), '') as system,
                     o.programme, date_trunc('month', s.day) as month
              from staging s join enrolment o on o.id = s.enrolment_id) spoken
          where spoken.system = coalesce(substring(a.source_key from '^[^:]*:'), '')
            and spoken.programme = e.programme
            and spoken.month = date_trunc('month', a.day))
"""


_HASH = """
    coalesce(s.identity_hash, (select p.identity_number_hash from enrolment e
                               join person p on p.id = e.person_id where e.id = s.enrolment_id))
"""


def attendance_register(seals: Seals) -> Register:
    """Return the register; identity numbers are hashed with these keys and not kept."""

    def stage(row: AttendanceRow) -> tuple[Any, ...]:
        if holds_identity_number(row.source_key):
            raise RowRefused("sourceKey", "holds_identity_number", "A key must name no person.")
        if not 0 < row.minutes <= MOST_MINUTES:
            raise RowRefused(
                "minutes",
                "more_than_thirteen_hours" if row.minutes > 0 else "no_minutes",
                f"Between 1 minute and {MOST_HOURS_A_DAY} hours of a day.",
            )
        if row.day > today():
            raise RowRefused("day", "day_to_come", "Nobody has taken part on a day to come.")
        return (
            row.source_key,
            *_participant(row, seals),
            row.day,
            row.minutes,
            None,
        )

    return Register(
        name="attendance",
        title="Närvaro",
        row=AttendanceRow,
        key=("source_key",),
        columns=(
            Column("source_key", "text"),
            Column("enrolment_given", "uuid"),
            Column("enrolment_key", "text"),
            Column("identity_hash", "bytea"),
            Column("programme", "text"),
            Column("day", "date"),
            Column("minutes", "integer"),
            Column("enrolment_id", "uuid"),
        ),
        stage=stage,
        subject=subject_of_rows(seals, hash_=_HASH, guarded=f"({_HASH}) is null"),
        complete=_COMPLETE,
        checks=(keys_settled(seals), _UNKNOWN, _OUTSIDE, _TWICE, _TOO_LONG),
        compare=_COMPARE,
        match="""select r.row_no, a.id, a.retracted_at is not null
                 from retraction r join attendance a using (source_key)""",
        absent=_ABSENT,
        size="select count(*) from attendance where retracted_at is null",
        apply=_apply,
        end=_take_back("ended"),
        retract=_take_back("retracted"),
        constraints={"attendance_day_excl": ("day", "attended_already", _TWICE_DETAIL)},
    )


def _participant(row: AttendanceRow, seals: Seals) -> tuple[Any, ...]:
    """Return enrolment id, enrolment key, number hash and programme: one way of naming."""
    by_number = row.identity_number is not None or row.programme is not None
    if (row.enrolment_id is not None) + (row.enrolment_key is not None) + by_number != 1:
        raise RowRefused(
            "enrolmentId",
            "one_participant",
            "Name the enrolment by its id or its key, or give identity number and programme.",
        )
    if not by_number:
        return (row.enrolment_id, row.enrolment_key, None, None)
    if row.identity_number is None or row.programme is None:
        raise RowRefused("programme", "half_a_participant", "Give both number and programme.")
    try:
        number = parse_identity_number(row.identity_number, reference=row.day)
    except NotAnIdentityNumber as error:
        raise RowRefused("identityNumber", error.fault, f"{FAULTS[error.fault]}.") from error
    return (None, None, seals.hash_of(number.digits), row.programme)


async def _apply(conn: Connection, batch: Batch) -> None:
    """Make created and changed rows true; two days may change places within one batch."""
    await conn.execute("set constraints attendance_day_excl deferred")
    changed = await batch.ids(conn, "changed")
    await keep_version(conn, "attendance", changed, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"""update attendance set enrolment_id = b.enrolment_id, day = b.day,
                   minutes = b.minutes, retracted_at = null, {BUMP}
            from batch b where b.effect = 'changed' and attendance.id = b.record_id"""
    )
    await conn.execute(
        """insert into attendance (id, source_key, enrolment_id, day, minutes)
           select record_id, source_key, enrolment_id, day, minutes
           from batch where effect = 'created' order by row_no"""
    )


def _take_back(effect: str) -> Any:  # noqa: ANN401  a coroutine function, as Register takes it
    """Return what takes rows of an effect back: they count for no month from now on."""

    async def take_back(conn: Connection, batch: Batch) -> None:
        ids = await batch.ids(conn, effect)
        await keep_version(conn, "attendance", ids, reason=batch.reason, by=batch.by)
        await conn.execute(
            f"update attendance set retracted_at = now(), {BUMP} where id = any($1::uuid[])", ids
        )

    return take_back
