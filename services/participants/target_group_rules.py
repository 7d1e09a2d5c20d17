"""Decide new versions of what makes a target group (målgrupp); the past stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from services.participants.domain.conditions import NotConditions, read_conditions
from services.participants.errors.target_groups import (
    ConditionsRefused,
    RuleInThePast,
    RuleVersionLater,
)
from services.participants.target_groups import rejudge_from
from shared.clock import today
from shared.db import WriteSession, driver
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.schemas.target_group import TargetGroupRuleIn
    from shared.db import Connection

_DECIDE = """
    insert into target_group_rule (target_group, rule_version, valid_from, title, conditions)
    values ($1, $2, $3, $4, $5::text::jsonb)
    returning *, conditions::text as conditions_json
"""


async def decide(session: WriteSession, given: TargetGroupRuleIn, *, by: str) -> Record:
    """Let a new version of a group's rule begin on a day to come.

    The version before it ends the day before; entries already registered for later days are
    judged by the new one.

    Raises:
        ConditionsRefused: not a list of known conditions; says where and what.
        RuleInThePast: the day is not to come.
        RuleVersionLater: a version that begins later, or the same day, is decided.

    """
    conditions = given.conditions_json
    try:
        read_conditions(conditions)
    except NotConditions as error:
        raise ConditionsRefused.of("conditions", "not_allowed", str(error)) from error
    if given.valid_from <= today():
        raise RuleInThePast
    conn = await driver(session)
    newest = await conn.fetchrow(
        "select id, rule_version, valid_from, valid_to from target_group_rule"
        " where target_group = $1 order by valid_from desc limit 1 for update",
        given.target_group,
    )
    if newest is not None:
        await _follow(conn, newest, given.valid_from, by=by)
    row: Record | None = await conn.fetchrow(
        _DECIDE,
        given.target_group,
        newest["rule_version"] + 1 if newest is not None else 1,
        given.valid_from,
        given.title,
        conditions,
    )
    assert row is not None  # noqa: S101  an INSERT without conflict clause returns its row
    await rejudge_from(conn, given.valid_from, reason=f"rule {given.target_group}", by=by)
    return row


async def _follow(conn: Connection, newest: Record, valid_from: date, *, by: str) -> None:
    if newest["valid_from"] >= valid_from:
        raise RuleVersionLater
    if newest["valid_to"] is None or newest["valid_to"] >= valid_from:
        await keep_version(conn, "target_group_rule", [newest["id"]], reason="followed", by=by)
        await conn.execute(
            f"update target_group_rule set valid_to = $2, {BUMP} where id = $1",
            newest["id"],
            valid_from - timedelta(days=1),
        )
