"""Statements that attack the ledger as the service's own role, without our code in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.budget import vouchers
from shared.db import driver
from tests.budget.books import BY, YEAR

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Database

MARCH = YEAR * 100 + 3

VOUCHER = """
    insert into voucher (series, year, number, period, covers_from, happened_on, text, by)
    values ('A', $1 / 100, $2, $1, $1, make_date($1 / 100, 3, 15), 'Attack', 'x') returning id
"""
POSTING = """
    insert into posting (voucher_id, period, happened_on, account, counterpart, amount)
    select id, period, happened_on, '5010', '87', $2 from voucher where id = $1
"""
VOUCHER_KEY = "posting_voucher_id_period_happened_on_fkey"


async def attack(conn: Connection, *amounts: int, number: int = 1, period: int = MARCH) -> None:
    async with conn.transaction():
        await conn.fetchval("select reserve_voucher_numbers('A', $1)", period // 100)
        voucher_id = await conn.fetchval(VOUCHER, period, number)
        for amount in amounts:
            await conn.execute(POSTING, voucher_id, amount)


def name_of(error: BaseException) -> str | None:
    return getattr(error, "constraint_name", None)


async def numbers(database: Database) -> list[int]:
    async with database.read() as session:
        rows = await (await driver(session)).fetch("select number from voucher order by 1")
    return [row["number"] for row in rows]


async def taken_back(books: Database, voucher_id: UUID) -> UUID:
    async with books.begin() as session:
        return await vouchers.reverse(
            await driver(session),
            voucher_id,
            reason="Fel konto",
            period=None,
            happened_on=None,
            by=BY,
        )
