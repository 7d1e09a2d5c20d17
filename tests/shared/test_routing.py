"""The unit of work of a request, its order, and the rules a route must keep."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx2
import pytest
from fastapi import APIRouter, Depends, FastAPI

from shared.auth import Caller
from shared.db import WriteSession, driver
from shared.errors import Unauthenticated
from shared.routing import (
    CallerDep,
    Opening,
    Reading,
    RouteUndeclared,
    ServiceRouter,
    Transaction,
)
from tests.shared.sample import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.shared.conftest import Sample


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


async def test_create_commits_before_the_answer(sample: Sample) -> None:
    answer = await sample.calls.post("/things", json={"name": "a"}, headers=key())
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/sample/v1/things/{answer.json()['id']}"
    assert answer.headers["etag"] == '"v1"'
    read = await sample.calls.get(answer.headers["location"].removeprefix("/sample/v1"))
    assert read.json() == answer.json()


async def test_commit_that_fails_is_never_a_success(sample: Sample) -> None:
    first = await sample.calls.post("/things", json={"name": "same"}, headers=key())
    second = await sample.calls.post("/things", json={"name": "same"}, headers=key())
    assert first.status_code == 201
    assert second.status_code == 409
    assert second.headers["content-type"] == "application/problem+json"
    assert second.json()["code"] == "deferred_name_taken"
    listed = (await sample.calls.get("/things")).json()
    assert listed["_meta"]["totalRecords"] == 1


async def test_default_yield_dependency_answers_before_the_commit(sample: Sample) -> None:
    """Negative control: FastAPI's own way gives 200 for a row that was never stored."""
    db = sample.db

    async def textbook() -> AsyncIterator[WriteSession]:
        async with db.begin() as session:
            yield session

    app = FastAPI()

    @app.post("/things")
    async def make(session: WriteSession = Depends(textbook)) -> dict[str, bool]:  # noqa: B008, FAST002  textbook's name is local
        conn = await driver(session)
        await conn.execute("insert into thing (name) values ('twice'), ('twice')")
        return {"stored": True}

    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as calls:
        answer = await calls.post("/things")
    assert answer.status_code == 200
    assert answer.json() == {"stored": True}
    async with db.read() as session:
        assert await (await driver(session)).fetchval("select count(*) from thing") == 0


async def test_error_answer_rolls_back(sample: Sample) -> None:
    answer = await sample.calls.post("/oddities/refusals")
    assert answer.status_code == 409
    assert (await sample.calls.get("/things")).json()["items"] == []


async def test_route_without_session_opens_none(sample: Sample) -> None:
    context = sample.app.state.services
    answer = await sample.calls.get("/oddities/nothing")
    assert answer.status_code == 200
    assert context.db.engine.pool.checkedin() == 0, "no connection was ever opened"


async def test_reading_session_cannot_write(sample: Sample) -> None:
    router = ServiceRouter(prefix="/writes", tag="writes")

    @router.get("", scope="sample:read")
    async def write_in_reading(session: Reading) -> None:
        """Write where only reading is allowed."""
        await (await driver(session)).execute("insert into thing (name) values ('x')")

    sample.app.dispatcher.add(router.routes[0])
    answer = await sample.calls.get("/writes")
    assert answer.status_code == 500


@pytest.mark.parametrize("path", ["/oddities/slow", "/oddities/slow-writes"])
async def test_cancelled_requests_give_their_connections_back(sample: Sample, path: str) -> None:
    context = sample.app.state.services
    pool = context.db.engine.pool

    async def busy() -> bool:
        return bool(pool.checkedout())

    for _ in range(40):
        if path.endswith("slow"):
            call = asyncio.create_task(sample.calls.get(path))
        else:
            call = asyncio.create_task(sample.calls.post(path, headers=key()))
        await until(busy)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await until(lambda: pool.checkedout() == 0)
    many = [sample.calls.get("/things") for _ in range(64)]
    assert {answer.status_code for answer in await asyncio.gather(*many)} == {200}
    assert pool.checkedout() == 0


async def test_cancelled_write_keeps_nothing(sample: Sample) -> None:
    call = asyncio.create_task(sample.calls.post("/oddities/slow-writes", headers=key()))
    pool = sample.app.state.services.db.engine.pool
    await until(pool.checkedout)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await until(lambda: pool.checkedout() == 0)
    assert (await sample.calls.get("/things")).json()["items"] == []


async def test_route_class_works_under_fastapis_own_application(sample: Sample) -> None:
    """Our dispatcher is a shortcut: included in a stock application a route keeps its unit."""
    router = ServiceRouter(prefix="/included", tag="included")

    @router.get("", scope="sample:other")
    async def read_included(caller: CallerDep) -> str:
        """Read through an included router."""
        return caller.subject

    stock, wrapped = FastAPI(), APIRouter()
    wrapped.routes.extend(router.routes)
    stock.include_router(wrapped, prefix="/outer")
    stock.state.services = sample.app.state.services
    headers = sample.issuer.headers("sample:other", audience=("sample",))
    transport = httpx2.ASGITransport(app=stock)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as calls:
        assert (await calls.get("/outer/included", headers=headers)).json() == "test-clerk"
        with pytest.raises(Unauthenticated):
            await calls.get("/outer/included")


def declare(*, scope: str | None = None, public: bool = False) -> None:
    async def read_it(session: Reading) -> None:
        """Read it."""

    ServiceRouter(prefix="/a", tag="a").add("GET", "", read_it, scope=scope, public=public)


def test_route_declares_scope_or_public() -> None:
    declare(scope="a:read")
    declare(public=True)
    with pytest.raises(RouteUndeclared, match="must declare scope"):
        declare()
    with pytest.raises(RouteUndeclared, match="must declare scope"):
        declare(scope="a:read", public=True)


def test_route_without_docstring_is_refused() -> None:
    async def read_it(session: Reading) -> None: ...

    with pytest.raises(RouteUndeclared, match="docstring"):
        ServiceRouter(prefix="/a", tag="a").add("GET", "", read_it, scope="a:read")


def test_route_with_both_sessions_is_refused() -> None:
    async def read_it(one: Reading, two: Transaction) -> None:
        """Read it."""

    with pytest.raises(RouteUndeclared, match="both"):
        ServiceRouter(prefix="/a", tag="a").add("GET", "", read_it, scope="a:read")


def test_route_that_opens_twice_is_refused() -> None:
    async def make_it(one: Transaction, two: Opening) -> None:
        """Make it."""

    with pytest.raises(RouteUndeclared, match="Transaction and Opening"):
        ServiceRouter(prefix="/a", tag="a").add("POST", "", make_it, scope="a:write")


def test_idempotent_route_needs_a_transaction() -> None:
    async def make_it() -> None:
        """Make it."""

    with pytest.raises(RouteUndeclared, match="no Transaction"):
        ServiceRouter(prefix="/a", tag="a").add(
            "POST", "", make_it, scope="a:write", idempotent=True
        )


def test_public_route_knows_no_caller() -> None:
    async def read_it(caller: CallerDep) -> None:
        """Read it."""

    with pytest.raises(RouteUndeclared, match="public"):
        ServiceRouter(prefix="/a", tag="a").add("GET", "", read_it, public=True)


def test_caller_covers_its_units_only() -> None:
    one = Caller("x", frozenset(), frozenset({"jobbtorg-unga-kista"}))
    everything = Caller("x", frozenset(), "*")
    assert one.may_see("jobbtorg-unga-kista")
    assert not one.may_see("jobbtorg-unga-jarva")
    assert not one.may_see(None)
    assert everything.may_see(None)
    assert one.unit_filter() == ["jobbtorg-unga-kista"]
    assert everything.unit_filter() is None
