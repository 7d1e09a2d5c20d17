"""What a dry run would move in the ledger."""

from __future__ import annotations

from typing import Any

from shared.db import Connection

_MOVED = """
    select 'outcome/' || account_group as measure, period / 100 as year,
           sum(amount)::bigint as amount
    from posting
    where recorded_at >= transaction_timestamp()
      and age(xmin) <= age(pg_current_xact_id()::xid)
    group by 1, 2 having sum(amount) <> 0 order by 2, 1
"""


async def moved_outcome(conn: Connection) -> list[dict[str, Any]]:
    """Return the öre by which each account group would move; the ledger as a whole never does."""
    return [dict(row) for row in await conn.fetch(_MOVED)]
