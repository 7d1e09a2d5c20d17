"""Workers and PostgreSQL killed with -9 in the middle of large deliveries."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from jarva.embedded import Stack
from jarva.processes import ProcessFailed
from shared.db import Database
from shared.deliveries.resource import DeliveryOut
from tests.effort import effort
from tests.servers import Servers, create_tables
from tests.shared.deliveries.conftest import Pushing, item, ndjson
from tests.shared.deliveries.items import items_metadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from uuid import UUID

    from tests.conftest import ScratchDatabase

pytestmark = pytest.mark.timeout(effort(300))

ROWS = effort(60_000)
FEWER = effort(40_000)
DEADLINE = effort(100)


@dataclass
class WorkerProcess:
    """A worker that is started again by hand, as a supervisor would."""

    url: str
    module: str = "tests.concurrency.delivery_worker"
    process: subprocess.Popen[bytes] | None = None
    kills: int = field(default=0)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module, self.url],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(SIGKILL)
            self.process.wait()
            self.process = None
            self.kills += 1


@pytest.fixture
def worker() -> Iterator[Callable[[str], WorkerProcess]]:
    made: list[WorkerProcess] = []

    def make(url: str) -> WorkerProcess:
        made.append(WorkerProcess(url))
        made[-1].start()
        return made[-1]

    yield make
    for process in made:
        process.kill()


@pytest.fixture
async def pushing(scratch_database: ScratchDatabase) -> Pushing:
    db, urls = await scratch_database(items_metadata())
    return Pushing(db, urls)


def faulty(rows: int) -> list[dict[str, Any]]:
    """Return rows of which every hundredth is refused, in one of four ways."""
    made = [item(n) for n in range(rows)]
    for n in range(0, rows, 400):
        made[n] = item(n, women=-1)
        made[n + 100] = item(n + 100, place="atlantis")
        made[n + 200] = item(n + 199)
        made[n + 300] = item(n + 300, place="nowhere")
    return made


async def reached(pushing: Pushing, delivery_id: UUID, condition: str) -> None:
    """Wait until a condition over the delivery's row holds; a dead PostgreSQL is waited for."""
    last: object = None
    deadline = asyncio.get_running_loop().time() + DEADLINE
    while asyncio.get_running_loop().time() < deadline:
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, DBAPIError):
            last = tuple(
                await pushing.row(
                    f"select ({condition}) or state in ('applied', 'rejected', 'held'), state,"
                    " rows, cursor, failures, retry_at from delivery where id = $1",
                    delivery_id,
                )
            )
            if last[0]:
                return
        await asyncio.sleep(0.005)
    raise AssertionError(f"{condition} never came, the last seen was {last}")


async def finished(pushing: Pushing, delivery_id: UUID) -> DeliveryOut:
    await reached(pushing, delivery_id, "false")
    return await pushing.look(delivery_id)


async def check_applied_once(pushing: Pushing, out: DeliveryOut, rows: int = ROWS) -> None:
    """Every good row once, every faulty row refused once, and the journal agrees."""
    bad = rows // 100
    assert out.state == "applied", out
    assert out.counts.created == rows - bad
    assert out.counts.rejected == bad
    assert out.counts.remaining == 0
    assert await pushing.value("select count(*) from item") == rows - bad
    assert await pushing.value("select count(*) from seen_effect") == rows - bad
    assert await pushing.value("select count(distinct code) from seen_effect") == rows - bad
    assert (
        await pushing.value("select count(*) from delivery_error where delivery_id = $1", out.id)
        == bad
    )
    assert await pushing.value("select sum(amount) from item_fact") == await pushing.value(
        "select sum(women + men) from item"
    )
    assert await pushing.value("select count(*) from outbox") == 1
    assert await pushing.value("select count(*) from delivery_body") == 0


async def test_worker_killed_at_random_points_applies_every_row_once(
    pushing: Pushing, worker: Callable[[str], WorkerProcess]
) -> None:
    chance = random.Random(20_241_122)
    delivery_id = await pushing.send(ndjson(faulty(ROWS)))
    process = worker(pushing.urls.app)
    points = [
        "state = 'validating'",
        f"rows > {chance.randrange(ROWS)}",
        "state = 'applying'",
        *(f"cursor >= {cursor}" for cursor in sorted(chance.sample(range(ROWS), 3))),
        "state = 'applying' and created + unchanged + rejected >= rows",
    ]
    for point in points:
        await reached(pushing, delivery_id, point)
        await asyncio.sleep(chance.random() * 0.1)  # a kill should not always follow a commit
        process.kill()
        process.start()
    out = await finished(pushing, delivery_id)
    process.kill()
    assert process.kills == len(points) + 1
    await check_applied_once(pushing, out)


async def test_second_worker_takes_over_at_once(
    pushing: Pushing, worker: Callable[[str], WorkerProcess]
) -> None:
    delivery_id = await pushing.send(ndjson(faulty(FEWER)))
    first, _second = worker(pushing.urls.app), worker(pushing.urls.app)
    await reached(pushing, delivery_id, "cursor > 0")
    first.kill()
    out = await finished(pushing, delivery_id)
    await check_applied_once(pushing, out, FEWER)


async def test_negative_control_a_cursor_moved_alone_loses_rows(
    pushing: Pushing, worker: Callable[[str], WorkerProcess]
) -> None:
    """The checker sees it when rows and cursor are not one transaction."""
    delivery_id = await pushing.send(ndjson(faulty(FEWER)))
    process = worker(pushing.urls.app)
    await reached(pushing, delivery_id, "cursor > 0")
    process.kill()
    await pushing.rows(
        "update delivery set cursor = cursor + 1000, created = created + 990 where id = $1",
        delivery_id,
    )
    process.start()
    out = await finished(pushing, delivery_id)
    with pytest.raises(AssertionError):
        await check_applied_once(pushing, out, FEWER)


@dataclass
class OwnPostgres:
    """A PostgreSQL of this test's own, with fsync on, that can be killed and started."""

    stack: Stack

    def kill(self) -> None:
        postgres = self.stack.children[0]
        os.kill(postgres.pid, SIGKILL)
        postgres.kill()

    def start(self) -> None:
        """Start it again; a statement that still runs keeps the old one's memory for a while."""
        for attempt in range(20):
            self.stack.children[0].restart()
            try:
                self.stack.children[0].wait_ready()
            except ProcessFailed:
                if attempt == 19:
                    raise
            else:
                return


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[tuple[OwnPostgres, Pushing]]:
    with Stack(tmp_path / "var", services=()) as stack:
        servers = Servers(stack.admin_url, stack.redis_url)
        urls = await servers.create()
        await create_tables(urls, items_metadata(), [])
        db = Database(urls.app, application_name="test", pool_size=4)
        yield OwnPostgres(stack), Pushing(db, urls)
        await db.close()


async def test_postgres_killed_mid_delivery_applies_every_row_once(
    own: tuple[OwnPostgres, Pushing], worker: Callable[[str], WorkerProcess]
) -> None:
    postgres, pushing = own
    delivery_id = await pushing.send(ndjson(faulty(ROWS)))
    process = worker(pushing.urls.app)
    for point in ("state = 'validating'", "cursor > 0", f"cursor > {ROWS * 3 // 5}"):
        await reached(pushing, delivery_id, point)
        postgres.kill()
        postgres.start()
    out = await finished(pushing, delivery_id)
    assert process.process is not None
    assert process.process.poll() is None, "the worker outlives PostgreSQL"
    await check_applied_once(pushing, out)


async def test_atomic_delivery_killed_midway_is_applied_whole(
    pushing: Pushing, worker: Callable[[str], WorkerProcess]
) -> None:
    rows = [item(n) for n in range(FEWER)]
    delivery_id = await pushing.send(ndjson(rows), atomic=True)
    process = worker(pushing.urls.app)
    await reached(pushing, delivery_id, "state = 'applying'")
    await asyncio.sleep(0.3)
    process.kill()
    assert await pushing.value("select count(*) from item") in (0, FEWER)
    process.start()
    out = await finished(pushing, delivery_id)
    assert (out.state, out.counts.created) == ("applied", FEWER)
    assert await pushing.value("select count(*) from seen_effect") == FEWER


async def test_registers_run_side_by_side_and_one_register_in_order(
    pushing: Pushing, worker: Callable[[str], WorkerProcess]
) -> None:
    """Somebody else is writing the first delivery's last row for as long as the test looks."""
    first = await pushing.send(ndjson([item(n) for n in range(100)]))
    second = await pushing.send(ndjson([item(1, women=77)]))
    other = await pushing.send([item(900_000, women=5, men=1)], register="totals")
    somebody = await pushing.db.connect()
    writing = somebody.transaction()
    await writing.start()
    await somebody.execute(
        "insert into item (code, place, held_on, women, men)"
        " values ('B-99', 'x', '2024-01-01', 1, 1)"
    )
    workers = [worker(pushing.urls.app), worker(pushing.urls.app)]
    await finished(pushing, other)
    assert (await pushing.look(first)).state == "applying", "the other register did not wait"
    assert (await pushing.look(second)).state == "received", "the same register waits its turn"
    await writing.rollback()
    await somebody.close()
    out = await finished(pushing, second)
    assert out.counts.changed == 1
    assert await pushing.value("select women from item where code = 'B-1'") == 77
    assert len(workers) == 2
