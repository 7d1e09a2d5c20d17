"""Follow-ups some months after people leave."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.participants import follow_up_answers, queries
from services.participants.api.parameters import READ, WRITE, LoggedReading, UnitQuery
from services.participants.domain.codes import FollowUpKind, FollowUpState
from services.participants.schemas.follow_up import (
    DueListOut,
    DueListsOut,
    FollowUpCorrectionIn,
    FollowUpOut,
    FollowUpResultIn,
)
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Reading, Transaction
from shared.models import LocalDate
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/follow-ups", tag="follow-ups")

FollowUpPath = Annotated[UUID, Path(alias="followUpId", description="The follow-up's id")]
DueBefore = Annotated[
    LocalDate | None, Query(alias="dueBefore", description="Only those due before the day")
]
StateQuery = Annotated[FollowUpState | None, Query(alias="state", description="Only in this state")]
KindQuery = Annotated[FollowUpKind | None, Query(alias="kind", description="Only of this kind")]


@router.get("", scope=READ)
async def list_follow_ups(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    unit: UnitQuery = None,
    due_before: DueBefore = None,
    state: StateQuery = None,
    kind: KindQuery = None,
) -> Page[FollowUpOut]:
    """List follow-ups of the caller's units, the longest due first.

    With `dueBefore` and no `state`, those still open. Whom they are about is logged.
    """
    rows, total = await queries.follow_ups_page(
        await driver(session),
        by=caller,
        paging=paging,
        unit=unit,
        due_before=due_before,
        state=state,
        kind=kind,
    )
    accessed(*(row["person_id"] for row in rows))
    return Page.of([FollowUpOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/due-lists", scope=READ)
async def read_due_lists(
    session: Reading, caller: CallerDep, *, unit: UnitQuery = None
) -> DueListsOut:
    """Read how many follow-ups wait, and for how long.

    By unit and kind, of the caller's units; nobody in particular is to answer them. The
    follow-ups themselves are listed with `state=open`.
    """
    rows, on = await queries.due_lists(await driver(session), by=caller, unit=unit)
    return DueListsOut(on=on, lists=[DueListOut.of(row) for row in rows])


@router.get("/{followUpId}", scope=READ, answers=FollowUpOut)
async def read_follow_up(
    follow_up_id: FollowUpPath, session: LoggedReading, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Read one follow-up.

    The ETag names its version.
    """
    row = await queries.one(await driver(session), queries.FOLLOW_UP, follow_up_id, by=caller)
    accessed(row["person_id"])
    return answered(FollowUpOut.of(row), version=row["version"])


@router.post(
    "/{followUpId}/results", scope=WRITE, status_code=201, answers=FollowUpOut, idempotent=True
)
async def answer_follow_up(
    follow_up_id: FollowUpPath,
    body: FollowUpResultIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
) -> Response:
    """Answer a follow-up.

    Work, studies, neither, or unknown when the person could not be reached: as it was on the day
    the follow-up fell due. A late answer counts, and is marked. One of ESF+ says the position on
    the labour market too.
    """
    row = await follow_up_answers.answer(session, follow_up_id, body, by=caller)
    accessed(row["person_id"])
    return created(
        FollowUpOut.of(row), location=f"/follow-ups/{follow_up_id}", version=row["version"]
    )


@router.post("/{followUpId}/corrections", scope=WRITE, status_code=201, answers=FollowUpOut)
async def correct_follow_up(
    follow_up_id: FollowUpPath,
    body: FollowUpCorrectionIn,
    *,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Correct an answer, or take it back.

    The answer before is kept with the reason; figures of earlier bases do not move.
    """
    row = await follow_up_answers.correct(
        session, follow_up_id, body.answer, reason=body.reason, expected=version, by=caller
    )
    accessed(row["person_id"])
    return created(
        FollowUpOut.of(row), location=f"/follow-ups/{follow_up_id}", version=row["version"]
    )
