"""What every test stands on: one real PostgreSQL and Valkey, a fresh database a test.

The servers are started once by the run itself (by the controller when tests run in
parallel) and are gone afterwards. A service's database is migrated once into a template
and cloned for each test that asks for it: tests see real commits and no leftovers.
"""

from __future__ import annotations

import gc
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import httpx2
import pytest
import redis.asyncio as redis
from typing_extensions import override
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # has no types

from shared.db import Database
from tests.servers import DatabaseUrls, Servers, ServersOfRun, create_tables
from tests.tokens import Issuer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy import MetaData
    from starlette.applications import Starlette
    from xdist.remote import Producer  # type: ignore[import-untyped]  # same

E2E = "tests/e2e"
POOL_SIZE = 24
"""Connections of a test's `Database`: whoever waits for one longer than two seconds fails."""
_SERVERS = pytest.StashKey[ServersOfRun]()


def pytest_configure(config: pytest.Config) -> None:
    """Make a place for the run's servers; parallel workers are told theirs instead."""
    if not hasattr(config, "workerinput"):
        config.stash[_SERVERS] = ServersOfRun()


def pytest_collection_finish() -> None:
    """Leave out of every later garbage collection what is there for good: modules and tests."""
    gc.collect()
    gc.freeze()


class _Node(Protocol):
    config: pytest.Config
    workerinput: dict[str, Any]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: _Node) -> None:
    """Start the servers in the controller and tell each parallel worker their addresses."""
    servers = node.config.stash[_SERVERS].get()
    node.workerinput["servers"] = (servers.admin_url, servers.redis_url)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers with the run."""
    if _SERVERS in config.stash:
        config.stash[_SERVERS].stop()


class OneInstallation(LoadScopeScheduling):  # type: ignore[misc]  # same
    """Spreads tests one by one, but those of tests/e2e together: they share one installation."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        return E2E if nodeid.startswith(f"{E2E}/") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneInstallation:
    """Say how tests are spread; the mark that names a group is lost with pytest 9's node ids."""
    return OneInstallation(config, log)


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    """The run's PostgreSQL and Valkey."""
    told = getattr(request.config, "workerinput", None)
    if told is not None:
        return Servers(*told["servers"])
    return request.config.stash[_SERVERS].get()


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """An issuer of tokens whose keys the services of this run accept."""
    return Issuer.create(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
async def redis_url(servers: Servers) -> AsyncIterator[str]:
    """An empty Valkey database of this worker's own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = f"{servers.redis_url.rsplit('/', 1)[0]}/{int(worker) + 1}"
    client = redis.Redis.from_url(url)
    await client.flushdb()
    yield url
    await client.flushdb()
    await client.aclose()


NewDatabase: TypeAlias = "Callable[..., Awaitable[DatabaseUrls]]"


@pytest.fixture
async def new_database(servers: Servers) -> AsyncIterator[NewDatabase]:
    """A function that creates a database (a service's, a copy, an empty one) for this test."""
    made: list[DatabaseUrls] = []

    async def create(
        service: str | None = None, *, like: DatabaseUrls | None = None
    ) -> DatabaseUrls:
        urls = await servers.create(service=service, like=like)
        made.append(urls)
        return urls

    yield create
    for urls in made:
        await servers.drop(urls)


OpenDatabase: TypeAlias = "Callable[[DatabaseUrls], Database]"


@pytest.fixture
async def open_database() -> AsyncIterator[OpenDatabase]:
    """A function that opens a `Database` as the service's role and closes it with the test."""
    opened: list[Database] = []

    def open_(urls: DatabaseUrls) -> Database:
        opened.append(Database(urls.app, application_name="test", pool_size=POOL_SIZE))
        return opened[-1]

    yield open_
    for database in opened:
        await database.close()


_COPIED: dict[tuple[int, tuple[str, ...]], tuple[MetaData, DatabaseUrls]] = {}
"""Each metadata's tables (and further statements), made once by this process, to be copied."""

ScratchDatabase: TypeAlias = "Callable[..., Awaitable[tuple[Database, DatabaseUrls]]]"


@pytest.fixture
async def scratch_database(
    servers: Servers, new_database: NewDatabase, open_database: OpenDatabase
) -> ScratchDatabase:
    """A function that makes a database holding just the given tables, for mechanism tests."""

    async def make(
        metadata: MetaData, *, ddl: list[str] | None = None
    ) -> tuple[Database, DatabaseUrls]:
        asked = (id(metadata), tuple(ddl or ()))
        if asked not in _COPIED:
            empty = await servers.create()
            await create_tables(empty, metadata, ddl or [])
            _COPIED[asked] = (metadata, empty)
        urls = await new_database(like=_COPIED[asked][1])
        return open_database(urls), urls

    return make


def _urls_of(service: str) -> Any:  # noqa: ANN401  pytest's own decorator type
    @pytest.fixture(name=f"{service}_urls")
    async def urls(new_database: NewDatabase) -> DatabaseUrls:
        return await new_database(service)

    return urls


participants_urls = _urls_of("participants")
outreach_urls = _urls_of("outreach")
budget_urls = _urls_of("budget")
reports_urls = _urls_of("reports")


@pytest.fixture
def participants_db(participants_urls: DatabaseUrls, open_database: OpenDatabase) -> Database:
    """A fresh participants database, opened as the service's own role."""
    return open_database(participants_urls)


@pytest.fixture
def outreach_db(outreach_urls: DatabaseUrls, open_database: OpenDatabase) -> Database:
    """A fresh outreach database, opened as the service's own role."""
    return open_database(outreach_urls)


@pytest.fixture
def budget_db(budget_urls: DatabaseUrls, open_database: OpenDatabase) -> Database:
    """A fresh budget database, opened as the service's own role."""
    return open_database(budget_urls)


@pytest.fixture
def reports_db(reports_urls: DatabaseUrls, open_database: OpenDatabase) -> Database:
    """A fresh reports database, opened as the service's own role."""
    return open_database(reports_urls)


Calling: TypeAlias = "Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]"


@pytest.fixture
def calling() -> Calling:
    """A function that runs an app's lifespan and gives a client of it, without a socket."""

    @asynccontextmanager
    async def client(
        app: Starlette, *, headers: dict[str, str] | None = None
    ) -> AsyncIterator[httpx2.AsyncClient]:
        async with app.router.lifespan_context(app):
            transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://test", headers=headers
            ) as calls:
                yield calls

    return client
