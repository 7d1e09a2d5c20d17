"""The whole backend as an operator runs it: every process, its own servers, real ports."""

from __future__ import annotations

import os
import signal
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

from jarva.demo import DATA
from jarva.demo.demonstration import SCOPES
from jarva.demo.loading import Target
from jarva.demo.steps import STEPS
from jarva.running import Running

TIME_BUDGET = 3.0
QUESTION = {"template": "fokus-jarva", "period": "2024", "area": "jarva"}


@dataclass(frozen=True)
class City:
    """A running installation and the calls that tests make of it."""

    running: Running

    @property
    def target(self) -> Target:
        """The services, called with every scope."""
        return Target(self.running.urls, self.token(*SCOPES))

    def token(self, *scopes: str, subject: str = "e2e") -> str:
        """Return a token for all units."""
        return self.running.token(scopes, subject=subject)

    def client(self, service: str, *scopes: str, subject: str = "e2e") -> httpx2.Client:
        """Return a client of one service, with all scopes unless some are named."""
        token = self.token(*(scopes or SCOPES), subject=subject)
        return Target(self.running.urls, token).client(service)

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


def report(city: City, **params: str) -> httpx2.Response:
    """Ask for the report of Järva in 2024, unless another template is named.

    With a scope that nobody asked with before, so that it is assembled anew and not recalled.
    """
    question = params if "template" in params else QUESTION | params
    with city.client("reports", *SCOPES, f"test:{uuid4()}") as client:
        answer = client.get("/committee-report-data", params=question)
    assert answer.status_code == 200, answer.text
    return answer


def everything_is_settled(document: dict[str, Any]) -> bool:
    """Tell whether the basis has passed the last thing loaded: it lags by moments."""
    return all(section["status"] == "ok" for section in document["sections"])


@pytest.fixture(scope="package")
def loaded(city: City) -> City:
    """The city with the demonstration's people, places and meetings, but not its ledger."""
    for title, step in STEPS:
        if not title.startswith("budget"):
            step(city.target, DATA)
    eventually(lambda: everything_is_settled(report(city).json()))
    return city


@pytest.fixture(scope="package")
def with_ledger(loaded: City) -> City:
    """The city with the demonstration's ledger too."""
    for title, step in STEPS:
        if title.startswith("budget"):
            step(loaded.target, DATA)
    question = {"template": "tertialrapport", "period": "2020-T2"}
    eventually(lambda: everything_is_settled(report(loaded, **question).json()))
    return loaded


@pytest.fixture
def outreach_hangs(loaded: City) -> Iterator[City]:
    """The city while outreach takes connections and answers nothing."""
    pid = loaded.running.pids["outreach-api"]
    os.kill(pid, signal.SIGSTOP)
    yield loaded
    os.kill(pid, signal.SIGCONT)
