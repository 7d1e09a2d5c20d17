"""Single deeds: what a clerk, a source or an administrator does to the figures.

Each is a story in two halves: what there is before, and, after the ``yield``, the one thing that
is done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from tests.participants.city import City

Story = AsyncIterator[None]
Deed = Callable[[City], Story]
PROJECT = "kvinnors-etablering"


async def entered(city: City, **more: Any) -> dict[str, Any]:  # noqa: ANN401  a JSON body
    return await city.enrolment((await city.person())["id"], **more)


async def changed(city: City, path: str, record: dict[str, Any], body: dict[str, Any]) -> None:
    held = await city.read(f"{path}/{record['id']}")
    said_ = {"reason": "Rättat"} | body
    what = "retractions" if not body else "corrections"
    await city.made(f"{path}/{record['id']}/{what}", said_, version=held["version"])
