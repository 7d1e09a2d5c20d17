"""Programme periods of funders and their rules."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from services.budget import programmes
from services.budget.api.parameters import POST, READ
from services.budget.queries import programmes as reads
from services.budget.schemas.programmes import (
    AccountRuleIn,
    AccountRuleOut,
    CostTypeIn,
    CostTypeOut,
    FlatRateIn,
    FlatRateOut,
    HourlyRateIn,
    HourlyRateOut,
    PeriodTermsIn,
    ProgrammePeriodIn,
    ProgrammePeriodOut,
    ProgrammeRulesOut,
)
from shared.clock import utcnow
from shared.db import Connection, driver
from shared.dependencies import CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/programme-periods", tag="programme-periods")

ProgrammePath = Annotated[
    str,
    Path(
        alias="programmeCode",
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=60,
        description="Its code",
    ),
]


@router.post("", scope=POST, status_code=201, answers=ProgrammeRulesOut, idempotent=True)
async def register_programme_period(
    body: ProgrammePeriodIn, session: Transaction, caller: CallerDep
) -> Response:
    """Register a programme period.

    With the hours a year and a day that it pays for of one person.
    """
    conn = await driver(session)
    await programmes.register(conn, body.code, body.to_domain(), by=caller.subject)
    return await _shown(conn, body.code)


@router.get("", scope=READ)
async def list_programme_periods(session: Reading, paging: Paging) -> Page[ProgrammePeriodOut]:
    """List programme periods.

    Each in its newest version, the newest period first.
    """
    rows, total = await reads.programme_periods(
        await driver(session), utcnow(), limit=paging.limit, offset=paging.offset
    )
    return Page.of([ProgrammePeriodOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{programmeCode}", scope=READ, answers=ProgrammeRulesOut)
async def read_programme_period(code: ProgrammePath, session: Reading) -> Response:
    """Read a programme period with its rules.

    Every rule ever recorded: of one code, the newest for a day holds on that day.
    """
    shown = await _rules(await driver(session), code)
    return answered(shown, version=shown.version)


@router.post(
    "/{programmeCode}/versions",
    scope=POST,
    status_code=201,
    answers=ProgrammeRulesOut,
    idempotent=True,
)
async def revise_programme_period(
    code: ProgrammePath, body: PeriodTermsIn, session: Transaction, caller: CallerDep
) -> Response:
    """Give a programme period a new version.

    Claims that are submitted keep what they were computed by.
    """
    conn = await driver(session)
    await programmes.revise(conn, code, body.to_domain(), by=caller.subject)
    return await _shown(conn, code)


@router.post(
    "/{programmeCode}/cost-types",
    scope=POST,
    status_code=201,
    answers=ProgrammeRulesOut,
    idempotent=True,
)
async def add_cost_type(
    code: ProgrammePath, body: CostTypeIn, session: Transaction, caller: CallerDep
) -> Response:
    """Add a cost type (kostnadsslag).

    With the accounts that feed it; further ones are added beside it.
    """
    conn = await driver(session)
    await programmes.add_cost_type(conn, code, **body.model_dump(), by=caller.subject)
    return await _shown(conn, code)


@router.post(
    "/{programmeCode}/account-rules",
    scope=POST,
    status_code=201,
    answers=ProgrammeRulesOut,
    idempotent=True,
)
async def record_account_rule(
    code: ProgrammePath, body: AccountRuleIn, session: Transaction, caller: CallerDep
) -> Response:
    """Let accounts feed a cost type.

    From a day on; without a cost type, the accounts are not eligible from that day.
    """
    conn = await driver(session)
    await programmes.feed(conn, code, **body.model_dump(), by=caller.subject)
    return await _shown(conn, code)


@router.post(
    "/{programmeCode}/flat-rates",
    scope=POST,
    status_code=201,
    answers=ProgrammeRulesOut,
    idempotent=True,
)
async def record_flat_rate(
    code: ProgrammePath, body: FlatRateIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record a flat rate (schablon).

    It holds from its day until the next one of its code.
    """
    conn = await driver(session)
    await programmes.add_flat_rate(conn, code, **body.model_dump(), by=caller.subject)
    return await _shown(conn, code)


@router.post(
    "/{programmeCode}/hourly-rates",
    scope=POST,
    status_code=201,
    answers=ProgrammeRulesOut,
    idempotent=True,
)
async def record_hourly_rate(
    code: ProgrammePath, body: HourlyRateIn, session: Transaction, caller: CallerDep
) -> Response:
    """Record what an hour is worth.

    Of a function of staff (enhetskostnad) or of a participant (deltagarersättning).
    """
    conn = await driver(session)
    said = {name: getattr(body, name) for name in HourlyRateIn.model_fields}
    await programmes.add_hourly_rate(conn, code, **said, by=caller.subject)
    return await _shown(conn, code)


async def _shown(conn: Connection, code: str) -> Response:
    shown = await _rules(conn, code)
    return created(shown, location=f"/programme-periods/{code}", version=shown.version)


async def _rules(conn: Connection, code: str) -> ProgrammeRulesOut:
    now = utcnow()
    known = (conn, code, now)
    return ProgrammeRulesOut(
        **ProgrammePeriodOut.of(await reads.programme_period(*known)).model_dump(),
        cost_types=[CostTypeOut.of(row) for row in await reads.cost_types(*known)],
        accounts=[AccountRuleOut.of(row) for row in await reads.account_rules(*known)],
        flat_rates=[FlatRateOut.of(row) for row in await reads.flat_rates(*known)],
        hourly_rates=[HourlyRateOut.of(row) for row in await reads.hourly_rates(*known)],
    )
