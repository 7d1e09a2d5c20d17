"""What the reports ask is asked once over HTTP, and the services' workers keep it counted."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import httpx2

from jarva.bench.city.calling import slowest
from jarva.bench.city.figures import ONCE
from jarva.bench.city.questions import REPORTS
from jarva.bench.measuring import Line
from shared.clock import rfc3339
from shared.db import driver

if TYPE_CHECKING:
    from jarva.bench.city.filling import Filled, Told
    from jarva.demo.loading import Target
    from jarva.running import Running
    from shared.db import Database

_TIMEOUT = 120.0
_WITHIN = 3600.0
_LOOK_EVERY = 1.0


async def kept(running: Running, target: Target, city: Filled, told: Told) -> Line:
    """Ask what every report asks, wait until its answers are kept, and tell how long it took.

    Raises:
        TimeoutError: the workers did not come to an end within the hour.

    """
    await _asked(running, target, city)
    began = time.perf_counter()
    questions = answers = 0
    async with asyncio.timeout(_WITHIN):
        for name, database in city.databases.items():
            while (left := await _left(database)) > 0:
                told(f"{name}: {left} standing questions to keep counted")
                await asyncio.sleep(_LOOK_EVERY)
            asked, held = await _counts(database)
            questions, answers = questions + asked, answers + held
    title = f"{answers} answers of {questions} standing questions kept"
    seconds = time.perf_counter() - began
    return Line(title, seconds, city.seconds, "s", 1.0, "the city itself, written")


async def _asked(running: Running, target: Target, city: Filled) -> None:
    """Ask each service what the reports ask of it, and for people counted once."""
    once = {
        "figure": ONCE.figure,
        "period": str(ONCE.period),
        "by": ["sex", "ageGroup", "district"],
    }
    url = f"{running.urls['participants'].rstrip('/')}/participants/v1/figure-queries"
    headers = {"Authorization": f"Bearer {target.token}"}
    async with httpx2.AsyncClient(headers=headers, trust_env=False, timeout=_TIMEOUT) as client:
        for basis in city.bases.values():
            for report in REPORTS:
                await slowest(client, running.urls, report, basis)
            body = {"basis": rfc3339(basis), "queries": [once]}
            (await client.post(url, json=body)).raise_for_status()


async def _left(database: Database) -> int:
    """Return how many standing questions are not yet kept back to the first fact."""
    async with database.read() as session:
        left: int = await (await driver(session)).fetchval(
            "select count(*) from standing_question "
            "where not reaches_back and looked_at is distinct from 'infinity'"
        )
    return left


async def _counts(database: Database) -> tuple[int, int]:
    async with database.read() as session:
        row = await (await driver(session)).fetchrow(
            "select (select count(*) from standing_question) as questions, "
            "(select count(*) from standing_answer) as answers"
        )
    return (0, 0) if row is None else (row["questions"], row["answers"])
