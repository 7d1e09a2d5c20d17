"""Indicators of ESF+: what participants say, the table, and whose records are incomplete."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from services.participants import esf_answers, esf_indicators, queries
from services.participants.api.enrolments import EnrolmentPath
from services.participants.api.parameters import (
    READ,
    WRITE,
    LoggedReading,
    ProgrammeQuery,
    UnitQuery,
)
from services.participants.schemas.esf_answers import (
    EsfAnswersOut,
    EsfIncompleteRecordOut,
    EsfResultsIn,
    EsfStatementIn,
)
from services.participants.schemas.esf_table import EsfTableOut
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.figures.standing.reading import reading_figures
from shared.models import Instant
from shared.paging import Page, Paging
from shared.periods import Period
from shared.responses import answered, created
from shared.routing import ServiceRouter

answers = ServiceRouter(prefix="/enrolments", tag="esf-answers")
indicators = ServiceRouter(prefix="/esf-indicators", tag="esf-indicators")
incomplete = ServiceRouter(prefix="/esf-incomplete-records", tag="esf-incomplete-records")

PeriodQuery = Annotated[
    str,
    Query(
        alias="period",
        max_length=21,
        description="2024, 2024-Q3, 2024-T2, 2024-09, 2024-12-31 or 2024-09-01/2024-12-31",
    ),
]
BasisQuery = Annotated[
    Instant | None,
    Query(alias="basis", description="A settled instant; left out: the newest there is"),
]


@answers.get("/{enrolmentId}/esf-answers", scope=READ, answers=EsfAnswersOut)
async def read_esf_answers(
    enrolment_id: EnrolmentPath,
    session: LoggedReading,
    caller: CallerDep,
    accessed: AccessedDep,
) -> Response:
    """Read what a participant has said for the indicators of ESF+.

    The ETag names the enrolment's version.
    """
    row = await queries.one(await driver(session), queries.ESF_ANSWERS, enrolment_id, by=caller)
    accessed(row["person_id"])
    return answered(EsfAnswersOut.of(row), version=row["version"])


@answers.post("/{enrolmentId}/esf-results", scope=WRITE, status_code=201, answers=EsfAnswersOut)
async def record_esf_results(
    enrolment_id: EnrolmentPath,
    body: EsfResultsIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Record the results within four weeks of leaving.

    Said again, it corrects what was said; an empty list says that nothing had come of it.
    """
    row = await esf_answers.record_results(session, enrolment_id, body, expected=version, by=caller)
    accessed(row["person_id"])
    location = f"/enrolments/{enrolment_id}/esf-answers"
    return created(EsfAnswersOut.of(row), location=location, version=row["version"])


@answers.post("/{enrolmentId}/esf-statements", scope=WRITE, status_code=201, answers=EsfAnswersOut)
async def record_esf_statement(
    enrolment_id: EnrolmentPath,
    body: EsfStatementIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Record what a participant says of themselves, with consent.

    Both null withdraws the consent: the circumstances count for nothing from now on.
    """
    row = await esf_answers.record_statement(
        session, enrolment_id, body, expected=version, by=caller
    )
    accessed(row["person_id"])
    location = f"/enrolments/{enrolment_id}/esf-answers"
    return created(EsfAnswersOut.of(row), location=location, version=row["version"])


@indicators.get("", scope="figures:read")
async def list_esf_indicators(
    request: Request,
    caller: CallerDep,
    period: PeriodQuery,
    programme: ProgrammeQuery = None,
    basis: BasisQuery = None,
) -> EsfTableOut:
    """List the common indicators of ESF+ by sex.

    Of one project or of all, with the checks of consistency; the same basis gives the same
    answer. A token for some units gets their participants only, and the answer says so.
    """
    of = Period.parse(period)
    async with reading_figures(request.app.state.services.db, basis) as (session, at):
        found = await esf_indicators.table(
            await driver(session), programme, of, basis=at, by=caller
        )
    return EsfTableOut.of(
        found, programme=programme, period=period, basis=at, units=caller.unit_filter()
    )


@incomplete.get("", scope=READ)
async def list_esf_incomplete_records(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    programme: ProgrammeQuery = None,
    unit: UnitQuery = None,
) -> Page[EsfIncompleteRecordOut]:
    """List records that keep a participant, or a result, out of the indicators.

    Says what is missing or wrong of each. Whose records are shown is logged.
    """
    rows, total = await queries.esf_incomplete_page(
        await driver(session), by=caller, paging=paging, programme=programme, unit=unit
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([EsfIncompleteRecordOut.of(row) for row in rows], total=total, paging=paging)
