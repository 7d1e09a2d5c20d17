"""A consumer in the background of a test, and jobs that record what they get."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from shared.queue import Consumer, Job, Queue

SERVICE = "omega"


async def until(condition: Callable[[], Awaitable[bool] | bool], seconds: float = 20) -> None:
    """Wait for a condition, or fail."""
    deadline = time.monotonic() + seconds
    while True:
        holds = condition()
        if holds is True or (not isinstance(holds, bool) and await holds):
            return
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def consuming(queue: Queue, jobs: dict[str, Job], **options: Any) -> AsyncIterator[None]:  # noqa: ANN401
    """Consume in the background; errors of the consumer are the test's."""
    stop = asyncio.Event()
    task = asyncio.create_task(Consumer(queue, SERVICE, jobs, **options).run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


class Recording:
    """A job that records its arguments and raises the given errors first."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.seen: list[Any] = []

    async def __call__(self, argument: object) -> None:
        self.seen.append(argument)
        if self.errors:
            raise self.errors.pop(0)

    def job(self) -> dict[str, Job]:
        return {"note": Job(dict[str, int], self)}


async def nothing_waits(queue: Queue) -> bool:
    return await queue.depth(SERVICE) == 0
