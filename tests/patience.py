"""What services under load ask of their clients, and clients do: ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx2

TRIES = 10
_AGAIN = {409: "try_again", 503: "database_unavailable"}
"""A lock or a connection was waited for too long; nothing was done."""


async def patiently(request: Callable[[], Awaitable[httpx2.Response]]) -> httpx2.Response:
    """Make a request that may be made again, as often as the service asks for that."""
    answer = await request()
    for _ in range(TRIES):
        asked = _AGAIN.get(answer.status_code)
        if asked is None or answer.json()["code"] != asked:
            break
        answer = await request()
    return answer
