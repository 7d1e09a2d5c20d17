"""Tell outreach whom people are counted as and when they are in KAA, after every change.

A change notes whose state may have become another, in its own transaction; a loop of the worker
compares what those people are now with what was told of them and tells what differs. A delivery
of fifty thousand youths therefore waits for no event, what changes back before it is told is not
told at all, and a worker that is killed begins again where its last transaction ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.events import ROUTES, KaaMembershipChanged, SubjectChanged
from shared import outbox
from shared.backlogs import watching
from shared.db import Database, driver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from uuid import UUID

    from shared.context import ServiceContext
    from shared.db import Connection

BATCH = 500

METRICS = {"people_to_tell": "Changes of people of which outreach has not been told"}

_NOTE = """
    insert into person_to_tell (person_id)
    select person_id from unnest($1::uuid[]) given (person_id)
    union
    select person_id from kaa_membership where id = any($2::uuid[])
"""

# One teller at a time: whoever tells later must have read later.
_ALONE = "select pg_advisory_xact_lock(hashtextextended('participants.told_people', 0))"

# Notes of transactions that are not over are not seen, and stay.
_TAKE = """
    with taken as (
        delete from person_to_tell where position in (
            select position from person_to_tell order by position limit $1)
        returning person_id
    )
    select distinct person_id from taken
"""

# A version is never given twice, even if it was forgotten what has been told.
_FIRST = """
    1 + coalesce((select last_sequence from outbox_counter
                  where consumer = 'outreach' and subject = {subject}), 0)"""

_SUBJECTS = f"""
    insert into told_person as told (person_id, state_version, subject_id)
    select p.id, {_FIRST.format(subject="'person/' || p.id")}, p.subject_id
    from person p left join told_person t on t.person_id = p.id
    where p.id = any($1::uuid[]) and p.subject_id <> coalesce(t.subject_id, p.id)
    order by p.id
    on conflict (person_id) do update set state_version = told.state_version + 1,
                                          subject_id = excluded.subject_id
    returning person_id, state_version, subject_id
"""

_MEMBERSHIPS = f"""
    insert into told_kaa_membership as told (membership_id, state_version, person_id, joined_on,
                                             until, retracted)
    select m.id, {_FIRST.format(subject="'kaa-membership/' || m.id")}, m.person_id, m.joined_on,
           now.until, m.retracted_at is not null
    from kaa_membership m
    join person p on p.id = m.person_id join person s on s.id = p.subject_id
    cross join lateral (select least(m.left_on, birthday(s.birth_date, 20)) as until) now
    left join told_kaa_membership t on t.membership_id = m.id
    where m.person_id = any($1::uuid[])
      and (t.person_id, t.joined_on, t.until, t.retracted)
          is distinct from (m.person_id, m.joined_on, now.until, m.retracted_at is not null)
    order by m.id
    on conflict (membership_id) do update
    set (state_version, person_id, joined_on, until, retracted)
        = (told.state_version + 1, excluded.person_id, excluded.joined_on, excluded.until,
           excluded.retracted)
    returning membership_id, state_version, person_id, joined_on, until, retracted
"""


async def tell_later(
    conn: Connection, *, persons: Sequence[UUID] = (), memberships: Sequence[UUID] = ()
) -> None:
    """Note, in the transaction of a change, of whom there may be something to tell.

    Args:
        conn: in that transaction, after the change.
        persons: people who may be counted as another, or who were born on another day.
        memberships: those that changed, whoever they are of.

    """
    if persons or memberships:
        await conn.execute(_NOTE, list(persons), list(memberships))


async def tell_changed(db: Database, *, batch: int = BATCH) -> bool:
    """Tell what has changed of the people noted first; return whether there were any."""
    async with db.begin() as session:
        conn = await driver(session)
        await conn.execute(_ALONE)
        people = [row["person_id"] for row in await conn.fetch(_TAKE, batch)]
        if not people:
            return False
        subjects = await conn.fetch(_SUBJECTS, people)
        memberships = await conn.fetch(_MEMBERSHIPS, people)
        told = [
            *(SubjectChanged(**dict(row)) for row in subjects),
            *(KaaMembershipChanged(**dict(row)) for row in memberships),
        ]
        await outbox.record(conn, told, ROUTES)
    return True


def watch_people_to_tell(context: ServiceContext) -> AbstractAsyncContextManager[None]:
    """Show how much waits to be told as a metric: more and more, if no worker tells."""
    return watching(context, METRICS, waiting)


async def waiting(db: Database) -> dict[str, float]:
    """Return the metric as it is now."""
    async with db.read() as session:
        conn = await driver(session)
        return {"people_to_tell": await conn.fetchval("select count(*) from person_to_tell")}
