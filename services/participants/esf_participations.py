"""Keep the facts of participations in ESF projects agreeing with enrolments and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.figures import facts
from shared.journal import Cause
from shared.journal import settle as settle_facts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from shared.db import Connection

SLOTS = 256  # a power of two

# Whose participation changed enrolments are, and were before, in projects that ESF+ pays for
# or did. Another enrolment of it may now be the first, or the last.
_TOUCHED = """
    with named as (
        select e.id, e.subject_id, e.programme from enrolment e where e.id = any($1::uuid[])
        union
        select v.record_id, coalesce(v.body ->> 'subject_id', v.body ->> 'person_id')::uuid,
               v.body ->> 'programme'
        from record_version v where v.kind = 'enrolment' and v.record_id = any($1::uuid[])
    ), touched as (
        select n.* from named n join programme g on g.code = n.programme
        where g.esf_from is not null
    )
    select e.id, e.subject_id from enrolment e
    where (e.subject_id, e.programme) in (select t.subject_id, t.programme from touched t)
    union
    select e.id, e.subject_id from enrolment e where e.id in (select t.id from touched t)
"""


# One change after the other for a person: two entries at once would both be the first. The
# person's row will not do, as entries hold it for share; slots, so that fifty thousand people
# fill no lock table, and taken in order.
_HOLD = f"""
    select pg_advisory_xact_lock(hashtext('esf_participation'), slot)
    from (select distinct hashtext(id::text) & {SLOTS - 1} as slot
          from unnest($1::uuid[]) as subject (id) order by slot) slots
"""


async def settle(
    conn: Connection, enrolments: Sequence[UUID], *, cause: Cause, reason: str
) -> None:
    """Settle the participations that enrolments are part of, or were.

    Call it after the statements that changed the enrolments or their answers.
    """
    touched = await conn.fetch(_TOUCHED, list(enrolments))
    if not touched:
        return
    await _hold(conn, [row["subject_id"] for row in touched])
    again = {row["id"] for row in await conn.fetch(_TOUCHED, list(enrolments))}
    own = again & set(enrolments)
    await settle_all(conn, sorted(own), cause=cause, reason=reason)
    # An exit that somebody has come back from was none, and goes on the day it was: the news is
    # the coming back, whenever that exit was.
    then = Cause.PROGRESS if cause is Cause.NEW else cause
    await settle_all(conn, sorted(again - own), cause=then, reason=reason)


async def hold(conn: Connection, enrolments: Sequence[UUID]) -> None:
    """Let nobody else settle the participations of enrolments that are settled in several parts.

    Each part alone would take its slots in order, and all of them together would not.
    """
    rows = await conn.fetch(_TOUCHED, list(enrolments))
    await _hold(conn, [row["subject_id"] for row in rows])


async def hold_people(conn: Connection, persons: Sequence[UUID]) -> None:
    """Let nobody else settle participations of people, or of whom they are counted as."""
    rows = await conn.fetch(
        "select subject_id from person where id = any($1::uuid[])", list(persons)
    )
    await _hold(conn, [*persons, *(row["subject_id"] for row in rows)])


async def settle_programme(conn: Connection, programme: str, *, cause: Cause, reason: str) -> None:
    """Settle every participation in a programme whose funding has changed."""
    rows = await conn.fetch("select id, subject_id from enrolment where programme = $1", programme)
    await _hold(conn, [row["subject_id"] for row in rows])
    rows = await conn.fetch("select id from enrolment where programme = $1", programme)
    await settle_all(conn, [row["id"] for row in rows], cause=cause, reason=reason)


async def settle_all(
    conn: Connection, enrolments: Sequence[UUID], *, cause: Cause, reason: str
) -> None:
    """Settle the facts of enrolments, whole participations together."""
    await settle_facts(
        conn,
        facts.JOURNAL,
        facts.ESF_KIND,
        enrolments,
        wanted_sql=facts.ESF_PARTICIPATION,
        cause=cause,
        reason=reason,
    )


async def _hold(conn: Connection, subjects: Sequence[UUID]) -> None:
    await conn.execute(_HOLD, list(subjects))
