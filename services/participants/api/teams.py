"""Teams: what people meet within a programme."""

from __future__ import annotations

from starlette.responses import Response

from services.participants import offering, queries
from services.participants.api.parameters import READ, WRITE, Administrator, OnDay, TeamPath
from services.participants.schemas.offering import ClosureIn, TeamIn, TeamOut
from shared.db import driver
from shared.dependencies import Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/teams", tag="teams")


@router.get("", scope=READ)
async def list_teams(session: Reading, paging: Paging, on: OnDay = None) -> Page[TeamOut]:
    """List teams.

    With `on`, only those in operation on that day. Open to every unit: nothing here is about
    a person.
    """
    rows, total = await queries.offerings(
        await driver(session), "team", on=on, limit=paging.limit, offset=paging.offset
    )
    return Page.of([TeamOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{teamCode}", scope=READ, answers=TeamOut)
async def read_team(code: TeamPath, session: Reading) -> Response:
    """Read one team.

    The ETag names its version.
    """
    row = await queries.offering(await driver(session), "team", code)
    return answered(TeamOut.of(row), version=row["version"])


@router.post("", scope=WRITE, status_code=201, answers=TeamOut, idempotent=True)
async def open_team(body: TeamIn, session: Transaction, _by: Administrator) -> Response:
    """Open a team.

    For tokens that cover all units. It counts in figures from its first day on.
    """
    row = await offering.open_team(session, body)
    return created(TeamOut.of(row), location=f"/teams/{row['code']}", version=row["version"])


@router.post("/{teamCode}/closures", scope=WRITE, status_code=201, answers=TeamOut, idempotent=True)
async def close_team(
    code: TeamPath, body: ClosureIn, session: Transaction, by: Administrator
) -> Response:
    """Close a team after its last day.

    For tokens that cover all units. Closing again corrects the day; it is refused when
    something started later.
    """
    row = await offering.close(
        session, offering.TEAM, code, last_day=body.last_day, reason=body.reason, by=by
    )
    return created(TeamOut.of(row), location=f"/teams/{code}", version=row["version"])
