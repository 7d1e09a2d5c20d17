"""A small city to test against: what the tests say to the service, in few words."""

# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

import httpx2
import msgspec

from services.participants.domain.identity import parse_identity_number
from services.participants.handlers import HANDLERS
from services.participants.registers import registers_of
from services.participants.sealing import Seals
from shared import inbox
from shared.basis import wait_until_settled
from shared.clock import rfc3339, utcnow
from shared.db import Database, driver
from shared.deliveries import DeliveryWorker
from shared.events import Envelope, Message, new_id
from tests.patience import patiently
from tests.tokens import Issuer

ROOT = "/participants/v1"
READ, WRITE = "participants:read", "participants:write"
EVERYTHING = (
    READ,
    WRITE,
    "participants:identity",
    "participants:protected",
    "participants:children",
    "participants:concerns",
    "participants:kaa",
    "figures:read",
    "registers:push",
    "registers:read",
    "registers:release",
)
CLERK = (READ, WRITE, "figures:read")


def number_of(born: date, serial: int) -> str:
    """Return a number with Skatteverket's test birth numbers 238 (woman) and 239 (man)."""
    nine = f"{born:%y%m%d}{serial}"
    for check in range(10):
        try:
            number = f"{born:%Y}{nine[2:]}{check}"
            return parse_identity_number(number, reference=date(2199, 1, 1)).digits
        except ValueError:
            continue
    raise AssertionError


@dataclass(frozen=True)
class Delivered:
    """A delivery that has been worked off, and what was wrong with its rows."""

    resource: dict[str, Any]
    errors: list[dict[str, Any]]

    @property
    def state(self) -> str:
        return str(self.resource["state"])

    @property
    def counts(self) -> dict[str, int]:
        """What became of the rows, without the zeroes."""
        return {name: count for name, count in self.resource["counts"].items() if count}

    @property
    def refusals(self) -> list[tuple[int, str | None, str]]:
        """Row, field and code of each refused row."""
        return [(error["rowNumber"], error["field"], error["code"]) for error in self.errors]


@dataclass
class City:
    """The service under test and those who talk to it."""

    client: httpx2.AsyncClient
    issuer: Issuer
    db: Database
    seals: Seals
    _serial: count[int] = field(default_factory=count)

    def person_number(self, sex: str = "women", *, year: int = 1990) -> str:
        """Return the number of somebody nobody has met yet."""
        n = next(self._serial)
        born = date(year, n // 28 % 12 + 1, n % 28 + 1)
        return number_of(born, 238 if sex == "women" else 239)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        scopes: tuple[str, ...] = EVERYTHING,
        units: tuple[str, ...] = ("*",),
        version: int | None = None,
        idempotency_key: str | None = None,
        subject: str = "test-clerk",
        **query: Any,
    ) -> httpx2.Response:
        """Call a route with a token of these scopes and units."""
        headers = self.issuer.headers(*scopes, units=units, subject=subject)
        if method == "POST":
            headers["Idempotency-Key"] = idempotency_key or uuid4().hex
        if version is not None:
            headers["If-Match"] = f'"v{version}"'
        url = f"{ROOT}{path}"
        return await patiently(
            partial(self.client.request, method, url, json=body, headers=headers, params=query)
        )

    async def made(self, path: str, body: Any, **more: Any) -> dict[str, Any]:
        """Post and expect 201."""
        response = await self.call("POST", path, body, **more)
        assert response.status_code == 201, response.text
        made: dict[str, Any] = response.json()
        return made

    async def read(self, path: str, **more: Any) -> dict[str, Any]:
        """Get and expect 200."""
        response = await self.call("GET", path, **more)
        assert response.status_code == 200, response.text
        read: dict[str, Any] = response.json()
        return read

    async def refused(self, method: str, path: str, body: Any = None, **more: Any) -> str:
        """Call and expect a refusal; return status and code."""
        response = await self.call(method, path, body, **more)
        assert response.status_code >= 400, response.text
        assert response.headers["content-type"] == "application/problem+json"
        return f"{response.status_code} {response.json()['code']}"

    async def open_offering(self) -> None:
        """Open two units, two programmes and two teams."""
        for code, kind in (("jobbtorg-vuxna", "jobbtorg"), ("jobbtorg-unga", "jobbtorg")):
            await self.made(
                "/units",
                {
                    "code": code,
                    "name": code,
                    "kind": kind,
                    "ownership": "own",
                    "district": "jarva",
                    "validFrom": "2020-01-01",
                },
            )
        for code in ("stockholmskraften", "kvinnors-etablering"):
            await self.made(
                "/programmes",
                {"code": code, "name": code, "kind": "project", "validFrom": "2023-01-01"},
            )
        for code, pilot, day in (("pilot-one", True, "2024-09-01"), ("late", False, "2024-11-01")):
            await self.made(
                "/teams",
                {
                    "code": code,
                    "programme": "stockholmskraften",
                    "name": code,
                    "pilot": pilot,
                    "validFrom": day,
                },
            )

    async def person(self, number_of: str = "women", **more: Any) -> dict[str, Any]:
        """Register somebody."""
        number = more.pop("identityNumber", None) or self.person_number(number_of)
        return await self.made("/persons", {"identityNumber": number, **more})

    async def enrolment(self, person_id: str, **more: Any) -> dict[str, Any]:
        """Enrol somebody."""
        return await self.made("/enrolments", entry(person_id, **more))

    async def figure(self, name: str, period: str, **query: Any) -> dict[str, Any]:
        """Ask for a figure as of now, or of a basis given."""
        if "basis" not in query:
            query["basis"] = await self.basis()
        return await self.read(f"/figures/{name}", period=period, **query)

    async def until(
        self, path: str, good: Callable[[dict[str, Any]], bool], *, within: float = 15, **query: Any
    ) -> dict[str, Any]:
        """Ask until the answer is good; fail when it never becomes so."""
        async with asyncio.timeout(within):
            while True:
                answer = await self.read(path, **query)
                if good(answer):
                    return answer
                await asyncio.sleep(0.02)

    async def delivered(
        self,
        register: str,
        rows: list[dict[str, Any]],
        *,
        body: bytes | None = None,
        content_type: str = "application/x-ndjson",
        **query: Any,
    ) -> Delivered:
        """Push rows, let the worker apply them, and return what became of them."""
        headers = self.issuer.headers(*EVERYTHING) | {
            "Idempotency-Key": uuid4().hex,
            "Content-Type": content_type,
        }
        response = await self.client.post(
            f"{ROOT}/registers/{register}/deliveries",
            content=body or b"\n".join(msgspec.json.encode(row) for row in rows),
            headers=headers,
            params=query,
        )
        assert response.status_code == 202, response.text
        await DeliveryWorker(self.db, registers_of(self.seals)).run_until_idle()
        path = f"/registers/{register}/deliveries/{response.json()['id']}"
        done = await self.until(path, lambda it: it["state"] in ("applied", "rejected", "held"))
        errors = await self.read(f"{path}/errors", limit=200)
        return Delivered(done, errors["items"])

    async def told(self, *events: Message, source: str = "outreach") -> None:
        """Deliver events as another service's relay does, and apply them as the worker does."""
        envelopes = [
            Envelope(
                id=new_id(),
                source=source,
                type=event.wire_type(),
                subject=f"test/{new_id()}",
                aggregatesequence=1,
                time=utcnow(),
                data=msgspec.Raw(msgspec.json.encode(event)),
            )
            for event in events
        ]
        async with self.db.begin() as session:
            receipt = await inbox.receive(await driver(session), envelopes)
        assert len(receipt.accepted) == len(events)
        while await inbox.Inbox(self.db, HANDLERS).apply_due():
            pass

    async def outbox(self, type_: str) -> list[dict[str, Any]]:
        """Return the data of the events recorded of one type."""
        async with self.db.read() as session:
            rows = await (await driver(session)).fetch(
                "select data::text from outbox where type = $1 order by position", type_
            )
        return [msgspec.json.decode(row["data"]) for row in rows]

    async def basis(self) -> str:
        """Return a basis at which everything done so far counts."""
        return rfc3339(await wait_until_settled(self.db))


def entry(person_id: str, **more: Any) -> dict[str, Any]:
    """Return a valid, boring enrolment."""
    return {
        "personId": person_id,
        "unit": "jobbtorg-vuxna",
        "programme": "stockholmskraften",
        "ground": "social_assistance",
        "statusAtEntry": "unemployed",
        "startedOn": "2024-10-01",
    } | more
