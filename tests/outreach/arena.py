"""A small piece of outreach to test against: what the tests say to the service, in few words."""

# ruff: noqa: ANN401  bodies and parameters are whatever a test wants to send

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import httpx2
import msgspec

from services.outreach.facts import WANTED, Kind
from services.outreach.handlers import HANDLERS
from services.outreach.models import JOURNAL
from services.outreach.registers import REGISTERS
from shared import inbox
from shared.basis import wait_until_settled
from shared.clock import rfc3339, utcnow
from shared.db import Database, driver
from shared.deliveries.loop import DeliveryWorker
from shared.events import Envelope, Message, new_id
from shared.journal import drift
from tests.patience import patiently
from tests.tokens import Issuer

ROOT = "/outreach/v1"
READ, WRITE = "outreach:read", "outreach:write"
EVERYTHING = (
    READ,
    WRITE,
    "figures:read",
    "figures:rows",
    "registers:push",
    "registers:read",
    "registers:release",
)
UNIT = "jobbtorg-unga-jarva"


@dataclass
class Arena:
    """The service under test and those who talk to it."""

    client: httpx2.AsyncClient
    issuer: Issuer
    db: Database

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
        **query: Any,
    ) -> httpx2.Response:
        """Call a route with a token of these scopes and units."""
        headers = self.issuer.headers(*scopes, units=units)
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

    async def changed(self, path: str, body: Any, *, version: int, **more: Any) -> dict[str, Any]:
        """Patch and expect 200."""
        response = await self.call("PATCH", path, body, version=version, **more)
        assert response.status_code == 200, response.text
        changed: dict[str, Any] = response.json()
        return changed

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

    async def open_places(self) -> None:
        """Open three operations that count differently, and two venues."""
        for code, counts in (
            ("guidance", "visitors"),
            ("jobbtorg-outreach", "two_way_contacts"),
            ("sff", "participants"),
        ):
            await self.made(
                "/operations",
                {"code": code, "name": code, "counts": counts, "validFrom": "2019-01-01"},
            )
        for code, district in (("tensta-library", "spanga-tensta"), ("bla-huset", "jarva")):
            await self.made(
                "/venues",
                {
                    "code": code,
                    "name": code,
                    "kind": "library",
                    "district": district,
                    "validFrom": "2019-01-01",
                },
            )

    async def session(self, **more: Any) -> dict[str, Any]:
        """Register a held session."""
        return await self.made("/sessions", session_body(**more))

    async def contact(self, **more: Any) -> dict[str, Any]:
        """Record a contact."""
        return await self.made("/contacts", contact_body(**more))

    async def basis(self) -> str:
        """Return a basis that everything written so far is part of."""
        return rfc3339(await wait_until_settled(self.db))

    async def figure(self, name: str, period: str, **query: Any) -> dict[str, Any]:
        """Ask for a figure as of now, or of a basis given."""
        if "basis" not in query:
            query["basis"] = await self.basis()
        return await self.read(f"/figures/{name}", period=period, **query)

    async def total(self, name: str, period: str, **query: Any) -> int:
        """Return a figure's total."""
        total: int = (await self.figure(name, period, **query))["total"]
        return total

    async def push(
        self, register: str, rows: Sequence[dict[str, Any]], **query: Any
    ) -> dict[str, Any]:
        """Push a delivery, work it off as the worker does, and return what became of it."""
        body = "\n".join(json.dumps(row) for row in rows)
        response = await self.client.post(
            f"{ROOT}/registers/{register}/deliveries",
            content=body,
            params=query,
            headers={
                **self.issuer.headers(*EVERYTHING),
                "Idempotency-Key": uuid4().hex,
                "Content-Type": "application/x-ndjson",
            },
        )
        assert response.status_code == 202, response.text
        await DeliveryWorker(self.db, REGISTERS).run_until_idle()
        return await self.read(f"/registers/{register}/deliveries/{response.json()['id']}")

    async def row_errors(self, delivery: dict[str, Any]) -> list[tuple[int, str | None, str]]:
        """Return row number, field and code of a delivery's refused rows."""
        path = f"/registers/{delivery['register']}/deliveries/{delivery['id']}/errors"
        page = await self.read(path)
        return [(e["rowNumber"], e["field"], e["code"]) for e in page["items"]]

    async def told(self, envelopes: Iterable[Envelope]) -> None:
        """Deliver events as participants' relay does, and apply them as the worker does."""
        async with self.db.begin() as session:
            await inbox.receive(await driver(session), list(envelopes))
        while await inbox.Inbox(self.db, HANDLERS).apply_due():
            pass

    async def drifting(self, *kinds: Kind) -> dict[str, int]:
        """Return how many records of each kind (of these) the journal does not agree with."""
        found: dict[str, int] = {}
        async with self.db.read() as session:
            conn = await driver(session)
            for kind in kinds or Kind:
                ids = [row["id"] for row in await conn.fetch(f"select id from {kind}")]
                booked = await drift(conn, JOURNAL, kind, ids, wanted_sql=WANTED[kind])
                found |= {kind: len(booked)} if booked else {}
        return found

    async def scalar(self, sql: str, *values: Any) -> Any:
        """Ask the database directly, as the service's own role."""
        async with self.db.read() as session:
            return await (await driver(session)).fetchval(sql, *values)


def envelope(
    event: Message, *, subject: str, sequence: int, source: str = "participants"
) -> Envelope:
    """Return an event as it comes over the queue."""
    return Envelope(
        id=new_id(),
        source=source,
        type=event.wire_type(),
        subject=subject,
        aggregatesequence=sequence,
        time=utcnow(),
        data=msgspec.Raw(msgspec.json.encode(event)),
    )


def session_body(**more: Any) -> dict[str, Any]:
    return {
        "operation": "guidance",
        "venue": "tensta-library",
        "unit": UNIT,
        "kind": "guidance",
        "plannedOn": "2024-03-05",
        "state": "held",
        **more,
    }


def contact_body(**more: Any) -> dict[str, Any]:
    return {
        "operation": "jobbtorg-outreach",
        "unit": UNIT,
        "happenedOn": "2024-03-05",
        "channel": "phone",
        "direction": "two_way",
        "sex": "women",
        "ageGroup": "20-24",
        "targetGroup": "uvas",
        **more,
    }


def referral_body(**more: Any) -> dict[str, Any]:
    return {
        "personId": str(uuid4()),
        "unit": UNIT,
        "programme": "kvinnors-etablering",
        "referredOn": "2024-03-05",
        **more,
    }


def visit_row(key: str, **more: Any) -> dict[str, Any]:
    return {
        "sourceKey": key,
        "operation": "guidance",
        "venue": "tensta-library",
        "unit": UNIT,
        "heldOn": "2024-03-05",
        **more,
    }


def contact_row(key: str, **more: Any) -> dict[str, Any]:
    return {
        "sourceKey": key,
        "operation": "jobbtorg-outreach",
        "unit": UNIT,
        "happenedOn": "2024-03-05",
        "channel": "phone",
        "direction": "two_way",
        **more,
    }
