"""Rules of who counts as UVAS."""

from __future__ import annotations

from starlette.responses import Response

from services.outreach import queries, uvas_rules
from services.outreach.api.parameters import READ, WRITE
from services.outreach.schemas.uvas_rule import UvasRuleIn, UvasRuleOut, UvasRulesOut
from shared.dependencies import CallerDep, Reading, Transaction
from shared.responses import created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/uvas-rules", tag="uvas-rules")


@router.get("", scope=READ)
async def list_uvas_rules(session: Reading) -> UvasRulesOut:
    """List the rules of who is UVAS.

    The earliest first.
    """
    rules = await queries.uvas_rules(session)
    items = [UvasRuleOut.model_validate(rule, from_attributes=True) for rule in rules]
    return UvasRulesOut(items=items)


@router.post("", scope=WRITE, status_code=201, answers=UvasRuleOut, idempotent=True)
async def add_uvas_rule(body: UvasRuleIn, session: Transaction, caller: CallerDep) -> Response:
    """Add a rule of who is UVAS.

    A break in their series: contacts of its first day and later are counted anew.
    """
    rule = await uvas_rules.add(
        session,
        valid_from=body.valid_from,
        youngest=body.youngest,
        oldest=body.oldest,
        without_kaa=body.without_kaa,
        note=body.note,
        by=caller,
    )
    shown = UvasRuleOut.model_validate(rule, from_attributes=True)
    return created(shown, location="/uvas-rules")
