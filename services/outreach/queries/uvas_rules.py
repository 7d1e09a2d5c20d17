"""Reads of the rules of who is UVAS."""

from __future__ import annotations

from sqlalchemy import select

from services.outreach.domain.uvas import UvasRule
from services.outreach.models import UvasRuleRow
from services.outreach.queries.reading import Session


async def uvas_rules(session: Session) -> list[UvasRule]:
    """Return every rule, the earliest first."""
    rows = await session.scalars(select(UvasRuleRow).order_by(UvasRuleRow.valid_from))
    return [
        UvasRule(r.version, r.valid_from, r.youngest, r.oldest, r.without_kaa, r.note) for r in rows
    ]
