"""Deliveries sent and worked off without HTTP, and tables written in their format."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from services.budget import periods
from services.budget.registers import REGISTERS
from shared.db import driver
from shared.deliveries import DeliveryWorker, intake
from shared.deliveries.resource import DeliveryOut

if TYPE_CHECKING:
    from shared.db import Database

PRINTED = Path(__file__).parents[3] / "shared" / "data"
"""The city's printed tables, where the workplace has them."""

needs_printed = pytest.mark.skipif(
    not PRINTED.is_dir(), reason="the city's printed tables are not here"
)

INCOME = {
    "external": "external",
    "municipal_companies": "municipalCompany",
    "internal": "internal",
    "total_as_printed": "total",
}
BALANCE = {
    "change_202001_202008": "change",
    "opening_202000": "opening",
    "closing_external": "external",
    "closing_municipal_companies": "municipalCompany",
    "closing_internal": "internal",
    "closing_total": "total",
}


def printed(name: str, statement: str, columns: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a printed table's rows in the register's format, blank cells left out."""
    with (PRINTED / name).open(encoding="utf-8") as file:
        return [
            {"statement": statement, "period": "202001-202008", "line": row["row"]}
            | {ours: row[theirs] for theirs, ours in columns.items() if row[theirs]}
            for row in csv.DictReader(file)
        ]


def as_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows as a CSV body; a field that some rows lack is an empty cell."""
    rows = list(rows)
    fields = list(dict.fromkeys(field for row in rows for field in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@dataclass
class Pushing:
    """Sends deliveries, trial balances unless said otherwise, and works them off."""

    db: Database

    async def open_year(self, year: int, first_day: date | None = None) -> None:
        async with self.db.begin() as session:
            conn = await driver(session)
            await periods.open_year(conn, year=year, first_day=first_day, by="tests")

    async def push(
        self,
        body: bytes,
        *,
        register: str = "trial-balance",
        content_type: str = "text/csv",
        dry_run: bool = False,
        atomic: bool = True,
    ) -> DeliveryOut:
        announced = intake.Announced(
            register=register,
            mode="delta",
            dry_run=dry_run,
            atomic=atomic,
            day=None,
            content_type=content_type,
            key=uuid4().hex,
            by="city-ledger",
        )
        receipt = await intake.receive(self.db, None, announced, _in_pieces(body))
        await DeliveryWorker(self.db, REGISTERS).run_until_idle()
        return await self.look(receipt.row["id"])

    async def look(self, delivery_id: UUID) -> DeliveryOut:
        row = await self.rows("select * from delivery where id = $1", delivery_id)
        return DeliveryOut.of(row[0], root="")

    async def errors(self, delivery: DeliveryOut) -> list[dict[str, Any]]:
        rows = await self.rows(
            "select row_no, key, field, code, detail, difference from delivery_error"
            " where delivery_id = $1 order by row_no, error_no",
            delivery.id,
        )
        return [dict(row) for row in rows]

    async def rows(self, sql: str, *args: object) -> list[Any]:
        async with self.db.begin() as session:
            return await (await driver(session)).fetch(sql, *args)

    async def value(self, sql: str, *args: object) -> Any:  # noqa: ANN401  a value
        return (await self.rows(sql, *args))[0][0]


async def _in_pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body
