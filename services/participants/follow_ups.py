"""Plan follow-ups with the exits they ask about, and open them on the day they fall due.

A follow-up is planned in the transaction of what it follows: three months after an exit, or
after a Stockholmsjobb that ends while the enrolment goes on; six months after leaving a
programme of ESF+. Each transaction that changes an enrolment, an activity or a person calls
`realign`, which compares what is planned with what ought to be, for one enrolment and for fifty
thousand alike. A scheduled job calls the same function for what has fallen due (`open_due`);
what lies in the past when it is recorded is open at once. The day is the database's: no
process's clock decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants import esf_participations
from services.participants.events import ROUTES, FollowUpDue
from services.participants.figures import facts
from services.participants.queries.follow_ups import DISAGREEING, DUE, OF_SUBJECTS, waiting
from shared import outbox
from shared.backlogs import watching
from shared.db import WriteSession, driver
from shared.journal import Cause, settle
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from uuid import UUID

    from asyncpg import Record

    from shared.context import ServiceContext
    from shared.db import Connection, Database

_CANCEL = f"""
    update follow_up set state = 'cancelled', result = null, answered_on = null,
           employment_status = null, improvement = null, {BUMP}
    where id = any($1::uuid[])
"""

# An answer that is no longer one goes with what stood behind it; the version before keeps it.
_MOVE = f"""
    update follow_up f
    set unit = w.unit, exited_on = w.exited_on, due_on = w.due_on, state = w.state,
        result = case when w.state = 'answered' then f.result end,
        answered_on = case when w.state = 'answered' then f.answered_on end,
        employment_status = case when w.state = 'answered' then f.employment_status end,
        improvement = case when w.state = 'answered' then f.improvement end,
        {BUMP}
    from unnest($1::uuid[], $2::text[], $3::date[], $4::date[], $5::text[])
         as w (id, unit, exited_on, due_on, state)
    where f.id = w.id
"""

_PLAN = """
    insert into follow_up (enrolment_id, activity_id, kind, unit, exited_on, due_on, state)
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::date[],
                         $7::text[])
    on conflict do nothing
    returning id
"""


async def realign(
    conn: Connection, enrolments: Sequence[UUID], *, cause: Cause, reason: str, by: str
) -> None:
    """Make follow-ups agree with enrolments, activities and people as they are now.

    Planned, moved, cancelled, and opened if they are due already. Those of the same people's
    other enrolments too: nobody is followed up after death, and ESF+ asks about the last exit
    from a project. One that has been answered keeps its answer while its exit stands and does
    not lie after the answer.

    What the enrolments and their answers count for in ESF+ is settled as well.

    Call it after the statements that changed the records, in their transaction. What it books
    moved for their cause: a follow-up that a merge calls for is no new exit.
    """
    if not enrolments:
        return
    everyone = [row["id"] for row in await conn.fetch(OF_SUBJECTS, list(enrolments))]
    # Locked first and read then: two changes of one person come one after the other.
    await conn.execute(
        "select f.id from follow_up f where f.enrolment_id = any($1::uuid[])"
        " and f.state <> 'cancelled' order by f.id for update",
        everyone,
    )
    rows = await conn.fetch(DISAGREEING, everyone)
    fallen = [row for row in rows if row["wanted"] is None]
    moved = [row for row in rows if row["wanted"] and row["id"]]
    missing = [row for row in rows if not row["id"]]
    changed = [row["id"] for row in (*fallen, *moved)]
    await keep_version(conn, "follow_up", changed, reason=reason, by=by)
    await conn.execute(_CANCEL, [row["id"] for row in fallen])
    await conn.execute(_MOVE, *_columns(moved, "id", "unit", "exited_on", "due_on", "wanted"))
    planned = await conn.fetch(
        _PLAN,
        *_columns(missing, "enrolment_id", "activity_id", "kind"),
        *_columns(missing, "unit", "exited_on", "due_on", "wanted"),
    )
    new = [row["id"] for row in planned]
    await _settle(conn, new, cause, reason, fresh=True)
    # What was planned keeps the day it falls due: that it went, or moved, is news whatever that is.
    then = Cause.PROGRESS if cause is Cause.NEW else cause
    await _settle(conn, await _concerned(conn, enrolments, changed, new), then, reason)
    await _tell_due(conn, [*new, *(row["id"] for row in moved if row["held"] != "open")])
    await esf_participations.settle(conn, enrolments, cause=cause, reason=reason)


async def realign_people(
    conn: Connection, persons: Sequence[UUID], *, cause: Cause, reason: str, by: str
) -> None:
    """Make follow-ups agree after it changed whom people are counted as (merges, reversals)."""
    rows = await conn.fetch(
        "select id from enrolment where subject_id in"
        " (select subject_id from person where id = any($1::uuid[]))",
        list(persons),
    )
    await realign(conn, [row["id"] for row in rows], cause=cause, reason=reason, by=by)


async def open_due(session: WriteSession, _slot: datetime) -> None:
    """Open every follow-up that is planned and has fallen due, whenever it did."""
    conn = await driver(session)
    due = await conn.fetch(DUE)
    await realign(
        conn,
        [row["enrolment_id"] for row in due],
        cause=Cause.NEW,
        reason="fallen due",
        by="open-follow-ups",
    )


METRICS = {
    "follow_ups_open": "Follow-ups that have fallen due and are not answered",
    "follow_ups_overdue": "Of the open follow-ups, those that fell due before today",
    "follow_ups_not_opened": "Follow-ups that fell due before today and are still planned",
}


def watch_follow_ups(context: ServiceContext) -> AbstractAsyncContextManager[None]:
    """Show what waits for units, and what the scheduled job has left behind, as metrics."""
    return watching(context, METRICS, _read_waiting)


async def _read_waiting(db: Database) -> dict[str, float]:
    async with db.read() as session:
        return await waiting(await driver(session))


def _columns(rows: Sequence[Record], *names: str) -> list[list[object]]:
    return [[row[name] for row in rows] for name in names]


async def _concerned(
    conn: Connection, enrolments: Sequence[UUID], changed: Sequence[UUID], new: Sequence[UUID]
) -> list[UUID]:
    """Return what changed, and what changed enrolments say more about, but what is new."""
    rows = await conn.fetch(
        "select id from follow_up where (enrolment_id = any($1::uuid[]) or id = any($2::uuid[]))"
        " and id <> all($3::uuid[])",
        list(enrolments),
        list(changed),
        list(new),
    )
    return [row["id"] for row in rows]


async def _settle(
    conn: Connection, ids: Sequence[UUID], cause: Cause, reason: str, *, fresh: bool = False
) -> None:
    await settle(
        conn,
        facts.JOURNAL,
        "follow_up",
        ids,
        wanted_sql=facts.FOLLOW_UP,
        cause=cause,
        reason=reason,
        fresh=fresh,
    )


async def _tell_due(conn: Connection, ids: Sequence[UUID]) -> None:
    """Tell of those that are open, which they were not before."""
    rows = await conn.fetch(
        "select id, enrolment_id, kind, unit, due_on from follow_up"
        " where id = any($1::uuid[]) and state = 'open' order by id",
        list(ids),
    )
    events = [
        FollowUpDue(
            follow_up_id=row["id"],
            enrolment_id=row["enrolment_id"],
            kind=row["kind"],
            unit=row["unit"],
            due_on=row["due_on"],
        )
        for row in rows
    ]
    await outbox.record(conn, events, ROUTES)
