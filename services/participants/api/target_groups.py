"""The rules of target groups, by date."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import queries, target_group_rules
from services.participants.api.parameters import READ, WRITE, Administrator, OnDay
from services.participants.domain.codes import TargetGroup
from services.participants.schemas.target_group import (
    TargetGroupRuleIn,
    TargetGroupRuleOut,
)
from shared.db import driver
from shared.dependencies import Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/target-group-rules", tag="target-group-rules")

RulePath = Annotated[UUID, Path(alias="ruleId", description="The rule version's id")]
GroupQuery = Annotated[
    TargetGroup | None, Query(alias="targetGroup", description="Only this group's")
]


@router.get("", scope=READ)
async def list_target_group_rules(
    session: Reading, paging: Paging, *, on: OnDay = None, group: GroupQuery = None
) -> Page[TargetGroupRuleOut]:
    """List the rules of target groups, every version.

    With `on`, those that hold on that day. Open to every unit: nothing here is about a person.
    """
    rows, total = await queries.target_group_rules(
        await driver(session), on=on, group=group, paging=paging
    )
    return Page.of([TargetGroupRuleOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{ruleId}", scope=READ, answers=TargetGroupRuleOut)
async def read_target_group_rule(rule_id: RulePath, session: Reading) -> Response:
    """Read one version of a rule.

    The ETag names the version of the record, which changes when a later rule ends it.
    """
    row = await queries.target_group_rule(await driver(session), rule_id)
    return answered(TargetGroupRuleOut.of(row), version=row["version"])


@router.post("", scope=WRITE, status_code=201, answers=TargetGroupRuleOut, idempotent=True)
async def decide_target_group_rule(
    body: TargetGroupRuleIn, session: Transaction, by: Administrator
) -> Response:
    """Decide a new version of a group's rule.

    For tokens that cover all units. It begins on a day to come, and the version before it ends
    the day before: what was judged by that one stands.
    """
    row = await target_group_rules.decide(session, body, by=by)
    return created(
        TargetGroupRuleOut.of(row),
        location=f"/target-group-rules/{row['id']}",
        version=row["version"],
    )
