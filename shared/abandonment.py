"""Reads whose client has gone: stopped, so that they give their connection back.

The server does not stop a handler when its client leaves; a slow read would hold a database
connection until its statement times out. Only reads are stopped (a write may be past its
commit), and only those slow enough to be worth watching: a watcher costs a task.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive

PATIENCE = 1.0


class _Watch:
    """Watches one request's client once the request has taken a while."""

    __slots__ = ("_receive", "_request", "_watcher", "left")

    def __init__(self, receive: Receive, request: asyncio.Task[object]) -> None:
        self.left = False
        self._receive = receive
        self._request = request
        self._watcher: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._watcher = asyncio.create_task(self._wait(), name="client-watch")

    def end(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()

    async def _wait(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.left = True
                self._request.cancel()
                return


@asynccontextmanager
async def stopped_when_abandoned(receive: Receive, patience: float) -> AsyncIterator[None]:
    """Cancel the block when the client leaves while it runs; the block then ends quietly.

    Args:
        receive: of a request without a body, which nobody else listens to.
        patience: seconds before the client is watched at all.

    """
    request = asyncio.current_task()
    if request is None:
        yield
        return
    watch = _Watch(receive, request)
    timer = asyncio.get_running_loop().call_later(patience, watch.begin)
    try:
        yield
    except asyncio.CancelledError:
        if not watch.left:
            raise
        request.uncancel()
    finally:
        timer.cancel()
        watch.end()
