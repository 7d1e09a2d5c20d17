"""The worker killed with -9 in the middle of a ledger: every voucher is booked once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from services.budget.registers import REGISTERS
from shared.db import Database, driver
from shared.deliveries import DeliveryWorker, intake
from tests.budget.books import YEAR, open_books
from tests.concurrency.test_delivery_crash import WorkerProcess

if TYPE_CHECKING:
    from tests.servers import DatabaseUrls

pytestmark = pytest.mark.timeout(300)

VOUCHERS = 50_000
LINE = "K{0},{1}-03-15,Prov,{2},87,{3}.00\n"


@pytest.fixture
def worker(budget_urls: DatabaseUrls) -> Iterator[WorkerProcess]:
    process = WorkerProcess(budget_urls.app, module="tests.concurrency.voucher_worker")
    process.start()
    yield process
    process.kill()


async def _body(vouchers: int) -> AsyncIterator[bytes]:
    yield b"key,happenedOn,text,account,counterpart,amount\n"
    for first in range(0, vouchers, 1000):
        yield "".join(
            LINE.format(number, YEAR, account, sign * (number + 1))
            for number in range(first, first + 1000)
            for account, sign in (("5010", 1), ("1510", -1))
        ).encode()


async def _sent(db: Database) -> UUID:
    announced = intake.Announced(
        register="vouchers",
        mode="delta",
        dry_run=False,
        atomic=False,
        day=None,
        content_type="text/csv",
        key=uuid4().hex,
        by="city-ledger",
    )
    receipt = await intake.receive(db, None, announced, _body(VOUCHERS))
    delivery_id: UUID = receipt.row["id"]
    return delivery_id


async def _row(db: Database, sql: str, *args: object) -> Any:  # noqa: ANN401  a record
    async with db.read() as session:
        return await (await driver(session)).fetchrow(sql, *args)


async def _reached(db: Database, delivery_id: UUID, condition: str) -> None:
    deadline = asyncio.get_running_loop().time() + 200
    sql = f"select ({condition}) or state = 'applied' as reached from delivery where id = $1"
    while not (await _row(db, sql, delivery_id))["reached"]:
        assert asyncio.get_running_loop().time() < deadline, condition
        await asyncio.sleep(0.005)


async def test_worker_killed_midway_books_every_voucher_once(
    budget_db: Database, worker: WorkerProcess
) -> None:
    async with budget_db.begin() as session:
        await open_books(await driver(session))
    chance = random.Random(20_261_125)
    delivery_id = await _sent(budget_db)
    for point in ("state = 'validating'", "cursor > 0", "cursor > 50000", "cursor > 80000"):
        await _reached(budget_db, delivery_id, point)
        await asyncio.sleep(chance.random() * 0.1)  # a kill should not always follow a commit
        worker.kill()
        worker.start()
    await _reached(budget_db, delivery_id, "false")
    delivery = await _row(budget_db, "select * from delivery where id = $1", delivery_id)
    assert (delivery["state"], delivery["created"], delivery["rejected"]) == (
        "applied",
        VOUCHERS,
        0,
    )
    booked = await _row(
        budget_db,
        """select count(*) as many, count(distinct source_key) as keys, max(number) as last,
                  (select sum(amount) from posting where account = '5010') as debits,
                  (select sum(amount) from posting) as net
           from voucher""",
    )
    debits = 100 * VOUCHERS * (VOUCHERS + 1) // 2
    assert dict(booked) == {
        "many": VOUCHERS,
        "keys": VOUCHERS,
        "last": VOUCHERS,
        "debits": debits,
        "net": 0,
    }
    worker.kill()
    again = await _sent(budget_db)
    await DeliveryWorker(budget_db, REGISTERS).run_until_idle()
    delivery = await _row(budget_db, "select * from delivery where id = $1", again)
    assert delivery["unchanged"] == VOUCHERS
