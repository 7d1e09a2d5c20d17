"""Every referral that nobody answers in time is found overdue once, whoever looks and is killed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg

from services.outreach.answers_due import BATCH, FALLEN_DUE, mark_overdue
from services.outreach.worker import MARK_OVERDUE
from shared.clock import utcnow
from shared.db import Database, driver
from shared.records import BUMP, keep_version
from shared.schedules import run_next

if TYPE_CHECKING:
    from uuid import UUID

    from tests.servers import DatabaseUrls

MANY, FEW = 2 * BATCH + 200, 40

_REFERRALS = """
    insert into referral (person_id, referring_unit, unit, programme, referred_on, answer_due_on,
                          recorded_by)
    select uuidv7(), 'u', 'u', $2, '2024-03-05', current_date - 2 - (n % 7)::int, 'test'
    from generate_series(1, $1::int) n
    returning id
"""
# How often each referral was marked, and told of, that should be both once.
_MARKS = """
    select (select count(*) from record_version v
            where v.kind = 'referral' and v.record_id = r.id and v.reason = $2) as marked,
           (select count(*) from outbox o
            where o.subject = 'referral/' || r.id
              and o.type = 'outreach.referral.overdue.v1') as told,
           r.overdue_since is not distinct from r.answer_due_on + 1 as said
    from referral r where programme = $1
"""
_BLOCKED = """
    select pid from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%for update%'
"""


async def fill(db: Database, many: int, programme: str) -> list[UUID]:
    async with db.begin() as session:
        rows = await (await driver(session)).fetch(_REFERRALS, many, programme)
    return [row["id"] for row in rows]


async def wrongly_marked(db: Database, programme: str) -> dict[tuple[int, int, bool], int]:
    """Return how many referrals were not marked once, by how often they were marked and told."""
    async with db.read() as session:
        rows = await (await driver(session)).fetch(_MARKS, programme, FALLEN_DUE)
    assert rows
    found: dict[tuple[int, int, bool], int] = {}
    for row in rows:
        what = (row["marked"], row["told"], row["said"])
        if what != (1, 1, True):
            found[what] = found.get(what, 0) + 1
    return found


async def blocked(connection: asyncpg.Connection[Any]) -> int:
    async with asyncio.timeout(60):
        while (pid := await connection.fetchval(_BLOCKED)) is None:
            await asyncio.sleep(0)
    return int(pid)


async def unclaimed(db: Database) -> None:
    async with db.begin() as session:
        await mark_overdue(session, utcnow())


async def test_each_is_marked_once_through_a_kill_several_workers_and_an_answer(
    outreach_db: Database, outreach_urls: DatabaseUrls
) -> None:
    ids = sorted(await fill(outreach_db, MANY, "many"))
    watching = await asyncpg.connect(outreach_urls.app)
    answering = await asyncpg.connect(outreach_urls.app)
    # A worker stops at a referral in the last batch that is being answered, and is killed there:
    # what it had marked, and that it ran at all, is undone.
    answer = answering.transaction()
    await answer.start()
    await answering.execute("update referral set declined_on = '2026-01-01' where id = $1", ids[-1])
    killed = asyncio.create_task(run_next(outreach_db, MARK_OVERDUE))
    pid = await blocked(watching)
    assert await answering.fetchval("select pg_terminate_backend($1)", pid)
    (error,) = await asyncio.gather(killed, return_exceptions=True)
    assert isinstance(error, BaseException)
    assert await wrongly_marked(outreach_db, "many") == {(0, 0, False): MANY}
    assert await answering.fetchval("select count(*) from scheduled_run") == 0

    # Five that claim no slot meet the same answer, which comes first.
    runs = [asyncio.create_task(unclaimed(outreach_db)) for _ in range(4)]
    runs.append(asyncio.create_task(run_next(outreach_db, MARK_OVERDUE)))  # type: ignore[arg-type]
    await blocked(watching)
    await answer.commit()
    await asyncio.gather(*runs)
    assert await wrongly_marked(outreach_db, "many") == {(0, 0, False): 1}
    assert not await run_next(outreach_db, MARK_OVERDUE)

    # The control does not ask again of what it has locked.
    await fill(outreach_db, FEW, "few")
    both_have_read = asyncio.Barrier(2)

    async def careless() -> None:
        async with outreach_db.begin() as session:
            conn = await driver(session)
            rows = await conn.fetch("select id from referral where programme = 'few'")
            due = [row["id"] for row in rows]
            await both_have_read.wait()
            await keep_version(conn, "referral", due, reason=FALLEN_DUE, by="careless")
            await conn.execute(
                f"update referral set overdue_since = answer_due_on + 1, {BUMP}"
                " where id = any($1::uuid[])",
                due,
            )

    await asyncio.gather(careless(), careless())
    assert await wrongly_marked(outreach_db, "few") == {(2, 0, True): FEW}
    await watching.close()
    await answering.close()
