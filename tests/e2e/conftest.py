"""The whole backend as an operator runs it: every process, its own servers, real ports."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest

from jarva.demo.demonstration import SCOPES
from jarva.demo.loading import Target
from jarva.running import Running

TIME_BUDGET = 3.0


@dataclass(frozen=True)
class City:
    """A running installation and the calls that tests make of it."""

    running: Running

    @property
    def target(self) -> Target:
        """The services, called with every scope."""
        return Target(self.running.urls, self.token(*SCOPES))

    def token(self, *scopes: str) -> str:
        """Return a token for all units."""
        return self.running.token(scopes, subject="e2e")

    def client(self, service: str, *scopes: str) -> httpx2.Client:
        """Return a client of one service, with all scopes unless some are named."""
        return Target(self.running.urls, self.token(*(scopes or SCOPES))).client(service)

    def post(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create something and return it."""
        with self.client(service) as client:
            answer = client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
        assert answer.is_success, answer.text
        created: dict[str, Any] = answer.json()
        return created

    def get(self, service: str, path: str, **params: str) -> dict[str, Any]:
        """Read something."""
        with self.client(service) as client:
            answer = client.get(path, params=params)
        assert answer.is_success, answer.text
        read: dict[str, Any] = answer.json()
        return read

    def every(self, service: str, path: str) -> Iterator[dict[str, Any]]:
        """Read a whole list, page by page: other tests' records may stand before one's own."""
        for page in count(1):
            read = self.get(service, path, limit="200", page=str(page))
            yield from read["items"]
            if read["_links"]["next"] is None:
                return

    async def database(self, service: str) -> asyncpg.Connection[Any]:
        """Return a connection to a service's database as its own role."""
        return await asyncpg.connect(self.running.database_url(service))


def eventually(true: Callable[[], Any], *, within: float = 30.0) -> Any:  # noqa: ANN401  as given
    """Return what a condition gives once it is truthy; fail when it is not within the time."""
    deadline = time.monotonic() + within
    while True:
        found = true()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


@pytest.fixture(scope="package")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A running installation with short patience for providers."""
    var: Path = tmp_path_factory.mktemp("city") / "var"
    environment = {**os.environ, "REPORTS_TIME_BUDGET": str(TIME_BUDGET)}
    running = Running(var, environment=environment)
    running.start()
    try:
        yield City(running)
    finally:
        running.stop()
