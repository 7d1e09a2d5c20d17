"""Investments: categories, and what was planned, forecast and spent on them.

Their outcome is kept here and not read from the ledger: the change of the equipment accounts
mixes purchases with depreciation and disposals, and part of the purchases is booked as cost.
Entries are only added; a wrong one is taken back by another with the opposite sign.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.budget.domain.investments import EntryKind, Flow
from services.budget.errors import CodeTaken
from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Entry:
    """One amount: ``year`` is what it is about, ``period`` when it happened or was said.

    ``stated_to`` is the öre that the source rounded to, 1 for an exact amount.
    """

    category: str
    kind: EntryKind
    flow: Flow
    year: int
    period: int
    amount: int
    stated_to: int = 1
    note: str = ""


async def add_category(conn: Connection, *, code: str, name: str, by: str) -> None:
    """Register a category.

    Raises:
        CodeTaken: it exists.

    """
    made = await conn.fetchval(
        "insert into investment_category (code, name, by) values ($1, $2, $3)"
        " on conflict do nothing returning code",
        code,
        name,
        by,
    )
    if made is None:
        raise CodeTaken


async def record(conn: Connection, entry: Entry, *, by: str) -> int:
    """Record an entry; return its id.

    Raises:
        InvestmentCategoryNotFound: by the database, see `errors.CONSTRAINTS`.

    """
    entry_id: int = await conn.fetchval(
        """
        insert into investment_entry
            (category, kind, flow, year, period, amount, stated_to, note, by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
        """,
        entry.category,
        entry.kind,
        entry.flow,
        entry.year,
        entry.period,
        entry.amount,
        entry.stated_to,
        entry.note,
        by,
    )
    return entry_id
