"""What tests of budget share: a service's database with ways to push to it and to call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from shared.db import Database, driver
from tests.budget.books import open_books
from tests.budget.calling import Clerk, clerk_of
from tests.budget.funding import open_funded
from tests.budget.pushing import Pushing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conftest import Calling, NewDatabase
    from tests.servers import DatabaseUrls, Servers
    from tests.tokens import Issuer

_FUNDED: list[DatabaseUrls] = []
"""Where `open_funded` was done, once by this process, to be copied."""


@pytest.fixture
def pushing(budget_db: Database) -> Pushing:
    return Pushing(budget_db)


@pytest.fixture
async def clerk(
    budget_db: Database, budget_urls: DatabaseUrls, issuer: Issuer, calling: Calling
) -> AsyncIterator[Clerk]:
    async with clerk_of(budget_db, budget_urls, issuer, calling) as somebody:
        yield somebody


@pytest.fixture
async def funded_urls(
    servers: Servers, new_database: NewDatabase, issuer: Issuer, calling: Calling
) -> DatabaseUrls:
    """A database with `tests.budget.funding.project_five`: the rules, the year, the project."""
    if not _FUNDED:
        urls = await servers.create(service="budget")
        database = Database(urls.app, application_name="test")
        async with clerk_of(database, urls, issuer, calling) as somebody:
            await open_funded(somebody)
        await database.close()
        _FUNDED.append(urls)
    return await new_database(like=_FUNDED[0])


@pytest.fixture
async def books(budget_db: Database) -> Database:
    async with budget_db.begin() as session:
        await open_books(await driver(session))
    return budget_db


@pytest.fixture
async def attacker(books: Database) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A connection as the service's own role, without any of our code in between."""
    connection = await books.connect()
    yield connection
    await connection.close()


@pytest.fixture
async def owner(
    books: Database, budget_urls: DatabaseUrls
) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A connection as the owner of the tables."""
    connection = await asyncpg.connect(budget_urls.owner)
    yield connection
    await connection.close()
