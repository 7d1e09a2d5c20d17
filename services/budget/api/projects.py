"""Projects: proposed, decided, changed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.budget import projects
from services.budget.api.parameters import POST, READ, ProjectPath
from services.budget.queries import projects as reads
from services.budget.schemas.project_versions import ProjectVersionOut
from services.budget.schemas.projects import DecisionIn, ProjectChangeIn, ProjectIn, ProjectOut
from shared.db import Connection, driver
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/projects", tag="projects")

FunderQuery = Annotated[
    str | None, Query(alias="funder", max_length=40, description="Only this funder's")
]


@router.post("", scope=POST, status_code=201, answers=ProjectOut, idempotent=True)
async def propose_project(body: ProjectIn, session: Transaction, caller: CallerDep) -> Response:
    """Register a proposed project.

    A budget that the source does not state is left out and explained in a note: it is not zero.
    """
    conn = await driver(session)
    project_id = await projects.propose(conn, body.number, body.to_domain(), by=caller.subject)
    return await _created(conn, project_id, f"/projects/{project_id}")


@router.get("", scope=READ)
async def list_projects(
    session: Reading, paging: Paging, funder: FunderQuery = None
) -> Page[ProjectOut]:
    """List projects.

    Each in its newest version, by number.
    """
    conn = await driver(session)
    rows, total = await reads.projects_page(
        conn, funder=funder, limit=paging.limit, offset=paging.offset
    )
    items = [ProjectOut.of(each) for each in await reads.known(conn, rows)]
    return Page.of(items, total=total, paging=paging)


@router.get("/{projectId}", scope=READ, answers=ProjectOut)
async def read_project(project_id: ProjectPath, session: Reading) -> Response:
    """Read one project.

    In its newest version, which the ETag names.
    """
    return _answered(await _known(await driver(session), project_id))


@router.get("/{projectId}/versions", scope=READ)
async def list_project_versions(
    project_id: ProjectPath, session: Reading, paging: Paging
) -> Page[ProjectVersionOut]:
    """List the versions of a project.

    Oldest first: what each said, who recorded it and why, and what it changed.
    """
    history = ProjectVersionOut.history(await reads.versions(await driver(session), project_id))
    items = history[paging.offset : paging.offset + paging.limit]
    return Page.of(items, total=len(history), paging=paging)


@router.put("/{projectId}", scope=POST, answers=ProjectOut)
async def change_project(
    project_id: ProjectPath,
    body: ProjectChangeIn,
    version: IfMatch,
    session: Transaction,
    caller: CallerDep,
) -> Response:
    """Change a project.

    Everything it says about itself is replaced, with a reason; reports at an earlier basis keep
    what it said before.
    """
    conn = await driver(session)
    await projects.change(
        conn,
        project_id,
        body.to_domain(),
        expected=version,
        reason=body.reason,
        by=caller.subject,
    )
    return _answered(await _known(conn, project_id))


@router.post(
    "/{projectId}/decisions", scope=POST, status_code=201, answers=ProjectOut, idempotent=True
)
async def decide_project(
    project_id: ProjectPath, body: DecisionIn, session: Transaction, caller: CallerDep
) -> Response:
    """Decide a project.

    It has its money: participants is told and opens a programme for it.
    """
    conn = await driver(session)
    await projects.decide(conn, project_id, decided_on=body.decided_on, by=caller.subject)
    return await _created(conn, project_id, f"/projects/{project_id}")


async def _known(conn: Connection, project_id: UUID) -> reads.Known:
    (found,) = await reads.known(conn, [await reads.project(conn, project_id)])
    return found


def _answered(found: reads.Known) -> Response:
    return answered(ProjectOut.of(found), version=found.row["version"])


async def _created(conn: Connection, project_id: UUID, location: str) -> Response:
    found = await _known(conn, project_id)
    return created(ProjectOut.of(found), location=location, version=found.row["version"])
