"""Deliveries worked off by the loops of a real worker process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from shared.db import driver
from shared.deliveries import deliveries_loops
from shared.worker import Pace, WorkerSpec, work
from tests.shared.deliveries.conftest import Pushing, item
from tests.shared.deliveries.items import REGISTERS
from tests.shared.sample import sample_settings, until

if TYPE_CHECKING:
    from tests.tokens import Issuer

STATE = "select state from delivery where id = $1"


async def test_loops_of_a_worker_work_off_what_arrives(
    pushing: Pushing, issuer: Issuer, redis_url: str
) -> None:
    settings = sample_settings(pushing.urls, issuer, redis_url=redis_url)
    spec = WorkerSpec(settings=settings, loops=deliveries_loops(REGISTERS), pace=Pace(poll=0.05))
    stop = asyncio.Event()
    worker = asyncio.create_task(work(spec, stop))
    try:
        first = await pushing.send([item(n) for n in range(10)])
        second = await pushing.send([item(1, women=9)])
        other = await pushing.send([item(500, women=5, men=1)], register="totals")
        for delivery_id in (first, second, other):

            async def applied(of: object = delivery_id) -> bool:
                return bool(await pushing.value(STATE, of) == "applied")

            await until(applied)
    finally:
        stop.set()
        assert await worker == 0
    assert await pushing.value("select women from item where code = 'B-1'") == 9


async def test_register_claimed_by_another_worker_is_left_alone(pushing: Pushing) -> None:
    delivery_id = await pushing.send([item(1)])
    another = await pushing.db.connect()
    await another.execute("select pg_advisory_lock(7315001, hashtext('items'))")
    await pushing.work()
    assert await pushing.value(STATE, delivery_id) == "received"
    another.terminate()

    async def free() -> bool:
        async with pushing.db.read() as session:
            conn = await driver(session)
            return bool(
                await conn.fetchval(
                    "select not exists (select from pg_locks l join pg_database d"
                    " on d.oid = l.database and d.datname = current_database()"
                    " where l.locktype = 'advisory')"
                )
            )

    await until(free)
    await pushing.work()
    assert await pushing.value(STATE, delivery_id) == "applied"
