"""A create with everything on, against the least a server could do with the same row."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import asyncpg
import httpx2

from jarva import ports
from jarva.apps import web_command
from jarva.bench.measuring import Line, Measured, cpu_seconds, in_turns
from jarva.demo.loading import Target, post_all
from jarva.layout import PROJECT
from jarva.running import Running

_TARGET = 4.0
_AT_ONCE = 8
_START_SECONDS = 20.0
_OPERATION = {
    "code": "bench",
    "name": "Mätning",
    "counts": "two_way_contacts",
    "validFrom": "2020-01-01",
}
_CONTACT = {
    "operation": "bench",
    "unit": "jobbtorg-unga-jarva",
    "happenedOn": "2024-05-02",
    "channel": "meeting",
    "direction": "two_way",
    "sex": "women",
    "ageGroup": "25-29",
    "targetGroup": "uvas",
    "district": "jarva",
}


async def contact_create(running: Running, database_url: str, *, rows: int, rounds: int) -> Line:
    """Measure the API's processor time for one contact with everything on.

    Everything: token, scope, body checks, idempotency key, record, facts, commit.
    """
    target = Target(running.urls, running.token(["outreach:read", "outreach:write"]))
    with target.client("outreach") as client:
        post_all(client, "/operations", [_OPERATION], key=("code",))
    product_url = f"{running.urls['outreach'].rstrip('/')}/outreach/v1/contacts"
    with _bare(database_url) as (bare_url, bare_pid):
        product, bare = await in_turns(
            rounds,
            _posting(product_url, running.pids["outreach-api"], rows, target.token),
            _posting(bare_url, bare_pid, rows, target.token),
        )
    return Line(
        "create a contact, everything on",
        product * 1e6,
        bare * 1e6,
        "µs CPU",
        _TARGET,
        "bare Starlette + asyncpg + msgspec, one insert",
    )


@contextmanager
def _bare(database_url: str) -> Iterator[tuple[str, int]]:
    """Run the bare server; give its address and process id."""
    port, holder = ports.take()
    holder.close()
    process = subprocess.Popen(
        web_command("jarva.bench.bare:create_app", ports.LOOPBACK, port),
        env={**os.environ, "BENCH_DATABASE_URL": database_url, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://{ports.LOOPBACK}:{port}/contacts"
    deadline = time.monotonic() + _START_SECONDS
    try:
        while not _answers(url):
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError("the bare server did not start")
            time.sleep(0.1)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, trust_env=False).status_code == httpx2.codes.METHOD_NOT_ALLOWED
    except httpx2.TransportError:
        return False


def _posting(url: str, pid: int, rows: int, token: str) -> Measured:
    """Return a measure of the server's processor seconds for each post."""

    async def measure() -> float:
        async with httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=30
        ) as client:
            await _post_many(client, url, _AT_ONCE * 4)
            before = cpu_seconds([pid])
            await _post_many(client, url, rows)
            return (cpu_seconds([pid]) - before) / rows

    return measure


async def _post_many(client: httpx2.AsyncClient, url: str, rows: int) -> None:
    left = iter(range(rows))

    async def post() -> None:
        for _ in left:
            headers = {"Idempotency-Key": str(uuid4())}
            (await client.post(url, json=_CONTACT, headers=headers)).raise_for_status()

    await asyncio.gather(*(post() for _ in range(_AT_ONCE)))


async def bare_table(url: str) -> None:
    """Make the table that the bare server writes."""
    conn = await asyncpg.connect(url)
    try:
        await conn.execute(
            """create table if not exists bare_contact (
                   id uuid primary key default uuidv7(), operation text not null,
                   unit text not null, happened_on date not null, channel text not null,
                   direction text not null, sex text not null, age_group text not null,
                   target_group text not null, district text,
                   recorded_at timestamptz not null default now())"""
        )
    finally:
        await conn.close()
