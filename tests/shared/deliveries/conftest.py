"""A database with the test register, and a short way to send, work off and look."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from shared.db import Database, driver
from shared.deliveries import DeliveryWorker, intake
from shared.deliveries.resource import DeliveryOut
from shared.deliveries.work import Registers
from tests.shared.deliveries.items import REGISTERS, items_metadata

if TYPE_CHECKING:
    from tests.conftest import ScratchDatabase
    from tests.servers import DatabaseUrls

DEFAULT = intake.Announced(
    register="items",
    mode="delta",
    dry_run=False,
    atomic=False,
    day=None,
    content_type="application/x-ndjson",
    key="",
    by="vera",
)


def item(number: int, **changed: object) -> dict[str, Any]:
    """Return a row; two calls with one number are equal."""
    row = {
        "code": f"B-{number}",
        "place": f"place-{number % 7}",
        "heldOn": f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "women": number % 50 + 1,
        "men": number % 30,
    }
    return row | changed


def ndjson(rows: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


async def in_pieces(body: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


@dataclass
class Pushing:
    """Sends deliveries as ``vera`` and works them off."""

    db: Database
    urls: DatabaseUrls
    registers: Registers = REGISTERS

    async def send(self, body: bytes | list[dict[str, Any]], **announced: object) -> UUID:
        """Send without working it off; return the delivery's id."""
        delivery_id: UUID = (await self.receipt(body, **announced)).row["id"]
        return delivery_id

    async def receipt(
        self, body: bytes | list[dict[str, Any]], **announced: object
    ) -> intake.Receipt:
        content = body if isinstance(body, bytes) else ndjson(body)
        if announced.get("register") == "totals":
            announced["atomic"] = True
        said = replace(DEFAULT, **{"key": uuid4().hex} | announced)  # type: ignore[arg-type]
        return await intake.receive(self.db, self.registers.sealer, said, in_pieces(content))

    async def work(self) -> None:
        await DeliveryWorker(self.db, self.registers).run_until_idle()

    async def push(self, body: bytes | list[dict[str, Any]], **announced: object) -> DeliveryOut:
        """Send a delivery, work it off, and return what became of it."""
        delivery_id = await self.send(body, **announced)
        await self.work()
        return await self.look(delivery_id)

    async def look(self, delivery_id: UUID) -> DeliveryOut:
        row = await self.row("select * from delivery where id = $1", delivery_id)
        return DeliveryOut.of(row, root="")

    async def errors(self, delivery_id: UUID) -> list[dict[str, Any]]:
        rows = await self.rows(
            "select row_no, key, field, code, difference from delivery_error"
            " where delivery_id = $1 order by row_no, error_no",
            delivery_id,
        )
        return [dict(row) for row in rows]

    async def rows(self, sql: str, *args: object) -> list[Any]:
        async with self.db.begin() as session:
            return await (await driver(session)).fetch(sql, *args)

    async def row(self, sql: str, *args: object) -> Any:  # noqa: ANN401  a record or its value
        return (await self.rows(sql, *args))[0]

    async def value(self, sql: str, *args: object) -> Any:  # noqa: ANN401  a record or its value
        return (await self.row(sql, *args))[0]


@pytest.fixture
async def pushing(scratch_database: ScratchDatabase) -> Pushing:
    db, urls = await scratch_database(items_metadata())
    return Pushing(db, urls)
