"""The rules of target groups: open to every caller, as they say nothing of people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from services.participants.errors.target_groups import TargetGroupRuleNotFound

if TYPE_CHECKING:
    from asyncpg import Record

    from shared.db import Connection
    from shared.paging import PageRequest

_ASKED = """
    from target_group_rule
    where ($1::date is null or $1 between valid_from and coalesce(valid_to, 'infinity'))
      and ($2::text is null or target_group = $2)
"""


async def target_group_rule(conn: Connection, rule_id: UUID) -> Record:
    """Return one version of a rule.

    Raises:
        TargetGroupRuleNotFound: not there.

    """
    row: Record | None = await conn.fetchrow(
        "select *, conditions::text as conditions_json from target_group_rule where id = $1",
        rule_id,
    )
    if row is None:
        raise TargetGroupRuleNotFound
    return row


async def target_group_rules(
    conn: Connection, *, on: date | None, group: str | None, paging: PageRequest
) -> tuple[list[Record], int]:
    """Return one page of rules, of those that hold on a day if one is given."""
    total = await conn.fetchval(f"select count(*) {_ASKED}", on, group)
    rows = await conn.fetch(
        f"select *, conditions::text as conditions_json {_ASKED}"
        f" order by target_group, valid_from limit {paging.limit} offset {paging.offset}",
        on,
        group,
    )
    return rows, total
