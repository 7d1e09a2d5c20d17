"""A worker of the test register as its own process, to be killed: ``python -m ... URL``."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

from shared.db import Database
from shared.deliveries import DeliveryWorker
from tests.shared.deliveries.items import REGISTERS


async def work(url: str) -> None:
    """Work until killed; like the real worker's loops, outlive whatever a step raises."""
    db = Database(url, application_name="delivery-test-worker", pool_size=2)
    worker = DeliveryWorker(db, REGISTERS)
    while True:
        with suppress(Exception):
            while await worker.step():
                pass
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
