"""Trial balances held, as the tables that they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.budget.domain.layouts import LAYOUTS
from services.budget.domain.periods import PeriodRange
from services.budget.domain.tables import Label, Table, TableRow
from shared.db import Connection

CELLS = ("opening", "change", "external", "municipal_company", "internal", "undivided", "total")


@dataclass(frozen=True, slots=True)
class Held:
    """The newest version of one form and range, with the vouchers that it is booked as."""

    id: UUID
    statement: str
    range: PeriodRange
    version: int
    vouchers: tuple[UUID, ...]
    table: Table
    record_ids: dict[str, UUID]


_NEWEST = """
    select distinct on (statement, first_period, last_period)
           id, statement, first_period, last_period, version, vouchers
    from trial_balance
    where statement = any($1::text[]) and first_period / 100 = $2
      and ($3::timestamptz is null or recorded_at <= $3)
    order by statement, first_period, last_period, version desc
"""

_ROWS = """
    select trial_balance_id, code, record_id, ordinal, is_account, name,
           opening, change, external, municipal_company, internal, undivided, total
    from trial_balance_row where trial_balance_id = any($1::uuid[]) order by ordinal, code
"""


async def held_of_year(
    conn: Connection, year: int, *, statements: Sequence[str], basis: datetime | None = None
) -> list[Held]:
    """Return a year's tables, each in its newest version (at a basis), by form and last period."""
    heads = await conn.fetch(_NEWEST, list(statements), year, basis)
    rows = await conn.fetch(_ROWS, [head["id"] for head in heads])
    return [
        _held(head, [row for row in rows if row["trial_balance_id"] == head["id"]])
        for head in heads
    ]


def _held(head: asyncpg.Record, rows: list[asyncpg.Record]) -> Held:
    return Held(
        id=head["id"],
        statement=head["statement"],
        range=PeriodRange(head["first_period"], head["last_period"]),
        version=head["version"],
        vouchers=tuple(head["vouchers"]),
        table=table_of(head["statement"], rows, row_no=0),
        record_ids={row["code"]: row["record_id"] for row in rows},
    )


def table_of(statement: str, rows: Sequence[asyncpg.Record], *, row_no: int | None = None) -> Table:
    """Return records with cells as a table; a column that no row states is left out of all.

    Args:
        statement: code of the form.
        rows: records with ``code``, ``name``, ``is_account`` and `CELLS`, in print order.
        row_no: number given to every row; each record's own ``row_no`` when None.

    """
    given = [column for column in CELLS if any(row[column] is not None for row in rows)]
    return Table(
        LAYOUTS[statement],
        [
            TableRow(
                row_no=row["row_no"] if row_no is None else row_no,
                label=Label(row["code"], row["name"], row["is_account"]),
                cells={column: row[column] for column in given},
            )
            for row in rows
        ],
    )
