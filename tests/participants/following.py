# ruff: noqa: ANN401  JSON bodies and bound values are whatever a test says
"""What tests of follow-ups say to the city, in few words."""

from __future__ import annotations

from typing import Any

from services.participants.figures import facts
from services.participants.follow_ups import open_due
from shared.db import driver
from shared.journal import drift
from tests.participants.city import City


async def exited(city: City, *, on: str = "2024-11-30", outcome: str = "work", **more: Any) -> str:
    person = more.pop("person", None) or (await city.person())["id"]
    enrolled = await city.enrolment(person, **more)
    body = {"exitedOn": on, "outcome": outcome}
    await city.made(f"/enrolments/{enrolled['id']}/exits", body)
    made: str = enrolled["id"]
    return made


async def asked(city: City, enrolment: str) -> list[tuple[str, str, str]]:
    """Return kind, due day and state of an enrolment's follow-ups."""
    items = (await city.read("/follow-ups", limit=200))["items"]
    return [
        (item["kind"], item["dueOn"], item["state"])
        for item in items
        if item["enrolmentId"] == enrolment
    ]


async def the_one(city: City, enrolment: str, **about: str) -> dict[str, Any]:
    items = (await city.read("/follow-ups", limit=200))["items"]
    (one,) = (
        item
        for item in items
        if item["enrolmentId"] == enrolment
        and item["state"] != "cancelled"
        and about.items() <= item.items()
    )
    found: dict[str, Any] = one
    return found


async def by_hand(city: City, sql: str, *values: Any) -> None:
    async with city.db.begin() as session:
        await (await driver(session)).execute(sql, *values)


async def opened_by_job(city: City) -> None:
    async with city.db.begin() as session:
        await open_due(session, None)  # type: ignore[arg-type]  # the day is the database's


async def agree(city: City) -> bool:
    """Say whether the journal holds what the follow-ups count for."""
    async with city.db.read() as session:
        conn = await driver(session)
        ids = [row["id"] for row in await conn.fetch("select id from follow_up")]
        kind = facts.FOLLOW_UP
        return not await drift(conn, facts.JOURNAL, "follow_up", ids, wanted_sql=kind)


async def esf_pays(city: City, first: str | None = "2024-01-01", **more: Any) -> None:
    body = {"esfFrom": first, "reason": "Beslut om stöd"} | more
    await city.made("/programmes/stockholmskraften/esf-fundings", body)
