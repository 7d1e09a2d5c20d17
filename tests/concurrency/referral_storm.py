"""Outreach and participants with a bad post between them, and somebody who kills their workers."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx2
import msgspec

from shared.db import Database, driver
from shared.queue import Queue
from shared.relay import RECEIVE
from tests.concurrency.storm_processes import Guard, start_api, start_worker
from tests.concurrency.unreliable_post import JOB, TAKEN, Post, in_hand
from tests.effort import effort
from tests.servers import DatabaseUrls
from tests.tokens import Issuer

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

SCOPES = (
    "outreach:read",
    "outreach:write",
    "participants:read",
    "participants:write",
    "figures:read",
)
REFERRALS = effort(40)
SEED = int(os.environ.get("JARVA_SEED", "20261126"))
KILLS = 5 + REFERRALS // 50
KILL_WITHIN = 0.05 + REFERRALS / 2000
SECONDS = 90.0 + REFERRALS / 2
POLL = 0.05
AT_ONCE = 8
_RECORDED = "select count(*) from outbox where consumer = $1"
_UNCONFIRMED = f"{_RECORDED} and confirmed_at is null"
_APPLIED = "select count(*) from inbox where source = $1 and applied_at is not null"
_AGAIN = {"try_again", "request_in_progress"}


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class House:
    """One service: its database, its queue, its processes."""

    service: str
    db: Database
    queue: Queue
    urls: DatabaseUrls
    environment: Mapping[str, str]
    issuer: Issuer
    port: int = field(default_factory=free_port)
    processes: dict[str, BaseProcess] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)

    async def open_api(self) -> None:
        """Start the API and wait until it answers."""
        self.processes["api"] = start_api(self.service, self.environment, port=self.port)
        async with self.calls() as calls:
            await until(lambda: _answers(calls))

    def start_worker(self, *without: Guard) -> None:
        """Start the worker; the negative controls take guards away from it."""
        self.processes["worker"] = start_worker(
            self.service, self.environment, without=frozenset(without)
        )

    async def kill_worker(self) -> None:
        """Kill the worker with -9, and note what it had in hand.

        What it had taken is locked in Valkey until it would have timed out. That time is let
        pass at once: whoever starts next gets the same jobs.
        """
        worker = self.processes["worker"]
        assert worker.is_alive(), "the worker ended by itself"
        worker.kill()
        worker.join()
        self.killed["kills"] += 1
        for job in await in_hand(self.queue, self.service):
            self.killed[await self._reached(job)] += 1
            await self.queue.redis.delete(f"{TAKEN}{job}")

    async def _reached(self, job: str) -> str:
        stored = await self.queue.redis.get(f"{JOB}{job}")
        if stored is None:
            return "done"
        read = msgspec.json.decode(stored)
        if read["f"] != RECEIVE:
            return "answers in hand"
        ids = [UUID(event["id"]) for event in read["a"][0]]
        there = await self.ask("select count(*) from inbox where event_id = any($1)", ids)
        return "stored, not acknowledged" if there == len(set(ids)) else "taken, not stored"

    def end(self) -> None:
        """End every process."""
        for process in self.processes.values():
            process.kill()
            process.join()

    def calls(self) -> httpx2.AsyncClient:
        """Return a client of the API, over a socket."""
        return httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}",
            headers=self.issuer.headers(*SCOPES, lifetime=3600),
            timeout=30,
        )

    async def ask(self, sql: str, *values: object) -> Any:  # noqa: ANN401  one value
        """Ask the database directly."""
        async with self.db.read() as session:
            return await (await driver(session)).fetchval(sql, *values)


@dataclass
class Clerk:
    """Somebody who writes through a service's API, and asks again when told to."""

    calls: httpx2.AsyncClient
    root: str
    _hands: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def post(
        self, path: str, body: object, *, key: str | None = None, version: int | None = None
    ) -> dict[str, Any]:
        """Post and expect 201."""
        headers = {"Idempotency-Key": key or uuid4().hex}
        if version is not None:
            headers["If-Match"] = f'"v{version}"'
        async with self._hands:
            answer = await self._post(path, body, headers)
            while answer.status_code == 409 and answer.json()["code"] in _AGAIN:
                answer = await self._post(path, body, headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def read(self, path: str, **query: str | int) -> dict[str, Any]:
        """Get and expect 200."""
        answer = await self.calls.get(f"{self.root}{path}", params=query)
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json()
        return read

    async def _post(self, path: str, body: object, headers: dict[str, str]) -> httpx2.Response:
        return await self.calls.post(f"{self.root}{path}", json=body, headers=headers)


@dataclass
class Storm:
    """Both services, and the post."""

    outreach: House
    participants: House
    post: Post
    chance: Random
    restless: dict[str, int] = field(default_factory=dict)

    @property
    def houses(self) -> tuple[House, House]:
        """Both services."""
        return self.outreach, self.participants

    async def calm(self) -> bool:
        """Tell whether all that was recorded has arrived, and all that arrived is applied."""
        assert self.post.healthy(), "the post broke down"
        self.restless = await self.post.waiting()
        for sender, consumer in (self.houses, self.houses[::-1]):
            way = f"{sender.service} to {consumer.service}"
            recorded = await sender.ask(_RECORDED, consumer.service)
            self.restless[f"{way}: unconfirmed"] = await sender.ask(_UNCONFIRMED, consumer.service)
            applied = await consumer.ask(_APPLIED, sender.service)
            self.restless[f"{way}: unapplied"] = recorded - applied
        return not any(self.restless.values())

    async def dead_letters(self) -> int:
        """Count the events of both services that nobody tries any more."""
        return sum(
            [
                await house.ask(f"select count(*) from {table} where dead_at is not null")
                for house in self.houses
                for table in ("outbox", "inbox")
            ]
        )

    async def kill_workers(self, times: int, answered: asyncio.Event) -> None:
        """Kill workers so many times, each with something in hand, and start them again.

        Every fourth is outreach's. It ends earlier when all is answered and nothing moves.
        """
        for number in range(times):
            house = self.outreach if number % 4 == 1 else self.participants
            while not await in_hand(house.queue, house.service):
                if answered.is_set() and await self.calm():
                    return
                await asyncio.sleep(POLL)
            await asyncio.sleep(self.chance.random() * KILL_WITHIN)  # the moment of the fault
            await house.kill_worker()
            house.start_worker()

    def told(self) -> str:
        """Return what happened, in figures."""
        lines = []
        for house in self.houses:
            pile = self.post.piles[house.service]
            killed = ", ".join(f"{count} {what}" for what, count in sorted(house.killed.items()))
            lines.append(
                f"{house.service}: {len(pile.events)} events in {pile.delivered} deliveries,"
                f" {pile.delivered - len(pile.events)} of them doubles;"
                f" {pile.answers_lost} answers lost; {killed}"
            )
        return "\n".join(lines)


def environment(urls: DatabaseUrls, service: str, redis_url: str, issuer: Issuer) -> dict[str, str]:
    """Return the settings of a service's processes."""
    return {
        f"{service.upper()}_DATABASE_URL": urls.app,
        "REDIS_URL": redis_url,
        "AUTH_ISSUER": issuer.name,
        "AUTH_JWKS_URL": issuer.jwks_url,
        "LOG_LEVEL": "WARNING",
        f"{service.upper()}_POOL_SIZE": "8",
    }


async def until(condition: Any, seconds: float = SECONDS) -> None:  # noqa: ANN401  any condition
    """Poll a condition of other processes, with a deadline."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await condition():
        unrest = getattr(getattr(condition, "__self__", None), "restless", condition)
        assert asyncio.get_running_loop().time() < deadline, unrest
        await asyncio.sleep(POLL)


async def _answers(calls: httpx2.AsyncClient) -> bool:
    with suppress(httpx2.TransportError):
        return (await calls.get("/ready")).status_code == 200
    return False
