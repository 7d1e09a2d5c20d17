"""Budget versions: the council's decision, and what it was adjusted by afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.budget.errors import BudgetAlreadyDecided, BudgetNotDecided
from services.budget.queries import planning
from shared.db import Connection
from shared.events import new_id


async def decide(
    conn: Connection,
    *,
    year: int,
    decided_on: date,
    decided_by: str,
    reference: str,
    lines: Mapping[str, int],
    by: str,
) -> UUID:
    """Record the council's budget: öre per row of the settlement.

    Raises:
        BudgetAlreadyDecided: the year has a budget; adjust it.

    """
    number = await planning.next_version(conn, year)
    if number > 1:
        raise BudgetAlreadyDecided
    return await _record(
        conn, (year, 1, "council_decision", decided_on, decided_by, reference, by), lines
    )


async def adjust(
    conn: Connection,
    *,
    year: int,
    decided_on: date,
    decided_by: str,
    reference: str,
    lines: Mapping[str, int],
    by: str,
) -> UUID:
    """Record an adjustment: the öre by which each named row changes.

    Raises:
        BudgetNotDecided: there is nothing to adjust.

    """
    number = await planning.next_version(conn, year)
    if number == 1:
        raise BudgetNotDecided
    return await _record(
        conn, (year, number, "adjustment", decided_on, decided_by, reference, by), lines
    )


async def _record(conn: Connection, head: tuple[object, ...], lines: Mapping[str, int]) -> UUID:
    version_id = new_id()
    await conn.execute(
        """
        insert into budget_version
            (id, year, number, kind, decided_on, decided_by, reference, by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        version_id,
        *head,
    )
    await conn.copy_records_to_table(
        "budget_line",
        columns=("version_id", "row_code", "amount"),
        records=[(version_id, row, amount) for row, amount in sorted(lines.items())],
    )
    return version_id
