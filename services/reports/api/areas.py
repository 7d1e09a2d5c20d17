"""The area map: the city's districts over time."""

from __future__ import annotations

from services.reports import queries
from services.reports.schemas.documents import AreaOut, AreasOut
from shared.db import driver
from shared.routing import Reading, ServiceRouter

router = ServiceRouter(prefix="/areas", tag="areas")


@router.get("", scope="reports:read")
async def list_areas(session: Reading) -> AreasOut:
    """List every district, when it existed, and which ones were merged into it."""
    return AreasOut(areas=[AreaOut(**row) for row in await queries.areas(await driver(session))])
