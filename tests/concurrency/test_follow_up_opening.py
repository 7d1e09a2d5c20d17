"""Every follow-up is opened once: through kills of workers, clocks that differ, and downtime."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import SIGKILL
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from services.participants.follow_ups import open_due
from services.participants.worker import OPEN_FOLLOW_UPS
from shared.clock import today, utcnow
from shared.db import Database, driver
from shared.records import BUMP, keep_version
from shared.schedules import run_next
from tests.participants.conftest import key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from shared.db import WriteSession
    from tests.servers import DatabaseUrls

pytestmark = pytest.mark.timeout(300)

MANY, FEW = 2_000, 40

# People who left three months ago and some days: what was planned with their exits is due.
_PLACES = (
    """insert into unit (code, name, kind, ownership, district, valid_from)
       values ('jobbtorg', 'Jobbtorg', 'jobbtorg', 'own', 'jarva', '2020-01-01')""",
    """insert into programme (code, name, kind, valid_from)
       values ('jobbtorg', 'Jobbtorg', 'jobbtorg', '2020-01-01')""",
)
_PEOPLE = """
    with made as (
        insert into person (identity_number_sealed, identity_number_hash, birth_date, sex)
        select int2send(1::int2) || int4send(n), int2send(1::int2) || int4send(n), '1990-01-01',
               'women'
        from generate_series(1, $1::int) n
        returning id
    ), numbered as (select id, row_number() over () as n from made)
    insert into enrolment (person_id, subject_id, unit, programme, ground, status_at_entry,
                           started_on, exited_on, outcome, sex, age_group, district)
    select id, id, 'jobbtorg', 'jobbtorg', 'kaa', 'inactive', '2024-01-01',
           $2::date - (n % 7)::int, 'work', 'women', '30-39', 'unknown'
    from numbered
"""
_PLANNED = """
    insert into follow_up (enrolment_id, kind, unit, exited_on, due_on, state)
    select id, 'exit', unit, exited_on, follow_up_due(exited_on, 'exit'), 'planned' from enrolment
"""

# How often the follow-ups of each exit have been opened, and how many are open.
_OPENINGS = """
    select e.id, count(f.id) as live,
           sum((select count(*) from record_version v
                where v.kind = 'follow_up' and v.record_id = f.id and v.reason = 'fallen due'))
               as opened
    from enrolment e left join follow_up f on f.enrolment_id = e.id and f.state = 'open'
    group by e.id
"""


async def fill(db: Database, many: int) -> None:
    """Let many people have left, so that what was planned with it has fallen due meanwhile."""
    async with db.begin() as session:
        conn = await driver(session)
        for statement in _PLACES:
            await conn.execute(statement)
        await conn.execute(_PEOPLE, many, today() - timedelta(days=100))
        await conn.execute(_PLANNED)


async def wrongly_opened(db: Database) -> dict[str, int]:
    """Return how many exits' follow-ups were not opened exactly once, by what was found."""
    async with db.read() as session:
        rows = await (await driver(session)).fetch(_OPENINGS)
    assert rows
    found: dict[str, int] = {}
    for row in rows:
        if (row["live"], row["opened"]) != (1, 1):
            what = f"{row['live']} live, opened {row['opened'] or 0} times"
            found[what] = found.get(what, 0) + 1
    return found


async def ask(db: Database, sql: str, *values: Any) -> Any:  # noqa: ANN401  one value
    async with db.read() as session:
        return await (await driver(session)).fetchval(sql, *values)


# ------------------------------------------------------------------------------- kills of workers


class Worker:
    """The service's own worker process, to be killed and started again as a supervisor would."""

    def __init__(self, urls: DatabaseUrls, redis_url: str) -> None:
        keys = {name: f'{{"1": "{key(byte).get_secret_value()}"}}' for name, byte in _KEYS}
        self._environment = {
            **os.environ,
            **keys,
            "PARTICIPANTS_DATABASE_URL": urls.app,
            "AUTH_ISSUER": "none",
            "AUTH_JWKS_URL": "file:///none",
            "REDIS_URL": redis_url,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "services.participants.worker"],
            cwd=Path(__file__).parents[2],
            env=self._environment,
            stdout=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        if self._process is not None:
            assert self._process.poll() is None, "the worker ended by itself"
            self._process.send_signal(SIGKILL)
            self._process.wait()
            self._process = None


_KEYS = (("PARTICIPANTS_SEAL_KEYS", 1), ("PARTICIPANTS_INDEX_KEYS", 2))


@pytest.fixture
def worker(participants_urls: DatabaseUrls, redis_url: str) -> Iterator[Callable[[], Worker]]:
    made: list[Worker] = []

    def make() -> Worker:
        made.append(Worker(participants_urls, redis_url))
        made[-1].start()
        return made[-1]

    yield make
    for process in made:
        process.kill()


_STOPPED = """
    select exists (select from pg_locks l join pg_stat_activity a using (pid)
                   where a.application_name = 'participants-worker'
                     and a.datname = current_database()
                     and l.relation = $1::text::regclass and not l.granted)
"""
_GONE = """
    select not exists (select from pg_stat_activity
                       where application_name = 'participants-worker'
                         and datname = current_database())
"""


@asynccontextmanager
async def unwritable(urls: DatabaseUrls, table: str) -> AsyncIterator[None]:
    """Let nobody write a table meanwhile: whoever comes to it waits, inside a transaction."""
    owner = await asyncpg.connect(urls.owner)
    async with owner.transaction():
        await owner.execute(f"lock table {table} in share mode")
        yield
    await owner.close()


async def until(db: Database, sql: str, *values: object) -> None:
    deadline = asyncio.get_running_loop().time() + 120
    while not await ask(db, sql, *values):
        assert asyncio.get_running_loop().time() < deadline, values or sql
        await asyncio.sleep(0.002)


async def test_killed_workers_open_every_follow_up_once(
    participants_db: Database, participants_urls: DatabaseUrls, worker: Callable[[], Worker]
) -> None:
    await fill(participants_db, MANY)
    for table in ("record_version", "follow_up", "participant_fact"):
        async with unwritable(participants_urls, table):
            opening = worker()
            await until(participants_db, _STOPPED, table)
            opening.kill()
        await until(participants_db, _GONE)
        assert await ask(participants_db, "select count(*) from scheduled_run") == 0
        assert (await wrongly_opened(participants_db)) == {"0 live, opened 0 times": MANY}
    worker()
    await until(
        participants_db, "select not exists (select from follow_up where state = 'planned')"
    )
    assert await wrongly_opened(participants_db) == {}
    assert await ask(participants_db, "select count(*) from scheduled_run") == 1


# ---------------------------------------------------------------------- clocks, downtime, controls


async def test_workers_whose_clocks_differ_open_every_follow_up_once(
    participants_db: Database,
) -> None:
    """Even where each claims slots by its own clock: ahead, behind, and jumping back."""
    await fill(participants_db, FEW)
    await later(participants_db, FEW // 2)
    now = utcnow()
    for hours in ((30, -30), (7, -5), (-30, 54), (0, 0)):
        clocks = [now + timedelta(hours=each) for each in hours for _ in range(2)]
        await asyncio.gather(
            *(run_next(participants_db, OPEN_FOLLOW_UPS, now=lambda at=at: at) for at in clocks)  # type: ignore[misc]
        )
    # Nobody's clock has opened what the database's calendar has not reached.
    assert await wrongly_opened(participants_db) == {"0 live, opened 0 times": FEW // 2}


async def later(db: Database, many: int) -> None:
    """Let some of the people leave tomorrow only."""
    async with db.begin() as session:
        await (await driver(session)).execute(
            """with late as (
                   update enrolment set exited_on = $2::date + 1
                   where id in (select id from enrolment order by id limit $1) returning id)
               update follow_up set (exited_on, due_on) = ($2::date + 1,
                      follow_up_due($2::date + 1, kind))
               where enrolment_id in (select id from late)""",
            many,
            today(),
        )


async def test_worker_with_its_clock_ahead_keeps_nobody_from_a_slot(
    participants_db: Database,
) -> None:
    """The slot is the database's: what one worker's clock says claims nothing."""
    await fill(participants_db, FEW)
    assert await run_next(participants_db, OPEN_FOLLOW_UPS)
    slot = await ask(participants_db, "select slot from scheduled_run")
    assert slot == OPEN_FOLLOW_UPS.when.at_or_before(datetime.now(UTC))
    assert not await run_next(participants_db, OPEN_FOLLOW_UPS)


async def test_a_week_of_downtime_is_caught_up_with_at_once(participants_db: Database) -> None:
    await fill(participants_db, FEW)
    async with participants_db.begin() as session:
        await (await driver(session)).execute(
            "insert into scheduled_run (name, slot) values ($1, $2)",
            OPEN_FOLLOW_UPS.name,
            OPEN_FOLLOW_UPS.when.at_or_before(utcnow() - timedelta(days=7)),
        )
    runs = await asyncio.gather(*(run_next(participants_db, OPEN_FOLLOW_UPS) for _ in range(4)))
    assert sum(runs) == 1
    assert await wrongly_opened(participants_db) == {}
    assert not await run_next(participants_db, OPEN_FOLLOW_UPS)


async def test_openers_without_a_claim_still_open_every_follow_up_once(
    participants_db: Database,
) -> None:
    await fill(participants_db, FEW)

    async def unclaimed() -> None:
        async with participants_db.begin() as session:
            await open_due(session, utcnow())

    await asyncio.gather(*(unclaimed() for _ in range(5)))
    assert await wrongly_opened(participants_db) == {}


async def test_control_openers_that_neither_claim_nor_lock_open_twice(
    participants_db: Database,
) -> None:
    await fill(participants_db, FEW)
    all_have_read = asyncio.Barrier(2)

    async def careless(session: WriteSession) -> None:
        conn = await driver(session)
        rows = await conn.fetch("select id from follow_up where state = 'planned'")
        await all_have_read.wait()
        ids = [row["id"] for row in rows]
        await keep_version(conn, "follow_up", ids, reason="fallen due", by="careless")
        await conn.execute(
            f"update follow_up set state = 'open', {BUMP} where id = any($1::uuid[])", ids
        )

    async def opened() -> None:
        async with participants_db.begin() as session:
            await careless(session)

    await asyncio.gather(opened(), opened())
    assert await wrongly_opened(participants_db) == {"1 live, opened 2 times": FEW}


async def test_control_without_the_unique_index_an_exit_has_two(
    participants_db: Database, participants_urls: DatabaseUrls
) -> None:
    await fill(participants_db, FEW)
    with pytest.raises(asyncpg.UniqueViolationError, match="follow_up_exit_key"):
        async with participants_db.begin() as session:
            await (await driver(session)).execute(_PLANNED)
    owner = await asyncpg.connect(participants_urls.owner)
    await owner.execute("drop index follow_up_exit_key")
    await owner.close()
    async with participants_db.begin() as session:
        await (await driver(session)).execute(_PLANNED)
    await run_next(participants_db, OPEN_FOLLOW_UPS)
    assert await wrongly_opened(participants_db) == {"2 live, opened 2 times": FEW}
