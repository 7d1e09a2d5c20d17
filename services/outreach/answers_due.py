"""Referrals that nobody answers in time: each is marked overdue once, and told of once.

A scheduled job marks what fell due before today and still waits. The day is the database's: no
process's clock decides. An answer or a withdrawal that comes later takes the referral off the
list, which shows those that wait; that it was late stays on the record. One that waits again,
because its enrolment was retracted, keeps its day and is not told of twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

from services.outreach.events import ROUTES, ReferralOverdue
from services.outreach.models import WAITS
from shared import outbox
from shared.backlogs import watching
from shared.context import ServiceContext
from shared.db import Connection, Database, WriteSession, driver
from shared.records import BUMP, keep_version

BATCH = 500
FALLEN_DUE = "not answered in time"
_BY = "mark-overdue-referrals"

_UNMARKED = f"""
    {WAITS} and overdue_since is null
    and answer_due_on < (now() at time zone 'Europe/Stockholm')::date
"""
_DUE = f"select id from referral where {_UNMARKED} order by id"
# Asked again of each row once it is locked: an answer, or another worker, may have come first.
_HELD = f"select id from referral where id = any($1::uuid[]) and {_UNMARKED} order by id for update"
_MARK = f"""
    update referral set overdue_since = answer_due_on + 1, recorded_by = $2, {BUMP}
    where id = any($1::uuid[])
    returning id, unit, programme, answer_due_on
"""
_WAITING = f"""
    select count(*) filter (where overdue_since is not null) as referrals_overdue,
           count(*) filter (where {_UNMARKED}) as referrals_not_marked
    from referral where {WAITS}
"""

METRICS = {
    "referrals_overdue": "Referrals that wait for an answer later than they were due",
    "referrals_not_marked": "Referrals that fell due before today and are not marked overdue yet",
}


async def mark_overdue(session: WriteSession, _slot: datetime) -> None:
    """Mark every referral that fell due before today, whenever it did, and tell its unit."""
    conn = await driver(session)
    due = [row["id"] for row in await conn.fetch(_DUE)]
    for first in range(0, len(due), BATCH):
        await _mark(conn, due[first : first + BATCH])


async def _mark(conn: Connection, due: Sequence[UUID]) -> None:
    """Mark some referrals; being late counts for nothing in the journal."""
    held = [row["id"] for row in await conn.fetch(_HELD, due)]
    await keep_version(conn, "referral", held, reason=FALLEN_DUE, by=_BY)
    marked = await conn.fetch(_MARK, held, _BY)
    events = [
        ReferralOverdue(
            referral_id=row["id"],
            unit=row["unit"],
            programme=row["programme"],
            answer_due_on=row["answer_due_on"],
        )
        for row in marked
    ]
    await outbox.record(conn, events, ROUTES)


def watch_answers(context: ServiceContext) -> AbstractAsyncContextManager[None]:
    """Show as metrics how many referrals are overdue, and whether the job has marked them."""
    return watching(context, METRICS, _read_waiting)


async def waiting(conn: Connection) -> dict[str, float]:
    """Return what operations watches, by the metric's name."""
    row = await conn.fetchrow(_WAITING)
    return {} if row is None else {name: float(value) for name, value in row.items()}


async def _read_waiting(db: Database) -> dict[str, float]:
    async with db.read() as session:
        return await waiting(await driver(session))
