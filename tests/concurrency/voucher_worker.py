"""A worker of the registers of budget as its own process, to be killed: ``python -m ... URL``."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

from services.budget.registers import REGISTERS
from shared.db import Database
from shared.deliveries import DeliveryWorker


async def work(url: str) -> None:
    """Work until killed; like the real worker's loops, outlive whatever a step raises."""
    db = Database(url, application_name="voucher-test-worker", pool_size=2)
    worker = DeliveryWorker(db, REGISTERS)
    while True:
        with suppress(Exception):
            while await worker.step():
                pass
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
