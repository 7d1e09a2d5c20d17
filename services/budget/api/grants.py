"""What funders granted projects, and how the money stands."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from services.budget import grants
from services.budget.api.parameters import POST, READ, BasisQuery, ProjectPath
from services.budget.queries import claims as reads
from services.budget.schemas.claim_lines import FinancingOut
from services.budget.schemas.programmes import GrantIn, GrantOut, GrantsOut
from shared.basis import reading_at
from shared.db import driver
from shared.dependencies import CallerDep, Reading, Transaction
from shared.responses import created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/projects", tag="grants")


@router.post("/{projectId}/grants", scope=POST, status_code=201, answers=GrantOut, idempotent=True)
async def record_grant(
    project_id: ProjectPath, body: GrantIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record a decision on a project's grant (beviljat stöd).

    The whole amount and all terms from then on. The first ties the project to its programme
    period; none lowers the grant below what is claimed.
    """
    conn = await driver(session)
    number = await grants.decide(conn, project_id, body.to_domain(), by=caller.subject)
    rows = await reads.grant_decisions(conn, project_id)
    return created(GrantOut.of(rows[number - 1]), location=f"/projects/{project_id}/grants")


@router.get("/{projectId}/grants", scope=READ)
async def list_grants(project_id: ProjectPath, session: Reading) -> GrantsOut:
    """List the decisions on a project's grant.

    The first one first; the last one holds.
    """
    return GrantsOut.of(await reads.grant_decisions(await driver(session), project_id))


@router.get("/{projectId}/financing-statements", scope=READ)
async def read_financing(
    request: Request, project_id: ProjectPath, basis: BasisQuery = None
) -> FinancingOut:
    """Read how a project is financed.

    What was granted, claimed, decided and paid, what is left, and the eligible costs of live
    claims by cost type; the same basis gives the same answer.
    """
    async with reading_at(request.app.state.services.db, basis) as (session, at):
        conn = await driver(session)
        row = await reads.financing(conn, project_id, at)
        return FinancingOut.of(at, row, await reads.financing_by_cost_type(conn, project_id, at))
