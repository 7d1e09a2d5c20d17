"""Operations and their counting rules."""

from __future__ import annotations

from typing import Annotated

from starlette.responses import Response

from services.outreach import operations, queries
from services.outreach.api.parameters import READ, WRITE, code_path, wanted
from services.outreach.domain.counting import CountingRule
from services.outreach.queries import OPERATIONS
from services.outreach.schemas.places import (
    CountingRuleIn,
    CountingRuleOut,
    CountingRulesOut,
    OperationChangeIn,
    OperationIn,
    OperationOut,
)
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/operations", tag="operations")

OperationPath = Annotated[str, code_path("operationCode")]


@router.post("", scope=WRITE, status_code=201, answers=OperationOut, idempotent=True)
async def open_operation(body: OperationIn, session: Transaction, caller: CallerDep) -> Response:
    """Open an operation.

    With its first counting rule, which holds from its first day.
    """
    row = await operations.open_operation(session, **body.values(), by=caller)
    shown = OperationOut.of(row)
    return created(shown, location=f"/operations/{row.code}", version=row.version)


@router.get("", scope=READ)
async def list_operations(
    session: Reading, caller: CallerDep, paging: Paging
) -> Page[OperationOut]:
    """List operations.

    In the order of their codes.
    """
    rows, total = await queries.listed(session, OPERATIONS, wanted(paging), by=caller)
    return Page.of([OperationOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{operationCode}", scope=READ, answers=OperationOut)
async def read_operation(code: OperationPath, session: Reading, caller: CallerDep) -> Response:
    """Read one operation.

    The ETag names its version.
    """
    row = await queries.read(session, OPERATIONS, code, by=caller)
    return answered(OperationOut.of(row), version=row.version)


@router.patch("/{operationCode}", scope=WRITE, answers=OperationOut)
async def change_operation(
    code: OperationPath,
    body: OperationChangeIn,
    session: Transaction,
    caller: CallerDep,
    version: IfMatch,
) -> Response:
    """Change an operation.

    Its name or its last day; what it counts changes by a new counting rule.
    """
    row = await operations.change_operation(
        session, code, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(OperationOut.of(row), version=row.version)


@router.post(
    "/{operationCode}/counting-rules",
    scope=WRITE,
    status_code=201,
    answers=CountingRuleOut,
    idempotent=True,
)
async def add_counting_rule(
    code: OperationPath, body: CountingRuleIn, session: Transaction, caller: CallerDep
) -> Response:
    """Add a counting rule.

    A break in the operation's series: figures across its first day carry a note.
    """
    rule = await operations.add_counting_rule(
        session, code, valid_from=body.valid_from, counts=body.counts, note=body.note, by=caller
    )
    return created(_shown(rule), location=f"/operations/{code}/counting-rules")


@router.get("/{operationCode}/counting-rules", scope=READ)
async def list_counting_rules(
    code: OperationPath, session: Reading, caller: CallerDep
) -> CountingRulesOut:
    """List an operation's counting rules.

    The earliest first.
    """
    row = await queries.read(session, OPERATIONS, code, by=caller)
    rules = await queries.counting_rules(session, row.code)
    return CountingRulesOut(items=[_shown(rule) for rule in rules])


def _shown(rule: CountingRule) -> CountingRuleOut:
    return CountingRuleOut(
        version=rule.version,
        counts=rule.counts,
        unit=rule.counts.unit,
        valid_from=rule.valid_from,
        note=rule.note,
    )
