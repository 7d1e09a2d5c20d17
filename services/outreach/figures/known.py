"""Operations and their counting rules as they were known at a basis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.outreach.domain.counting import CountingRule, Counts
from shared.db import Connection

RULED = frozenset({"visits", "reached", "students"})
"""Measures that an operation's counting rule chooses between."""

# Operations as they were known at the basis: the present row, or the version before a change.
_OPERATIONS = """
    select code, name, valid_from, valid_to from operation where recorded_at <= $1
    union all
    select body->>'code', body->>'name', (body->>'valid_from')::date, (body->>'valid_to')::date
    from record_version
    where kind = 'operation' and recorded_at <= $1 and superseded_at > $1
    order by code
"""
_RULES = """
    select operation, version, valid_from, counts, note from counting_rule
    where recorded_at <= $1 order by operation, version
"""


@dataclass(frozen=True, slots=True)
class Known:
    """An operation as it was known at a basis."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    rules: tuple[CountingRule, ...]


async def known_operations(conn: Connection, basis: datetime) -> list[Known]:
    """Return every operation as it was known at a basis, by code, its rules the earliest first."""
    rules: dict[str, list[CountingRule]] = {}
    for row in await conn.fetch(_RULES, basis):
        rules.setdefault(row["operation"], []).append(_rule(row))
    return [
        Known(**dict(row), rules=tuple(rules.get(row["code"], ())))
        for row in await conn.fetch(_OPERATIONS, basis)
    ]


def _rule(row: Any) -> CountingRule:  # noqa: ANN401  asyncpg's Record
    return CountingRule(row["version"], row["valid_from"], Counts(row["counts"]), row["note"])
