"""Units: what people come to."""

from __future__ import annotations

from starlette.responses import Response

from services.participants import offering, queries
from services.participants.api.parameters import READ, WRITE, Administrator, OnDay, UnitPath
from services.participants.schemas.offering import ClosureIn, UnitIn, UnitOut
from shared.db import driver
from shared.dependencies import Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/units", tag="units")


@router.get("", scope=READ)
async def list_units(session: Reading, paging: Paging, on: OnDay = None) -> Page[UnitOut]:
    """List units.

    With `on`, only those in operation on that day. Open to every unit: nothing here is about
    a person.
    """
    rows, total = await queries.offerings(
        await driver(session), "unit", on=on, limit=paging.limit, offset=paging.offset
    )
    return Page.of([UnitOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{unitCode}", scope=READ, answers=UnitOut)
async def read_unit(code: UnitPath, session: Reading) -> Response:
    """Read one unit.

    The ETag names its version.
    """
    row = await queries.offering(await driver(session), "unit", code)
    return answered(UnitOut.of(row), version=row["version"])


@router.post("", scope=WRITE, status_code=201, answers=UnitOut, idempotent=True)
async def open_unit(body: UnitIn, session: Transaction, _by: Administrator) -> Response:
    """Open a unit.

    For tokens that cover all units. It counts in figures from its first day on.
    """
    row = await offering.open_unit(session, body)
    return created(UnitOut.of(row), location=f"/units/{row['code']}", version=row["version"])


@router.post("/{unitCode}/closures", scope=WRITE, status_code=201, answers=UnitOut, idempotent=True)
async def close_unit(
    code: UnitPath, body: ClosureIn, session: Transaction, by: Administrator
) -> Response:
    """Close a unit after its last day.

    For tokens that cover all units. Closing again corrects the day; it is refused when
    something started later.
    """
    row = await offering.close(
        session, offering.UNIT, code, last_day=body.last_day, reason=body.reason, by=by
    )
    return created(UnitOut.of(row), location=f"/units/{code}", version=row["version"])
