"""A small service that uses every mechanism of the web layer, for its tests."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
from fastapi import Path
from pydantic import Field
from pydantic_settings import SettingsConfigDict
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, UniqueConstraint
from starlette.requests import Request
from starlette.responses import Response

from shared import access_log, idempotency
from shared.app import ServiceApp, ServiceSpec, build_app
from shared.db import driver
from shared.errors import Conflict, NotFound
from shared.models import ApiModel, LocalDate
from shared.money import Kronor
from shared.routing import (
    AccessedDep,
    CallerDep,
    IfMatch,
    Opening,
    Page,
    Paging,
    Reading,
    ServiceRouter,
    Transaction,
    answered,
    created,
    kept_bytes,
)
from shared.schema import service_metadata, uuid_pk
from shared.settings import ServiceSettings
from shared.unit import require_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

REPORT = b'{"rows":[1,2,3]}'


class SampleSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SAMPLE_")
    service: ClassVar[str] = "sample"


class DeferredNameTaken(Conflict):
    code = "deferred_name_taken"
    title = "The name is taken, which shows at the commit"


class ThingNotFound(NotFound):
    code = "thing_not_found"
    title = "There is no such thing"


class ThingIn(ApiModel):
    name: str = Field(examples=["lådan"], min_length=1, max_length=100)
    opened_on: LocalDate | None = None
    price: Kronor | None = None


class ThingOut(ApiModel):
    id: UUID
    name: str = Field(examples=["lådan"])
    version: int


@cache
def sample_metadata() -> MetaData:
    metadata = service_metadata()
    access_log.define_tables(metadata)
    idempotency.define_tables(metadata)
    Table(
        "thing",
        metadata,
        uuid_pk(),
        Column("name", Text, nullable=False),
        Column("unit", Text, nullable=True),
        Column("version", Integer, nullable=False, server_default="1"),
        Column("made", BigInteger, nullable=False, server_default="0"),
        UniqueConstraint("name", deferrable=True, initially="DEFERRED", name="thing_name_key"),
    )
    return metadata


SPEC = ServiceSpec(
    name="sample",
    title="Prov",
    description="Ett prov för tester och inget annat. / A sample for the tests.",
    version="1.2.3",
    released=date(2026, 11, 22),
    constraint_errors={"thing_name_key": DeferredNameTaken},
)


def things_router() -> ServiceRouter:
    router = ServiceRouter(prefix="/things", tag="things")
    _all_things(router)
    _one_thing(router)
    return router


def _all_things(router: ServiceRouter) -> None:
    @router.get("", scope="sample:read")
    async def list_things(paging: Paging, session: Reading) -> Page[ThingOut]:
        """List things.

        All of them, by name.
        """
        conn = await driver(session)
        total = await conn.fetchval("select count(*) from thing")
        rows = await conn.fetch(
            "select id, name, version from thing order by name limit $1 offset $2",
            paging.limit,
            paging.offset,
        )
        return Page.of([ThingOut(**row) for row in rows], total=total, paging=paging)

    @router.post("", scope="sample:write", status_code=201, answers=ThingOut, idempotent=True)
    async def create_thing(
        body: ThingIn, session: Transaction, accessed: AccessedDep, request: Request
    ) -> Response:
        """Make a thing.

        Its name must be free.
        """
        conn = await driver(session)
        row = await conn.fetchrow(
            "insert into thing (name) values ($1) returning id, name, version", body.name
        )
        assert row is not None
        if "touched" in request.query_params:
            accessed(row["id"], purpose="made")
        return created(ThingOut(**row), location=f"/things/{row['id']}", version=1)


def _one_thing(router: ServiceRouter) -> None:
    @router.get("/{thingId}", scope="sample:read", answers=ThingOut)
    async def read_thing(
        thing_id: Annotated[UUID, Path(alias="thingId")],
        session: Reading,
        accessed: AccessedDep,
    ) -> Response:
        """Read a thing.

        Somebody is logged as having seen it.
        """
        conn = await driver(session)
        row = await conn.fetchrow("select id, name, version from thing where id = $1", thing_id)
        if row is None:
            raise ThingNotFound
        accessed(thing_id)
        return answered(ThingOut(**row), version=row["version"])

    @router.patch("/{thingId}", scope="sample:write", answers=ThingOut)
    async def rename_thing(
        thing_id: Annotated[UUID, Path(alias="thingId")],
        body: ThingIn,
        session: Transaction,
        version: IfMatch,
    ) -> Response:
        """Rename a thing.

        Needs the version that was read.
        """
        conn = await driver(session)
        present = await conn.fetchval(
            "select version from thing where id = $1 for update", thing_id
        )
        if present is None:
            raise ThingNotFound
        require_version(version, present)
        row = await conn.fetchrow(
            "update thing set name = $2, version = version + 1 where id = $1"
            " returning id, name, version",
            thing_id,
            body.name,
        )
        assert row is not None
        return answered(ThingOut(**row), version=row["version"])


def odd_router() -> ServiceRouter:
    """Routes that misbehave on purpose."""
    router = ServiceRouter(prefix="/oddities", tag="oddities")
    _slow_routes(router)
    _failing_routes(router)
    return router


def _slow_routes(router: ServiceRouter) -> None:
    @router.get("/nothing", scope="sample:read")
    async def read_nothing(caller: CallerDep) -> ThingOut:
        """Read without touching the database.

        Only the token is looked at.
        """
        return ThingOut(id=UUID(int=1), name=caller.subject, version=1)

    @router.get("/slow", scope="sample:read")
    async def read_slowly(session: Reading) -> ThingOut:
        """Read slowly.

        Holds a connection for a minute.
        """
        conn = await driver(session)
        await conn.execute("select pg_sleep(60)")
        raise AssertionError

    @router.post("/slow-writes", scope="sample:write", idempotent=True)
    async def write_slowly(session: Transaction, request: Request) -> ThingOut:
        """Write slowly.

        Waits until the test lets it go.
        """
        conn = await driver(session)
        row = await conn.fetchrow("insert into thing (name) values ('slow') returning *")
        assert row is not None
        request.app.state.reached.set()
        await request.app.state.let_go.wait()
        return ThingOut(id=row["id"], name=row["name"], version=1)

    @router.post("/late-writes", scope="sample:write", idempotent=True)
    async def write_late(opening: Opening, request: Request) -> ThingOut:
        """Write late.

        Asks somebody else first, who answers when the test lets them.
        """
        request.app.state.asking += 1
        await request.app.state.let_go.wait()
        conn = await driver(await opening())
        row = await conn.fetchrow(
            "insert into thing (name) values (gen_random_uuid()::text) returning *"
        )
        assert row is not None
        return ThingOut(id=row["id"], name=row["name"], version=1)

    @router.post("/forgetful-writes", scope="sample:write", idempotent=True)
    async def forget_to_write(_opening: Opening) -> ThingOut:
        """Answer without ever opening the transaction that the key is claimed in."""
        return ThingOut(id=uuid4(), name="x", version=1)


def _failing_routes(router: ServiceRouter) -> None:
    @router.get("/failures", scope="sample:read")
    async def fail_unexpectedly(session: Reading) -> ThingOut:
        """Fail with something nobody thought of.

        The message quotes a person.
        """
        await (await driver(session)).execute("select 1")
        raise RuntimeError("no place for 20200101-2384 here")

    @router.get("/database-failures/{sqlstate}", scope="sample:read")
    async def fail_in_database(sqlstate: str, session: Transaction) -> ThingOut:
        """Fail in the database.

        With the SQLSTATE that is asked for.
        """
        conn = await driver(session)
        await conn.execute(
            f"do $$ begin raise exception 'of 20200101-2384' using errcode = '{sqlstate}'; end $$"
        )
        raise AssertionError

    @router.post("/refusals", scope="sample:write", status_code=201)
    async def answer_with_error(session: Transaction) -> Response:
        """Write something and answer with an error.

        Nothing may be kept.
        """
        await (await driver(session)).execute("insert into thing (name) values ('refused')")
        return Response(status_code=409)

    @router.get("/reports", scope="sample:read", answers=ThingOut)
    async def read_report(request: Request) -> Response:
        """Read kept bytes.

        They never change under their tag.
        """
        return kept_bytes(request, REPORT, tag="basis-1")


def sample_settings(urls: DatabaseUrls, issuer: Issuer, **more: object) -> SampleSettings:
    values = {
        "database_url": urls.app,
        "redis_url": "redis://127.0.0.1:1/0",
        "auth_issuer": issuer.name,
        "auth_jwks_url": issuer.jwks_url,
    }
    return SampleSettings.model_validate({**values, **more})


def sample_app(
    urls: DatabaseUrls,
    issuer: Issuer,
    **more: object,
) -> ServiceApp:
    app = build_app(
        SPEC,
        sample_settings(urls, issuer, **more),
        [things_router(), odd_router()],
        schema_head=None,
    )
    app.state.let_go = asyncio.Event()
    app.state.asking = 0
    app.state.reached = asyncio.Event()
    return app


async def owner(urls: DatabaseUrls) -> asyncpg.Connection[Any]:
    """A connection as the owner of the tables, who may do anything to them."""
    return await asyncpg.connect(urls.owner)


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Poll a condition (plain or async) with a deadline."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError("the condition never held")
        await asyncio.sleep(0.01)
