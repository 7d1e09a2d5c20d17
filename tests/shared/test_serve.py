"""A server process: its logs, and how it stops."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx2
import pytest

from tests.shared.sample import owner, sample_metadata, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from tests.conftest import ScratchDatabase
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer


class Process:
    """A served sample application."""

    def __init__(self, port: int, running: asyncio.subprocess.Process, urls: DatabaseUrls) -> None:
        self.running = running
        self.port = port
        self.urls = urls
        self.calls = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20)

    async def ready(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = (await self.calls.get("/ready")).json()
        except httpx2.TransportError:
            return {}
        return found

    async def is_ready(self) -> bool:
        return (await self.ready()).get("database") == "ok"

    async def is_draining(self) -> bool:
        return bool((await self.ready()).get("draining"))


@pytest.fixture
async def serve(
    scratch_database: ScratchDatabase, issuer: Issuer
) -> AsyncIterator[Callable[..., Coroutine[Any, Any, Process]]]:
    started: list[Process] = []

    async def start(*options: str) -> Process:
        _, urls = await scratch_database(sample_metadata())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "shared.serve", "tests.shared.served:create_app"),
            *("--port", str(port), *options),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ
            | {
                "SAMPLE_DATABASE_URL": urls.app,
                "REDIS_URL": "redis://127.0.0.1:1/0",
                "AUTH_ISSUER": issuer.name,
                "AUTH_JWKS_URL": issuer.jwks_url,
            },
        )
        process = Process(port, running, urls)
        started.append(process)
        await until(process.is_ready, seconds=40)
        return process

    yield start
    for process in started:
        if process.running.returncode is None:
            process.running.kill()
        await process.running.communicate()
        await process.calls.aclose()


async def test_stopping_server_drains_then_finishes_what_it_has(
    serve: Callable[..., Coroutine[Any, Any, Process]], issuer: Issuer
) -> None:
    process = await serve("--drain", "1.5")
    headers = issuer.headers("sample:read", "sample:write", audience=("sample",))
    conn = await owner(process.urls)
    await conn.execute("begin; lock table thing in access exclusive mode")
    slow = asyncio.create_task(process.calls.get("/sample/v1/things", headers=headers))
    await until(
        lambda: conn.fetchval(
            "select count(*) from pg_locks where not granted and relation = 'thing'::regclass"
            " and database = (select oid from pg_database where datname = current_database())"
        ),
        seconds=10,
    )
    process.running.send_signal(signal.SIGTERM)
    await until(process.is_draining)
    during = await process.calls.get("/sample/v1/oddities/nothing", headers=headers)
    assert during.status_code == 200, "a request during the drain is still answered"
    await conn.execute("commit")
    await conn.close()
    assert (await slow).status_code == 200
    out, err = await asyncio.wait_for(process.running.communicate(), 20)
    assert process.running.returncode == 0, err.decode()
    lines = [json.loads(line) for line in out.decode().splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert {line["route"] for line in requests} == {"GET /things", "GET /oddities/nothing"}
    assert all(line["service"] == "sample" and line["trace_id"] for line in requests)


def bearer(headers: dict[str, str]) -> str:
    return f"Authorization: {headers['Authorization']}"


async def test_reads_whose_clients_left_are_stopped(
    serve: Callable[..., Coroutine[Any, Any, Process]], issuer: Issuer
) -> None:
    """Sixty-four clients ask for a minute's work and leave; the pool has sixteen places."""
    process = await serve()
    token = issuer.headers("sample:read", audience=("sample",))
    request = f"GET /sample/v1/oddities/slow HTTP/1.1\r\nHost: x\r\n{bearer(token)}\r\n\r\n"
    conn = await asyncpg.connect(process.urls.app)  # one sees the queries of its own role

    async def asleep() -> int:
        count: int = await conn.fetchval(
            "select count(*) from pg_stat_activity"
            " where query = 'select pg_sleep(60)' and state = 'active'"
            " and datname = current_database()"
        )
        return count

    async def none_asleep() -> bool:
        return await asleep() == 0

    for _ in range(4):
        clients = [socket.create_connection(("127.0.0.1", process.port)) for _ in range(16)]
        for client in clients:
            client.sendall(request.encode())
        await until(asleep)
        for client in clients:
            client.close()
        await until(none_asleep, seconds=10)
    await conn.close()
    answers = await asyncio.gather(
        *(process.calls.get("/sample/v1/things", headers=token) for _ in range(32))
    )
    assert {answer.status_code for answer in answers} == {200}


async def test_second_signal_skips_the_drain(
    serve: Callable[..., Coroutine[Any, Any, Process]],
) -> None:
    process = await serve("--drain", "60")
    process.running.send_signal(signal.SIGTERM)
    await until(process.is_draining)
    process.running.send_signal(signal.SIGTERM)
    await asyncio.wait_for(process.running.communicate(), 20)
    assert process.running.returncode == 0


async def test_server_that_cannot_start_says_so(issuer: Issuer) -> None:
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared.serve", "tests.shared.served:create_app", "--port", "1"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ
        | {
            "SAMPLE_DATABASE_URL": "postgresql://a:b@127.0.0.1:1/x",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "AUTH_ISSUER": issuer.name,
            "AUTH_JWKS_URL": "file:///nowhere/jwks.json",
        },
    )
    out, _ = await asyncio.wait_for(running.communicate(), 40)
    assert running.returncode == 3
    events = [json.loads(line)["event"] for line in out.decode().splitlines()]
    assert "jwks_unreadable" in events
