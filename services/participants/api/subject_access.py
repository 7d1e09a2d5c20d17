"""What a person may know of what is held about them, given out by whoever answers for it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from starlette.responses import Response

from services.participants import queries, subject_access
from services.participants.api.parameters import LoggedReading, SealsDep
from services.participants.schemas.subject_access import HoldingsOut, LogLineOut
from services.participants.subject_access import PURPOSE
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep
from shared.paging import Page, Paging
from shared.responses import answered
from shared.routing import ServiceRouter

EXPORT = "participants:export"

router = ServiceRouter(prefix="/persons/{personId}", tag="subject-access")

PersonPath = Annotated[UUID, Path(alias="personId", description="The person's opaque id")]


@router.get("/holdings", scope=EXPORT, answers=HoldingsOut)
async def read_holdings(
    person_id: PersonPath,
    session: LoggedReading,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Read everything that is held about a person.

    For the person's own sake (registerutdrag, GDPR article 15), by a token for all units: every
    record of theirs, merged ones included, with its versions. The identity number needs
    participants:identity, a child checklist participants:children, a protected identity
    participants:protected. Concern reports are never in it. The reading is logged.
    """
    people = await subject_access.records_of(session, person_id, by=caller)
    accessed(*people, purpose=PURPOSE)
    held = await subject_access.holdings_of(session, person_id, people, seals=seals, by=caller)
    return answered(held)


@router.get("/log-lines", scope=EXPORT)
async def list_log_lines(
    person_id: PersonPath,
    session: LoggedReading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
) -> Page[LogLineOut]:
    """List who has read or changed what is held about a person.

    The newest first, merged records included, and never whom else a line names. Reading the log
    is itself logged.
    """
    people = await subject_access.records_of(session, person_id, by=caller)
    accessed(*people, purpose=PURPOSE)
    rows, total = await queries.log_page(await driver(session), people, paging=paging)
    return Page.of([LogLineOut.of(row) for row in rows], total=total, paging=paging)
