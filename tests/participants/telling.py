"""Merging people and telling of them, as tests say it."""

from __future__ import annotations

from typing import Any

from services.participants.told_people import tell_changed
from tests.participants.city import City


async def tell(city: City, *, batch: int = 500) -> None:
    while await tell_changed(city.db, batch=batch):
        pass


async def merged(city: City, absorbed: dict[str, Any], survivor: dict[str, Any]) -> dict[str, Any]:
    ids = {"absorbedId": absorbed["id"], "survivorId": survivor["id"]}
    return await city.made("/person-merges", {**ids, "reason": "Samma person"})


async def apart(city: City, merge: dict[str, Any]) -> None:
    await city.made(f"/person-merges/{merge['id']}/reversals", {"reason": "Det var två"})
