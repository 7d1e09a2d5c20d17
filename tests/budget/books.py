"""A year, a few accounts and vouchers, for tests that need a ledger to stand on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from services.budget import code_parts, periods, vouchers
from services.budget.code_parts import Naming
from services.budget.domain.chart import Part
from services.budget.domain.vouchers import Draft, Entry
from shared.db import driver

if TYPE_CHECKING:
    from shared.db import Connection, Database

BY = "tests"
YEAR = 2031
ACCOUNTS = {"1510": "Kundfordringar", "2010": "Eget kapital", "3510": "Bidrag", "5010": "Löner"}
COUNTERPARTS = {"11": "Annan förvaltning", "55": "Bolaget", "87": "Företag"}


async def open_books(conn: Connection, *, year: int = YEAR, first_day: date | None = None) -> None:
    """Open a year and register accounts and counterparts."""
    await periods.open_year(conn, year=year, first_day=first_day, by=BY)
    since = date(2000, 1, 1)
    for part, names in ((Part.ACCOUNT, ACCOUNTS), (Part.COUNTERPART, COUNTERPARTS)):
        namings = [Naming(code, name, since) for code, name in names.items()]
        await code_parts.ensure(conn, part, namings, by=BY)


def draft(
    amount: int = 12_345,
    *,
    period: int = YEAR * 100 + 3,
    debit: str = "5010",
    credit: str = "1510",
    counterpart: str = "87",
) -> Draft:
    """Return a voucher of two postings."""
    return Draft(
        period=period,
        happened_on=date(period // 100, min(max(period % 100, 1), 12), 15),
        text="Lön",
        entries=[Entry(debit, counterpart, amount), Entry(credit, counterpart, -amount)],
    )


async def booked(database: Database, *drafts: Draft, series: str = "A") -> list[UUID]:
    """Book vouchers in a transaction of their own."""
    async with database.begin() as session:
        return await vouchers.book(await driver(session), drafts, series=series, by=BY)
