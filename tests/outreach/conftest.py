from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

import httpx2
import pytest
from pydantic import SecretStr

from services.outreach.main import create_app
from services.outreach.settings import Settings
from shared.db import Database
from tests.outreach.arena import Arena
from tests.servers import DatabaseUrls
from tests.tokens import Issuer

Calling: TypeAlias = "Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]"


@pytest.fixture
def settings(outreach_urls: DatabaseUrls, redis_url: str, issuer: Issuer) -> Settings:
    return Settings(
        database_url=SecretStr(outreach_urls.app),
        redis_url=SecretStr(redis_url),
        auth_issuer=issuer.name,
        auth_jwks_url=issuer.jwks_url,
    )


@pytest.fixture
async def arena(
    settings: Settings, calling: Calling, issuer: Issuer, outreach_db: Database
) -> AsyncIterator[Arena]:
    """The service with a few operations and venues, and a clerk to ask it."""
    async with calling(create_app(settings)) as client:
        arena = Arena(client, issuer, outreach_db)
        await arena.open_places()
        yield arena
