"""What tests of budget share: a service's database with ways to push to it and to call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
