"""A running sample service for the tests of the web layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.shared.sample import sample_app, sample_metadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.app import ServiceApp
    from shared.db import Database
    from tests.conftest import Calling, ScratchDatabase
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

ROOT = "/sample/v1"


@dataclass
class Sample:
    """The sample service with a client whose token may do everything."""

    app: ServiceApp
    calls: httpx2.AsyncClient
    db: Database
    urls: DatabaseUrls
    issuer: Issuer


@pytest.fixture
async def sample(
    scratch_database: ScratchDatabase, issuer: Issuer, calling: Calling
) -> AsyncIterator[Sample]:
    db, urls = await scratch_database(sample_metadata())
    app = sample_app(urls, issuer)
    headers = issuer.headers("sample:read", "sample:write", audience=("sample",))
    async with calling(app, headers=headers) as calls:
        calls.base_url = f"http://test{ROOT}"
        yield Sample(app, calls, db, urls, issuer)
