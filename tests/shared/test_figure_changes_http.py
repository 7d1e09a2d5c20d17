from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from shared.basis import wait_until_settled
from shared.clock import rfc3339, utcnow
from shared.db import driver
from shared.figures import figures_router
from shared.journal import Cause
from tests.moves import PARTS
from tests.shared.counting import FIGURES, change, create, metadata, some_stay
from tests.shared.test_figures_http import _app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Database
    from tests.conftest import Calling, ScratchDatabase
    from tests.servers import DatabaseUrls
    from tests.shared.counting import Stay
    from tests.tokens import Issuer

PATH = "/figure-changes"
ENTRIES = {"figure": "entries", "period": "2024", "by": ["sex"]}


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
async def calls(
    made: tuple[Database, DatabaseUrls], issuer: Issuer, calling: Calling
) -> AsyncIterator[httpx2.AsyncClient]:
    app = _app(made[1], issuer, figures_router(FIGURES, restricted_by="place"))
    headers = issuer.headers("figures:read", audience=("sample",))
    async with calling(app, headers=headers) as client:
        client.base_url = httpx2.URL("http://test/sample/v1")
        yield client


async def _told(db: Database, *stays: Stay, cause: Cause | None = None) -> str:
    """Record stays, or change them where a cause is given; return a basis with them."""
    async with db.begin() as session:
        conn = await driver(session)
        if cause is None:
            await create(conn, "h", list(stays))
        else:
            await change(conn, list(stays), cause=cause)
    return rfc3339(await wait_until_settled(db))


def _parts(**moved: int | str) -> dict[str, int | str]:
    nothing = "0.00" if any(isinstance(each, str) for each in moved.values()) else 0
    return dict.fromkeys(PARTS, nothing) | moved


async def test_changes_tell_before_after_and_why(
    calls: httpx2.AsyncClient, made: tuple[Database, DatabaseUrls]
) -> None:
    woman, man = some_stay(sex="women"), some_stay(sex="men")
    since = await _told(made[0], woman, man)
    await _told(made[0], replace(man, retracted=True), cause=Cause.RETRACTION)
    basis = await _told(made[0], some_stay(sex="women", cost=250))
    cost = {"figure": "cost", "period": "2024"}
    body = {"since": since, "basis": basis, "queries": [ENTRIES, cost]}
    answered = await calls.post(PATH, json=body)
    assert answered.status_code == 200, answered.text
    told = answered.json()
    assert (told["since"], told["basis"]) == (since, basis)
    entries, spent = told["items"]
    asked = {"basis": basis, "queries": [ENTRIES]}
    figure = (await calls.post("/figure-queries", json=asked)).json()["answers"][0]
    repeated = set(figure) - {"rows", "total", "breaks", "countingRules", "source"}
    assert {name: entries[name] for name in repeated} == {name: figure[name] for name in repeated}
    assert set(entries) == repeated | {"total", "cells"}
    assert entries["cells"] == [
        {
            "sex": "men",
            "before": 1,
            "after": 0,
            "difference": -1,
            "parts": _parts(retractions=-1),
        },
        {"sex": "women", "before": 1, "after": 2, "difference": 1, "parts": _parts(lateFacts=1)},
    ]
    assert entries["total"] == {
        "before": 2,
        "after": 2,
        "difference": 0,
        "parts": _parts(lateFacts=1, retractions=-1),
    }
    assert spent["total"] == {
        "before": "2.00",
        "after": "3.50",
        "difference": "1.50",
        "parts": _parts(lateFacts="2.50", retractions="-1.00"),
    }
    assert (await calls.post(PATH, json=body)).content == answered.content


async def test_the_newest_basis_is_taken_when_none_is_given(
    calls: httpx2.AsyncClient, made: tuple[Database, DatabaseUrls]
) -> None:
    since = await _told(made[0], some_stay())
    await _told(made[0], some_stay())
    told = (await calls.post(PATH, json={"since": since, "queries": [ENTRIES]})).json()
    assert told["basis"] > since
    assert told["items"][0]["total"]["difference"] == 1


async def test_cells_named_one_by_one_stand_at_zero(
    calls: httpx2.AsyncClient, made: tuple[Database, DatabaseUrls]
) -> None:
    since = await _told(made[0], some_stay(sex="women"))
    named = {**ENTRIES, "where": {"sex": ["men", "women"]}}
    told = (await calls.post(PATH, json={"since": since, "queries": [named]})).json()
    men, women = told["items"][0]["cells"]
    assert (men["sex"], men["before"], men["after"], men["parts"]) == ("men", 0, 0, _parts())
    assert (women["before"], women["difference"]) == (1, 0)


async def test_a_basis_to_start_from_that_is_not_earlier_is_refused(
    calls: httpx2.AsyncClient, made: tuple[Database, DatabaseUrls]
) -> None:
    early = await _told(made[0], some_stay())
    late = await _told(made[0], some_stay())
    for since, basis in ((late, early), (early, early)):
        body = {"since": since, "basis": basis, "queries": [ENTRIES]}
        refused = await calls.post(PATH, json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "not_earlier")
        (entry,) = refused.json()["invalid-parameters"]
        assert (entry["property"], entry["code"]) == ("since", "not_earlier")
    tomorrow = rfc3339(utcnow() + timedelta(days=1))
    body = {"since": early, "basis": tomorrow, "queries": [ENTRIES]}
    assert (await calls.post(PATH, json=body)).json()["code"] == "basis_not_settled"


async def test_a_question_that_cannot_be_answered_is_named(
    calls: httpx2.AsyncClient, made: tuple[Database, DatabaseUrls]
) -> None:
    since = await _told(made[0], some_stay())
    queries: list[dict[str, Any]] = [ENTRIES, {**ENTRIES, "by": ["age"]}]
    refused = await calls.post(PATH, json={"since": since, "queries": queries})
    assert refused.status_code == 422
    assert (refused.json()["code"], refused.json()["query"]) == ("unknown_dimension", 1)
    assert (await calls.post(PATH, json={"since": since, "queries": []})).status_code == 422
    assert (await calls.post(PATH, json={"queries": [ENTRIES]})).status_code == 422


async def test_who_sees_some_units_is_told_of_those(
    made: tuple[Database, DatabaseUrls], issuer: Issuer, calling: Calling
) -> None:
    since = await _told(made[0], some_stay(place="north"))
    await _told(made[0], some_stay(place="north"), some_stay(place="south"))
    app = _app(made[1], issuer, figures_router(FIGURES, restricted_by="place"))
    body = {"since": since, "queries": [ENTRIES]}
    for scopes, units, status in (
        (("figures:read",), ("north",), 200),
        (("figures:read",), (), 403),
        ((), ("*",), 403),
    ):
        headers = issuer.headers(*scopes, audience=("sample",), units=units)
        async with calling(app, headers=headers) as client:
            got = await client.post(f"http://test/sample/v1{PATH}", json=body)
            assert got.status_code == status, got.text
            if status == 200:
                (item,) = got.json()["items"]
                assert (item["total"]["before"], item["total"]["after"]) == (1, 2)
                assert "restricted" in {note["kind"] for note in item["notes"]}
