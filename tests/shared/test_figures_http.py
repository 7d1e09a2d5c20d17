from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from shared.app import ServiceApp, ServiceSpec, build_app
from shared.basis import wait_until_settled
from shared.clock import rfc3339
from shared.db import driver
from shared.figures import (
    Figures,
    Query,
    answer,
    figures_router,
)
from shared.journal import take_snapshot
from shared.periods import Period
from tests.shared.counting import FIGURES, JOURNAL, Stay, create, metadata, now, some_stay
from tests.shared.sample import sample_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Database
    from shared.routing import ServiceRouter
    from tests.conftest import Calling, ScratchDatabase
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
YEAR = Period.parse("2024")
BASE = FIGURES.named("entries")


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
def db(made: tuple[Database, DatabaseUrls]) -> Database:
    return made[0]


async def _record(db: Database, *stays: Stay) -> None:
    async with db.begin() as session:
        await create(await driver(session), "h", list(stays))


async def _answered(db: Database, query: Query, figures: Figures = FIGURES) -> dict[str, Any]:
    async with db.read() as session:
        return await answer(await driver(session), figures, query)


SPEC = ServiceSpec(
    name="sample",
    title="Räkning",
    description="Siffror och inget annat. / Figures and nothing else.",
    version="1.0.0",
    released=date(2026, 11, 22),
)


def _app(urls: DatabaseUrls, issuer: Issuer, router: ServiceRouter) -> ServiceApp:
    return build_app(SPEC, sample_settings(urls, issuer), [router], schema_head=None)


@pytest.fixture
async def calls(
    made: tuple[Database, DatabaseUrls], issuer: Issuer, calling: Calling
) -> AsyncIterator[httpx2.AsyncClient]:
    app = _app(made[1], issuer, figures_router(FIGURES, restricted_by="place"))
    headers = issuer.headers("figures:read", "figures:rows", audience=("sample",))
    async with calling(app, headers=headers) as client:
        client.base_url = httpx2.URL("http://test/sample/v1")
        yield client


async def test_get_basis_is_settled(calls: httpx2.AsyncClient, db: Database) -> None:
    at = await now(db)
    got = datetime.fromisoformat((await calls.get("/basis")).json()["settledAt"])
    assert at - timedelta(seconds=1) < got < at + timedelta(seconds=1)


async def test_get_figures_lists_definitions(calls: httpx2.AsyncClient) -> None:
    figures = (await calls.get("/figures")).json()["figures"]
    assert [each["name"] for each in figures] == sorted(each.name for each in FIGURES)
    entries = next(each for each in figures if each["name"] == "entries")
    sex = {"name": "sex", "codes": ["men", "unknown", "women"], "scope": None}
    assert entries["dimensions"][1] == sex
    assert {each["kind"] for each in figures} == {
        "flow",
        "stock",
        "distinct",
        "distinct-stock",
        "distinct-during",
    }


async def test_get_figure_answers_what_compute_says(
    calls: httpx2.AsyncClient, db: Database
) -> None:
    await _record(db, some_stay(sex="women"), some_stay(sex="men"), some_stay(place="south"))
    basis = rfc3339(await wait_until_settled(db))
    asked = {"period": "2024", "basis": basis, "by": "sex,place", "sex": ["women", "men"]}
    got = (await calls.get("/figures/entries", params=asked)).json()
    query = Query(
        "entries",
        YEAR,
        datetime.fromisoformat(basis),
        ("sex", "place"),
        {"sex": ("women", "men")},
    )
    assert got == await _answered(db, query)
    repeated = [("by", "sex"), ("by", "place"), ("period", "2024"), ("basis", basis)]
    again = await calls.get(
        "/figures/entries", params=[*repeated, ("sex", "women"), ("sex", "men")]
    )
    assert again.json() == got
    assert again.headers["ETag"]
    unchanged = await calls.get(
        "/figures/entries", params=asked, headers={"If-None-Match": again.headers["ETag"]}
    )
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_post_figure_queries_answers_as_one_by_one(
    calls: httpx2.AsyncClient, db: Database
) -> None:
    await _record(db, some_stay(sex="women"), some_stay(sex="men", days=300))
    basis = rfc3339(await wait_until_settled(db))
    queries: list[dict[str, Any]] = [
        {"figure": "entries", "period": "2024", "by": ["sex"]},
        {"figure": "present", "period": "2024-09-15", "where": {"sex": ["men"]}},
        {"figure": "persons-during", "period": "2024-T2"},
    ]
    batch = await calls.post("/figure-queries", json={"basis": basis, "queries": queries})
    assert batch.json()["basis"] == basis
    for query, got in zip(queries, batch.json()["answers"], strict=True):
        asked = {"period": query["period"], "basis": basis, "by": query.get("by", [])}
        asked |= query.get("where", {})
        one = await calls.get(f"/figures/{query['figure']}", params=asked)
        assert one.json() == got
    unasked = await calls.post("/figure-queries", json={"queries": queries})
    assert unasked.json()["basis"] >= basis


async def test_question_that_wants_no_values_is_told_the_rest(
    calls: httpx2.AsyncClient, db: Database
) -> None:
    await _record(db, some_stay(sex="women"), some_stay(sex="men", days=300))
    basis = rfc3339(await wait_until_settled(db))
    asked: dict[str, Any] = {"figure": "entries", "period": "2024", "by": ["sex"]}
    body = {"basis": basis, "queries": [asked, asked | {"counted": False}]}
    whole, rest = (await calls.post("/figure-queries", json=body)).json()["answers"]
    assert whole["rows"]
    assert rest == whole | {"rows": [], "total": None}


async def test_answers_are_the_same_bytes_although_much_was_recorded_since(
    calls: httpx2.AsyncClient, db: Database
) -> None:
    await _record(db, *(some_stay(days=n) for n in range(20)))
    await wait_until_settled(db)
    names = [definition.name for definition in FIGURES]
    body: dict[str, Any] = {
        "queries": [{"figure": name, "period": "2024", "by": ["sex"]} for name in names]
    }
    async with db.begin() as session:
        slow = await driver(session)
        await create(slow, "h", [some_stay(sex="men", days=300)])
        before = await calls.post("/figure-queries", json=body)
        body["basis"] = before.json()["basis"]
        await _record(db, *(some_stay(sex="men", days=n % 300) for n in range(2_500)))
    await _snapshot_when_settled(db)
    after = await calls.post("/figure-queries", json=body)
    assert after.content == before.content
    assert after.headers["ETag"] == before.headers["ETag"]
    del body["basis"]
    assert (await calls.post("/figure-queries", json=body)).json()["answers"][0]["total"] != (
        before.json()["answers"][0]["total"]
    )


async def _snapshot_when_settled(db: Database) -> None:
    await wait_until_settled(db)
    async with db.begin() as session:
        assert await take_snapshot(await driver(session), JOURNAL) is not None


async def test_basis_that_is_not_settled_is_refused(
    calls: httpx2.AsyncClient, db: Database
) -> None:
    async with db.begin() as session:
        started: datetime = await (await driver(session)).fetchval("select now()")
        asked = {"period": "2024", "basis": rfc3339(started)}
        got = await calls.get("/figures/entries", params=asked)
    assert (got.status_code, got.json()["code"]) == (409, "basis_not_settled")
    assert got.headers["Retry-After"] == "1"
    assert got.json()["settledAt"] < rfc3339(started)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/figures/nothing?period=2024", 404, "unknown_figure"),
        ("/figures/entries?period=2024-13", 422, "not_a_period"),
        ("/figures/entries?period=2024&by=age", 422, "unknown_dimension"),
        ("/figures/entries?period=2024&age=1", 422, "unknown_dimension"),
        ("/figures/entries?period=2024&sex=woman", 422, "unknown_code"),
        ("/figures/entries?period=2024&plus=cost", 422, "mixed_units"),
        ("/figures/entries?period=2024&basis=2024-01-01", 422, None),
        ("/figures/entries", 422, None),
    ],
)
async def test_question_that_means_nothing_is_refused_over_http(
    calls: httpx2.AsyncClient, path: str, status: int, code: str | None
) -> None:
    got = await calls.get(path)
    assert got.status_code == status
    assert code is None or got.json()["code"] == code


async def test_batch_names_the_question_that_cannot_be_answered(
    calls: httpx2.AsyncClient,
) -> None:
    queries = [{"figure": "entries", "period": "2024"}, {"figure": "nothing", "period": "2024"}]
    got = await calls.post("/figure-queries", json={"queries": queries})
    assert (got.status_code, got.json()["code"], got.json()["query"]) == (404, "unknown_figure", 1)


async def test_rows_behind_a_figure_add_up_to_it_and_name_no_person(
    calls: httpx2.AsyncClient, db: Database
) -> None:
    stays = [some_stay(cost=n, sex=("women", "men")[n % 2]) for n in range(1, 31)]
    await _record(db, *stays)
    basis = rfc3339(await wait_until_settled(db))
    asked = {"period": "2024", "basis": basis, "sex": "men", "limit": "4"}
    total = (await calls.get("/figures/entries", params={**asked, "limit": []})).json()["total"]
    rows: list[dict[str, Any]] = []
    for page in range(1, 6):
        got = (await calls.get("/figures/entries/rows", params={**asked, "page": str(page)})).json()
        assert got["_meta"]["totalRecords"] == 15
        rows += got["items"]
    assert sum(row["amount"] for row in rows) == total == 15
    assert {row["recordId"] for row in rows} == {str(s.id) for s in stays if s.sex == "men"}
    assert {row["recordKind"] for row in rows} == {"stay"}
    assert all(str(stay.person) not in json.dumps(rows) for stay in stays)
    assert set(rows[0]) == {
        "recordKind",
        "recordId",
        "amount",
        "happenedOn",
        "recordedAt",
        "reason",
        "breakdown",
    }


async def test_caller_of_some_units_gets_those_and_is_told(
    calls: httpx2.AsyncClient, db: Database, issuer: Issuer
) -> None:
    await _record(db, some_stay(place="north"), some_stay(place="south"), some_stay(place=""))
    await wait_until_settled(db)
    north = issuer.headers("figures:read", "figures:rows", audience=("sample",), units=("north",))
    got = (await calls.get("/figures/entries?period=2024", headers=north)).json()
    assert (got["total"], [note["kind"] for note in got["notes"]]) == (1, ["restricted"])
    assert (await calls.get("/figures/entries?period=2024")).json()["total"] == 3
    for path in ("/figures/entries", "/figures/entries/rows"):
        refused = await calls.get(f"{path}?period=2024&place=south", headers=north)
        assert refused.status_code == 403
    rows = (await calls.get("/figures/entries/rows?period=2024", headers=north)).json()
    assert [row["breakdown"]["place"] for row in rows["items"]] == ["north"]
    nobody = issuer.headers("figures:read", audience=("sample",), units=())
    refused = await calls.get("/figures/entries?period=2024", headers=nobody)
    assert refused.status_code == 403


async def test_rows_of_what_belongs_to_no_unit_need_all_units(
    made: tuple[Database, DatabaseUrls], issuer: Issuer, calling: Calling
) -> None:
    everywhere = Figures((replace(BASE, dimensions=("sex",)),))
    app = _app(made[1], issuer, figures_router(everywhere))
    for units, status in ((("north",), 403), (("*",), 200)):
        scopes = ("figures:read", "figures:rows")
        headers = issuer.headers(*scopes, audience=("sample",), units=units)
        async with calling(app, headers=headers) as client:
            figure = "http://test/sample/v1/figures/entries"
            assert (await client.get(f"{figure}?period=2024")).status_code == 200
            assert (await client.get(f"{figure}/rows?period=2024")).status_code == status


async def test_rows_need_their_own_scope(calls: httpx2.AsyncClient, issuer: Issuer) -> None:
    reading = issuer.headers("figures:read", audience=("sample",))
    assert (await calls.get("/figures/entries?period=2024", headers=reading)).status_code == 200
    refused = await calls.get("/figures/entries/rows?period=2024", headers=reading)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
