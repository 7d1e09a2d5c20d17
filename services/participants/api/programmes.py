"""Programmes: what people are enrolled in."""

from __future__ import annotations

from starlette.responses import Response

from services.participants import offering, queries
from services.participants.api.parameters import READ, WRITE, Administrator, OnDay, ProgrammePath
from services.participants.schemas.offering import (
    ClosureIn,
    EsfFundingIn,
    ProgrammeIn,
    ProgrammeOut,
)
from shared.db import driver
from shared.dependencies import Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/programmes", tag="programmes")


@router.get("", scope=READ)
async def list_programmes(session: Reading, paging: Paging, on: OnDay = None) -> Page[ProgrammeOut]:
    """List programmes.

    With `on`, only those in operation on that day. Open to every unit: nothing here is about
    a person.
    """
    rows, total = await queries.offerings(
        await driver(session), "programme", on=on, limit=paging.limit, offset=paging.offset
    )
    return Page.of([ProgrammeOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{programmeCode}", scope=READ, answers=ProgrammeOut)
async def read_programme(code: ProgrammePath, session: Reading) -> Response:
    """Read one programme.

    The ETag names its version.
    """
    row = await queries.offering(await driver(session), "programme", code)
    return answered(ProgrammeOut.of(row), version=row["version"])


@router.post("", scope=WRITE, status_code=201, answers=ProgrammeOut, idempotent=True)
async def open_programme(body: ProgrammeIn, session: Transaction, _by: Administrator) -> Response:
    """Open a programme.

    For tokens that cover all units. It counts in figures from its first day on.
    """
    row = await offering.open_programme(session, body)
    return created(
        ProgrammeOut.of(row), location=f"/programmes/{row['code']}", version=row["version"]
    )


@router.post(
    "/{programmeCode}/closures", scope=WRITE, status_code=201, answers=ProgrammeOut, idempotent=True
)
async def close_programme(
    code: ProgrammePath, body: ClosureIn, session: Transaction, by: Administrator
) -> Response:
    """Close a programme after its last day.

    For tokens that cover all units. Closing again corrects the day; it is refused when
    something started later.
    """
    row = await offering.close(
        session, offering.PROGRAMME, code, last_day=body.last_day, reason=body.reason, by=by
    )
    return created(ProgrammeOut.of(row), location=f"/programmes/{code}", version=row["version"])


@router.post(
    "/{programmeCode}/esf-fundings",
    scope=WRITE,
    status_code=201,
    answers=ProgrammeOut,
    idempotent=True,
)
async def fund_programme_by_esf(
    code: ProgrammePath, body: EsfFundingIn, session: Transaction, by: Administrator
) -> Response:
    """Say on which days ESF+ pays for a programme.

    For tokens that cover all units. Who leaves it on such a day is followed up after six months
    too; said again it corrects the days, and follow-ups with them.
    """
    row = await offering.fund_by_esf(session, code, body, by=by)
    return created(ProgrammeOut.of(row), location=f"/programmes/{code}", version=row["version"])
