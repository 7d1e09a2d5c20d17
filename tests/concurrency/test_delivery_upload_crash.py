"""Uploads cut off over a real socket: by the sender, and by kill -9 of the API process."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import TYPE_CHECKING

import httpx2
import pytest

from shared.db import driver
from shared.deliveries import body
from tests.shared.deliveries.conftest import Pushing, item, ndjson
from tests.shared.deliveries.items import items_metadata
from tests.shared.sample import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.conftest import ScratchDatabase
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

pytestmark = pytest.mark.timeout(300)

PATH = "/sample/v1/registers/items/deliveries"
CONTENT = ndjson(item(n) for n in range(40_000))
SENT = 2 * body.PIECE + body.PIECE // 2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Api:
    """An API process that can be killed and started again at its address."""

    urls: DatabaseUrls
    issuer: Issuer
    port: int
    process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        self._spawn()
        await until(self._is_live, seconds=60)

    def _spawn(self) -> None:
        environment = os.environ | {
            "SAMPLE_DATABASE_URL": self.urls.app,
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "AUTH_ISSUER": self.issuer.name,
            "AUTH_JWKS_URL": self.issuer.jwks_url,
        }
        factory = "tests.concurrency.delivery_api:create_app"
        command = ["-m", "uvicorn", factory, "--factory", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, *command, "--log-level", "error"],
            cwd=Path(__file__).parents[2],
            env=environment,
        )

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(SIGKILL)
            self.process.wait()
            self.process = None

    async def _is_live(self) -> bool:
        with suppress(httpx2.TransportError):
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as calls:
                return (await calls.get("/live")).status_code == 200
        return False

    def headers(self, key: str) -> dict[str, str]:
        token = self.issuer.headers("registers:push", subject="vera", audience=("sample",))
        return token | {"Content-Type": "application/x-ndjson", "Idempotency-Key": key}

    async def send(self, content: bytes, key: str) -> httpx2.Response:
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", timeout=60
        ) as calls:
            return await calls.post(PATH, content=content, headers=self.headers(key))

    async def begin_upload(self, key: str, framing: str) -> asyncio.StreamWriter:
        """Send the head and a part of the body, and leave the rest out."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = [f"POST {PATH} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", framing]
        head += [f"{name}: {value}" for name, value in self.headers(key).items()]
        writer.write("\r\n".join([*head, "", ""]).encode())
        part = CONTENT[:SENT]
        if framing.startswith("Transfer"):
            part = f"{len(part):x}\r\n".encode() + part + b"\r\n"
        writer.write(part)
        await writer.drain()
        return writer


@pytest.fixture
async def pushing(scratch_database: ScratchDatabase) -> Pushing:
    db, urls = await scratch_database(items_metadata())
    return Pushing(db, urls)


@pytest.fixture
async def api(pushing: Pushing, issuer: Issuer) -> AsyncIterator[Api]:
    running = Api(pushing.urls, issuer, free_port())
    await running.start()
    yield running
    running.kill()


def pieces_stored(pushing: Pushing, wanted: Callable[[int], bool]) -> Callable[[], object]:
    async def holds() -> bool:
        return wanted(await pushing.value("select count(*) from delivery_body"))

    return holds


FRAMINGS = [f"Content-Length: {len(CONTENT)}", "Transfer-Encoding: chunked"]


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_upload_cut_off_by_its_sender_leaves_nothing(
    pushing: Pushing, api: Api, framing: str
) -> None:
    writer = await api.begin_upload("k-1", framing)
    await until(pieces_stored(pushing, lambda pieces: pieces >= 2))
    writer.transport.abort()
    await until(pieces_stored(pushing, lambda pieces: pieces == 0))
    assert await pushing.value("select count(*) from delivery") == 0
    again = await api.send(CONTENT, "k-1")
    assert again.status_code == 202, again.text
    await pushing.work()
    assert (await pushing.look(again.json()["id"])).counts.created == 40_000


async def test_api_killed_during_an_upload_accepts_it_again(pushing: Pushing, api: Api) -> None:
    writer = await api.begin_upload("k-1", FRAMINGS[0])
    await until(pieces_stored(pushing, lambda pieces: pieces >= 2))
    api.kill()
    writer.transport.abort()
    assert await pushing.value("select count(*) from delivery") == 0
    assert await pushing.value("select count(*) from delivery_body") >= 2, "nobody could tidy up"
    await api.start()
    first = await api.send(CONTENT, "k-1")
    assert first.status_code == 202, first.text
    api.kill()
    await api.start()
    second = await api.send(CONTENT, "k-1")
    assert second.content == first.content
    await pushing.work()
    assert (await pushing.look(first.json()["id"])).counts.created == 40_000
    await pushing.rows("update delivery_body set stored_at = now() - interval '2 hours'")
    async with pushing.db.begin() as session:
        assert await body.purge_abandoned(await driver(session)) == 1
    assert await pushing.value("select count(*) from delivery_body") == 0
