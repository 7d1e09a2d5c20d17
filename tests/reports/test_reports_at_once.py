"""Many people make and refresh reports at once, with fewer connections than people."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from services.reports.main import create_app
from shared.basis import wait_until_settled
from shared.db import driver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2

    from services.reports.settings import ReportsSettings
    from shared.db import Database
    from tests.conftest import Calling
    from tests.tokens import Issuer

PATH = "/reports/v1/committee-reports"
MANY = 16
CONNECTIONS = 2


@pytest.fixture
async def client(
    calling: Calling, settings: ReportsSettings, issuer: Issuer
) -> AsyncIterator[httpx2.AsyncClient]:
    scarce = settings.model_copy(update={"pool_size": CONNECTIONS})
    headers = issuer.headers("reports:committee", "reports:write", "figures:read", "budget:read")
    async with calling(create_app(scarce), headers=headers) as client:
        yield client


@pytest.fixture
async def question(reports_db: Database) -> dict[str, str]:
    basis = await wait_until_settled(reports_db)
    return {"template": "tertialrapport", "period": "2020-T2", "basis": basis.isoformat()}


async def kept(db: Database) -> int:
    async with db.read() as session:
        found = await (await driver(session)).fetchval("select count(*) from committee_report")
        return int(found)


async def made(client: httpx2.AsyncClient, question: dict[str, str], key: str) -> httpx2.Response:
    return await client.post(PATH, json=question, headers={"Idempotency-Key": key})


async def test_more_reports_than_connections_are_made_at_once(
    client: httpx2.AsyncClient, question: dict[str, str], reports_db: Database
) -> None:
    answers = await asyncio.gather(
        *(made(client, question, f"many-{number}") for number in range(MANY))
    )
    assert Counter(answer.status_code for answer in answers) == {201: MANY}
    assert await kept(reports_db) == MANY


async def test_a_report_sent_many_times_at_once_is_made_once(
    client: httpx2.AsyncClient, question: dict[str, str], reports_db: Database
) -> None:
    answers = await asyncio.gather(*(made(client, question, "same") for _ in range(MANY)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({(answer.content, answer.headers["Location"]) for answer in answers}) == 1
    assert await kept(reports_db) == 1
    later = await made(client, question, "same")
    assert later.headers["Idempotent-Replayed"] == "true"
    assert later.content == answers[0].content


async def test_of_refreshments_of_one_version_at_once_one_is_done(
    client: httpx2.AsyncClient, question: dict[str, str]
) -> None:
    draft: dict[str, Any] = (await made(client, question, "one")).json()
    sent = (
        client.post(
            f"{PATH}/{draft['id']}/refreshments",
            json={"basis": question["basis"]},
            headers={"If-Match": '"v1"'},
        )
        for _ in range(MANY)
    )
    answers = await asyncio.gather(*sent)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: MANY - 1}
    now = (await client.get(f"{PATH}/{draft['id']}")).json()
    assert (now["version"], now["contentNumber"]) == (2, 2)
