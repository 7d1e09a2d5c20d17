"""What tests of budget share: a service's database with ways to push to it and to call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from shared.db import driver
from tests.budget.books import open_books
from tests.budget.calling import Clerk, clerk_of
from tests.budget.pushing import Pushing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Database
    from tests.conftest import Calling
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer


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
