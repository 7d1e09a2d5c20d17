from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import TypeAlias

import httpx2
import pytest
from pydantic import SecretStr

from services.participants.main import create_app
from services.participants.sealing import Seals
from services.participants.settings import Settings
from services.participants.worker import create_worker
from shared.db import Database
from shared.worker import Pace, work
from tests.participants.city import City
from tests.servers import DatabaseUrls
from tests.tokens import Issuer


def key(byte: int) -> SecretStr:
    return SecretStr(base64.b64encode(bytes([byte]) * 32).decode())


@pytest.fixture
def settings(participants_urls: DatabaseUrls, redis_url: str, issuer: Issuer) -> Settings:
    return Settings(
        database_url=SecretStr(participants_urls.app),
        redis_url=SecretStr(redis_url),
        auth_issuer=issuer.name,
        auth_jwks_url=issuer.jwks_url,
        seal_keys={1: key(1)},
        index_keys={1: key(2)},
    )


@pytest.fixture
def seals(settings: Settings) -> Seals:
    return Seals.of(settings)


Calling: TypeAlias = "Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]"


@pytest.fixture
async def city(
    settings: Settings, calling: Calling, issuer: Issuer, participants_db: Database, seals: Seals
) -> AsyncIterator[City]:
    """The service with a few units, programmes and teams, and a clerk to ask it."""
    async with calling(create_app(settings)) as client:
        city = City(client, issuer, participants_db, seals)
        await city.open_offering()
        yield city


@pytest.fixture
async def worker(settings: Settings, city: City) -> AsyncIterator[None]:
    """The service's own worker, running beside the API."""
    stop = asyncio.Event()
    spec = replace(create_worker(settings), pace=Pace(poll=0.02))
    running = asyncio.create_task(work(spec, stop))
    yield
    stop.set()
    assert await running == 0
