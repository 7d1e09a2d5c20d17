"""The whole service without a socket: its routes, and its worker's deliveries on demand."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pydantic import SecretStr

from services.budget.main import create_app
from services.budget.registers import REGISTERS
from services.budget.settings import Settings
from shared.basis import wait_until_settled
from shared.clock import rfc3339
from shared.deliveries import DeliveryWorker
from tests.patience import patiently

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2

    from shared.app import ServiceApp
    from shared.db import Database
    from tests.conftest import Calling
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

ROOT = "/budget/v1"
SCOPES = (
    "budget:read",
    "budget:post",
    "budget:close",
    "registers:push",
    "registers:read",
    "figures:read",
)


@dataclass
class Clerk:
    """Calls the service as somebody who may do everything in budget."""

    http: httpx2.AsyncClient
    db: Database
    app: ServiceApp

    async def get(self, path: str, *, status: int = 200, **params: str) -> Any:  # noqa: ANN401
        answer = await patiently(partial(self.http.get, ROOT + path, params=params))
        assert answer.status_code == status, answer.text
        return answer.json()

    async def post(
        self,
        path: str,
        body: Any = None,  # noqa: ANN401  any JSON value
        *,
        status: int = 201,
        key: str | None = None,
    ) -> Any:  # noqa: ANN401
        headers = {"Idempotency-Key": key or uuid4().hex}
        post = partial(self.http.post, ROOT + path, json=body, headers=headers)
        answer = await patiently(post)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def push(self, body: bytes, *, media: str = "text/csv", **params: str) -> Any:  # noqa: ANN401
        """Push a trial balance, work it off, and return what became of it."""
        headers = {"Idempotency-Key": uuid4().hex, "Content-Type": media}
        path = "/registers/trial-balance/deliveries"
        sent = await self.http.post(ROOT + path, content=body, headers=headers, params=params)
        assert sent.status_code == 202, sent.text
        await DeliveryWorker(self.db, REGISTERS).run_until_idle()
        return await self.get(f"{path}/{sent.json()['id']}")

    async def settled(self) -> str:
        """Wait until everything recorded so far is in the newest basis."""
        return rfc3339(await wait_until_settled(self.db))


@asynccontextmanager
async def clerk_of(
    database: Database, urls: DatabaseUrls, issuer: Issuer, calling: Calling
) -> AsyncIterator[Clerk]:
    """Run the application on a database and give a clerk who calls it."""
    settings = Settings(
        database_url=SecretStr(urls.app),
        redis_url=SecretStr("redis://127.0.0.1:1/0"),
        auth_issuer=issuer.name,
        auth_jwks_url=issuer.jwks_url,
        pool_size=8,
    )
    app = create_app(settings)
    async with calling(app, headers=issuer.headers(*SCOPES)) as http:
        yield Clerk(http, database, app)
