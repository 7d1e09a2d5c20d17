"""Responsible managers of units."""

from __future__ import annotations

from starlette.responses import Response

from services.participants import queries, unit_managers
from services.participants.api.parameters import READ, WRITE, Administrator, OnDay, UnitQuery
from services.participants.schemas.concern_report import UnitManagerIn, UnitManagerOut
from shared.db import driver
from shared.dependencies import CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/unit-managers", tag="unit-managers")


@router.post("", scope=WRITE, status_code=201, answers=UnitManagerOut, idempotent=True)
async def appoint_unit_manager(
    body: UnitManagerIn, session: Transaction, by: Administrator
) -> Response:
    """Appoint a unit's responsible manager.

    For tokens that cover all units. Whoever was until then ends the day before; after an acting
    manager's last day they come back.
    """
    row = await unit_managers.appoint(session, body, by=by)
    return created(UnitManagerOut.of(row), location="/unit-managers", version=row["version"])


@router.get("", scope=READ)
async def list_unit_managers(
    session: Reading, caller: CallerDep, paging: Paging, *, unit: UnitQuery = None, on: OnDay = None
) -> Page[UnitManagerOut]:
    """List responsible managers of the caller's units.

    With `on`, those of that day.
    """
    rows, total = await queries.unit_managers_page(
        await driver(session), by=caller, paging=paging, unit=unit, on=on
    )
    return Page.of([UnitManagerOut.of(row) for row in rows], total=total, paging=paging)
