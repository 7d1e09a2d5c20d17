"""A worker of budget as its own process, that works off what is waiting and says its memory."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from services.budget.registers import REGISTERS
from shared.db import Database
from shared.deliveries import DeliveryWorker


async def work(url: str) -> None:
    """Print the peak memory in MB before the first delivery and after the last."""
    db = Database(url, application_name="sie-test-worker", pool_size=2)
    before = _peak()
    await DeliveryWorker(db, REGISTERS).run_until_idle()
    print(json.dumps({"before": before, "after": _peak()}))  # noqa: T201  read by the test
    await db.close()


def _peak() -> int:
    """Return the peak of this process alone; what getrusage says begins at its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
