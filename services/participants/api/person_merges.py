"""Two records that are one person's: merged, and taken apart again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from starlette.responses import Response

from services.participants import merges, queries
from services.participants.api.parameters import READ, WRITE, LoggedReading, PersonQuery
from services.participants.schemas.merge import PersonMergeIn, PersonMergeOut, ReversalIn
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/person-merges", tag="person-merges")

MergePath = Annotated[UUID, Path(alias="mergeId", description="The merge's id")]


@router.post("", scope=WRITE, status_code=201, answers=PersonMergeOut, idempotent=True)
async def merge_people(
    body: PersonMergeIn, session: Transaction, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Merge two records of one person.

    Needs participants:identity as well. Everything of the absorbed record is then found and
    counted with the survivor; figures of earlier bases do not move. Refused with every reason,
    such as enrolments in one programme that overlap.
    """
    accessed(body.absorbed_id, body.survivor_id)
    row = await merges.merge(session, body, by=caller)
    return created(
        PersonMergeOut.of(row), location=f"/person-merges/{row['id']}", version=row["version"]
    )


@router.get("", scope=READ)
async def list_person_merges(
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    *,
    person: PersonQuery = None,
) -> Page[PersonMergeOut]:
    """List merges, the newest first.

    Those taken back too. Whom they are about is logged.
    """
    rows, total = await queries.person_merges_page(
        await driver(session), by=caller, paging=paging, person=person
    )
    accessed(*(row[name] for row in rows for name in ("absorbed_id", "survivor_id")))
    return Page.of([PersonMergeOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{mergeId}", scope=READ, answers=PersonMergeOut)
async def read_person_merge(
    merge_id: MergePath, session: LoggedReading, caller: CallerDep, accessed: AccessedDep
) -> Response:
    """Read one merge.

    The ETag names its version.
    """
    row = await queries.person_merge(await driver(session), merge_id, by=caller)
    accessed(row["absorbed_id"], row["survivor_id"])
    return answered(PersonMergeOut.of(row), version=row["version"])


@router.post(
    "/{mergeId}/reversals", scope=WRITE, status_code=201, answers=PersonMergeOut, idempotent=True
)
async def reverse_person_merge(
    merge_id: MergePath,
    body: ReversalIn,
    session: Transaction,
    caller: CallerDep,
    accessed: AccessedDep,
) -> Response:
    """Take a merge back.

    Needs participants:identity as well. Each record has again what was recorded with it, and
    what was recorded with the survivor meanwhile stays there.
    """
    row = await merges.reverse(session, merge_id, reason=body.reason, by=caller)
    accessed(row["absorbed_id"], row["survivor_id"])
    return created(
        PersonMergeOut.of(row), location=f"/person-merges/{merge_id}", version=row["version"]
    )
