"""Reads of operations."""

from __future__ import annotations

from sqlalchemy import select

from services.outreach.domain.counting import CountingRule, Counts
from services.outreach.models import CountingRuleRow
from services.outreach.queries.reading import Session


async def counting_rules(session: Session, operation: str) -> list[CountingRule]:
    """Return an operation's rules, the earliest first."""
    rows = await session.scalars(
        select(CountingRuleRow)
        .where(CountingRuleRow.operation == operation)
        .order_by(CountingRuleRow.valid_from)
    )
    return [CountingRule(r.version, r.valid_from, Counts(r.counts), r.note) for r in rows]
