"""Budget versions: the council's decision, and what it was adjusted by afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.errors import BudgetAlreadyDecided, BudgetNotDecided
from services.budget.figures import BUDGET_FACTS, FACTS
from services.budget.queries import planning
from shared.db import Connection
from shared.events import new_id
from shared.journal import settle


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a year's budget, and where it can be read.

    ``effective_on`` is the day from which it counts, None for the day it was decided.
    """

    year: int
    decided_on: date
    decided_by: str
    reference: str
    effective_on: date | None
    reason: str


async def decide(
    conn: Connection, decision: Decision, *, lines: Mapping[str, int], by: str
) -> UUID:
    """Record the council's budget: öre per row of the settlement.

    Raises:
        BudgetAlreadyDecided: the year has a budget; adjust it.

    """
    number = await planning.next_version(conn, decision.year)
    if number > 1:
        raise BudgetAlreadyDecided
    return await _record(conn, decision, 1, lines, by)


async def adjust(
    conn: Connection, decision: Decision, *, lines: Mapping[str, int], by: str
) -> UUID:
    """Record an adjustment: the öre by which each named row changes.

    Raises:
        BudgetNotDecided: there is nothing to adjust.

    """
    number = await planning.next_version(conn, decision.year)
    if number == 1:
        raise BudgetNotDecided
    return await _record(conn, decision, number, lines, by)


async def _record(
    conn: Connection,
    decision: Decision,
    number: int,
    lines: Mapping[str, int],
    by: str,
) -> UUID:
    version_id = new_id()
    await conn.execute(
        """
        insert into budget_version
            (id, number, kind, by, year, decided_on, decided_by, reference, effective_on, reason)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        version_id,
        number,
        "council_decision" if number == 1 else "adjustment",
        by,
        decision.year,
        decision.decided_on,
        decision.decided_by,
        decision.reference,
        decision.effective_on,
        decision.reason,
    )
    await conn.copy_records_to_table(
        "budget_line",
        columns=("version_id", "row_code", "amount"),
        records=[(version_id, row, amount) for row, amount in sorted(lines.items())],
    )
    await settle(
        conn,
        FACTS,
        "budget_version",
        [version_id],
        wanted_sql=BUDGET_FACTS,
        reason=decision.reason,
        fresh=True,
    )
    return version_id
