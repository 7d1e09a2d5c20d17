"""Claims by hand: the statements of a submission, for tests that attack what guards them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.budget.domain.rounding import half_even

if TYPE_CHECKING:
    import asyncpg

    from tests.budget.funding import Funded

EVENT = """
    insert into claim_event (claim_id, action, happened_on, amount, grant_number, basis, eligible,
                             in_kind, support, deducted, cut, reference, reason, by)
    values ($1, 'submitted', '2024-12-20', $2, 1, now(), $3, 0, $4, 0, $5, '', '', 'x')
"""
STEP = """
    insert into claim_event (claim_id, action, happened_on, amount, reference, reason, by)
    values ($1, $2, '2025-01-20', $3, '', 'x', 'x')
"""
LINE = """
    insert into claim_line (claim_id, line, kind, cost_type, code, minutes, rate, base_lines,
                            amount)
    values ($1, $2, $3, 'personal', '', $4, $5, '{}', $6)
"""
SOURCE = """
    insert into claim_source (claim_id, line, ordinal, kind, posting_id, amount)
    values ($1, 1, $2, 'posting', $3, $4)
"""
HOURS = """
    insert into claim_source (claim_id, line, ordinal, kind, record_id, record_version, minutes)
    select $1, 1, 1, 'staff_hours', id, 1, $2 from staff_hours
"""


@dataclass
class Attacker:
    """The service's own role without any of our code, and what it may attack."""

    conn: asyncpg.Connection[Any]
    funded: Funded

    async def draft(self) -> str:
        return await self.funded.draft()

    async def postings(self) -> list[tuple[int, int]]:
        rows = await self.conn.fetch(
            "select id, amount from posting where project <> '' order by id"
        )
        return [(row["id"], row["amount"]) for row in rows]

    async def submit(
        self,
        claim: str,
        sources: list[tuple[int, int]],
        *,
        eligible: int | None = None,
        support: int | None = None,
        cut: int = 0,
    ) -> None:
        """Submit a claim of one line by hand, everything said being right unless told otherwise."""
        base = sum(amount for _, amount in sources)
        whole = base if eligible is None else eligible
        asked = half_even(whole, 2) if support is None else support
        async with self.conn.transaction():
            await self.conn.execute(EVENT, claim, asked - cut, whole, asked, cut)
            await self.line(claim, base)
            for ordinal, (posting, amount) in enumerate(sources, 1):
                await self.conn.execute(SOURCE, claim, ordinal, posting, amount)

    async def line(self, claim: str, amount: int, *, number: int = 1) -> None:
        await self.conn.execute(LINE, claim, number, "actual", None, None, amount)
