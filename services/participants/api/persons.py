"""People: registered by number, found by number in a body, read by an opaque id."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from starlette.responses import Response

from services.participants import number_changes, people, queries, target_groups
from services.participants.api.parameters import READ, WRITE, LoggedReading, OnDay, SealsDep
from services.participants.disclosure import shown
from services.participants.schemas.person import (
    NumberChangeIn,
    PersonIn,
    PersonLookup,
    PersonOut,
    PersonPatch,
)
from services.participants.schemas.target_group import PersonTargetGroupsOut
from shared.clock import today
from shared.db import driver
from shared.dependencies import AccessedDep, CallerDep, IfMatch, Transaction
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/persons", tag="persons")
lookups = ServiceRouter(prefix="/person-lookups", tag="person-lookups")

PersonPath = Annotated[UUID, Path(alias="personId", description="The person's opaque id")]


@router.post("", scope=WRITE, status_code=201, answers=PersonOut, idempotent=True)
async def register_person(
    body: PersonIn, session: Transaction, caller: CallerDep, seals: SealsDep, accessed: AccessedDep
) -> Response:
    """Register a person.

    The number may be written with ten or twelve digits. A person who is registered already is
    answered with 409 and the id to go on with; a protected identity's id needs
    participants:protected.
    """
    row = await people.register(session, body, seals=seals, by=caller)
    accessed(row["id"])
    person = shown(row, caller=caller, seals=seals)
    return created(person, location=f"/persons/{person.id}", version=person.version)


@router.get("/{personId}", scope=READ, answers=PersonOut)
async def read_person(
    person_id: PersonPath,
    session: LoggedReading,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Read one person.

    The identity number needs participants:identity; a protected identity shows nothing without
    participants:protected. The reading is logged.
    """
    row = await queries.person(await driver(session), person_id, by=caller)
    accessed(person_id)
    return answered(shown(row, caller=caller, seals=seals), version=row["version"])


@router.patch("/{personId}", scope=WRITE, answers=PersonOut)
async def change_person(
    person_id: PersonPath,
    body: PersonPatch,
    *,
    session: Transaction,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Change what is known about a person.

    A residence moves the person from its day on. Figures of later bases follow; those of
    earlier bases stay as they were.
    """
    accessed(person_id)
    await people.change(session, person_id, body, expected=version, seals=seals, by=caller)
    row = await queries.person(await driver(session), person_id, by=caller)
    return answered(shown(row, caller=caller, seals=seals), version=row["version"])


@router.get("/{personId}/target-groups", scope=READ, answers=PersonTargetGroupsOut)
async def read_target_groups(
    person_id: PersonPath,
    session: LoggedReading,
    caller: CallerDep,
    accessed: AccessedDep,
    on: OnDay = None,
) -> Response:
    """Read which target groups a person belongs to on a day, and why.

    Each group with the version of its rule and each condition met, not met or not known. What
    was stated is that of the enrolment that stands on the day. The reading is logged.
    """
    conn = await driver(session)
    person = await queries.person_unmasked(conn, person_id, by=caller)
    accessed(person_id)
    day = on or today()
    judged = await target_groups.explained(conn, person, on=day, by=caller)
    return answered(PersonTargetGroupsOut.of(person_id, day, judged))


@router.post("/{personId}/number-changes", scope=WRITE, status_code=201, answers=PersonOut)
async def change_number(
    person_id: PersonPath,
    body: NumberChangeIn,
    *,
    session: Transaction,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
    version: IfMatch,
) -> Response:
    """Give a person another number.

    Needs participants:identity as well. Both numbers find the person from then on, unless the
    present one never was theirs. A number that is another record's is refused; if it is one
    person, merge the two.
    """
    accessed(person_id)
    await number_changes.change_number(
        session, person_id, body, expected=version, seals=seals, by=caller
    )
    row = await queries.person(await driver(session), person_id, by=caller)
    person = shown(row, caller=caller, seals=seals)
    return created(person, location=f"/persons/{person.id}", version=person.version)


@lookups.post("", scope=READ, answers=PersonOut)
async def look_up_person(
    body: PersonLookup,
    session: LoggedReading,
    caller: CallerDep,
    seals: SealsDep,
    accessed: AccessedDep,
) -> Response:
    """Find a person by identity number.

    A POST although it only reads: a number has no place in an address, a log or a cache.
    Protected identities are found with participants:protected only.
    """
    row = await queries.person_by_number(
        await driver(session), seals, people.identity_number(body.identity_number).digits, by=caller
    )
    accessed(row["id"])
    return answered(shown(row, caller=caller, seals=seals), version=row["version"])
