"""Which figures a dry run would move: the net of the facts it appended before the rollback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.db import Connection
    from shared.deliveries.register import Register
    from shared.journal import Journal


async def moved_figures(conn: Connection, register: Register) -> list[dict[str, Any]]:
    """Return ``{"measure", "year", "amount"}`` for every sum that the open transaction moves.

    The transaction must be REPEATABLE READ and have begun by reading, so that every fact it
    sees with a transaction number of its own or later is its own.
    """
    if register.moved_figures is not None:
        return await register.moved_figures(conn)
    moved: list[dict[str, Any]] = []
    for journal in register.journals:
        rows = await conn.fetch(_net_sql(journal))
        moved.extend(dict(row) for row in rows)
    return moved


def _net_sql(journal: Journal) -> str:
    measure, happened_on, amount, recorded_at = (
        journal.expressions.get(name, name)
        for name in ("measure", "happened_on", "amount", "recorded_at")
    )
    return f"""
        select {measure} as measure, extract(year from {happened_on})::int as year,
               sum({amount})::bigint as amount
        from {journal.table}
        where {recorded_at} >= transaction_timestamp()
          and age(xmin) <= age(pg_current_xact_id()::xid)
        group by 1, 2 having sum({amount}) <> 0 order by 1, 2
    """
