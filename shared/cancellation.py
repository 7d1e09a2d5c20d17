"""Ending tasks for certain."""

from __future__ import annotations

import asyncio
from typing import Any

_PATIENCE_SECONDS = 0.1


async def cancel(*tasks: asyncio.Future[Any]) -> None:
    """Cancel tasks until they have ended; what they raise is dropped.

    One `cancel` is a request: before Python 3.12 `asyncio.wait_for` swallows it when what it
    waits for is done at the same moment, and redis-py waits like that.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_PATIENCE_SECONDS)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report it as lost
