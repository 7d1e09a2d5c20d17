"""Employers: who they are, when they were visited, and whom they hired."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.outreach import keeping
from services.outreach.domain.days import require_past
from services.outreach.domain.numbers import legal_person
from services.outreach.errors import (
    EmptyCount,
    EventOfAnotherEmployer,
    HiredBeforeEvent,
    UnknownReference,
)
from services.outreach.facts import WITH_AN_EMPLOYER, Kind, resettle, settle, take_catalogues
from services.outreach.models import Employer, EmployerVisit, Hire, RecruitmentEvent
from services.outreach.places import require_in_use
from services.outreach.queries import EMPLOYERS, HIRES
from shared.auth import Caller
from shared.clock import today
from shared.db import WriteSession, driver
from shared.journal import Cause


async def add_employer(session: WriteSession, values: dict[str, Any], *, by: Caller) -> Employer:
    """Add an employer.

    Raises:
        CodeTaken: another employer has the code or the organisation number.
        OrganisationNumberInvalid: it is wrong, or could be a person's.

    """
    return await keeping.add(session, Employer(**legal_person(values)), by=by.subject)


async def change_employer(
    session: WriteSession,
    code: str,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> Employer:
    """Change an employer; correcting its sector moves what was counted with it.

    Raises:
        NotFoundHere, PreconditionFailed: the employer.
        OrganisationNumberInvalid: it is wrong, or could be a person's.

    """
    row = await keeping.for_change(session, EMPLOYERS, code, version=version, by=by)
    sector = row.sector
    await keeping.change(session, row, legal_person(values), reason=reason, by=by.subject)
    if row.sector != sector:
        conn = await driver(session)
        await take_catalogues(conn)
        await resettle(conn, WITH_AN_EMPLOYER, "employer", code, reason=reason)
    return row


async def record_visit(
    session: WriteSession, values: dict[str, Any], *, by: Caller
) -> EmployerVisit:
    """Record a visit at an employer.

    Raises:
        UnitNotAllowed: the token does not cover the unit.
        InTheFuture: on a day that has not come.
        UnknownReference: the employer, or the partner that came along.

    """
    by.require_unit(values["unit"])
    require_past("visitedOn", values["visited_on"], today=today())
    return await keeping.add(session, EmployerVisit(**values), by=by.subject)


async def record_event(
    session: WriteSession, values: dict[str, Any], *, by: Caller
) -> RecruitmentEvent:
    """Record a recruitment event that was held.

    Raises:
        UnitNotAllowed: the token does not cover the unit.
        InTheFuture: on a day that has not come.
        UnknownReference, NotValidThatDay: the employer, or the venue on that day.

    """
    by.require_unit(values["unit"])
    require_past("heldOn", values["held_on"], today=today())
    await require_in_use(await driver(session), values["held_on"], venue=values["venue"])
    return await keeping.add(session, RecruitmentEvent(**values), by=by.subject)


async def record_hire(session: WriteSession, values: dict[str, Any], *, by: Caller) -> Hire:
    """Record how many an employer hired on a day.

    Raises:
        UnitNotAllowed: the token does not cover the unit.
        InTheFuture: on a day that has not come.
        EmptyCount: nobody was hired.
        UnknownReference: the employer, or the recruitment event behind it.
        EventOfAnotherEmployer, HiredBeforeEvent: the event led to something else.

    """
    by.require_unit(values["unit"])
    require_past("hiredOn", values["hired_on"], today=today())
    if not values["women"] + values["men"] + values["unknown"]:
        raise EmptyCount
    event_id = values["recruitment_event_id"]
    if event_id is not None:
        await _require_event(session, values)
    row = await keeping.add(session, Hire(**values), by=by.subject)
    await _settle_event(session, event_id, reason="hired", cause=Cause.PROGRESS)
    return row


async def retract_hire(
    session: WriteSession, hire_id: UUID, *, version: int, reason: str, by: Caller
) -> Hire:
    """Say that nobody was hired; what event it was of may then have led to nothing.

    Raises:
        NotFoundHere, PreconditionFailed, AlreadyRetracted: the record of hires.

    """
    row = await keeping.retract(session, HIRES, hire_id, version=version, reason=reason, by=by)
    event_id = row.recruitment_event_id
    await _settle_event(session, event_id, reason=reason, cause=Cause.RETRACTION)
    return row


async def _require_event(session: WriteSession, values: dict[str, Any]) -> None:
    # Any unit's event may lead to a hire. The lock makes two hires of an event settle it in turn.
    event = await session.get(
        RecruitmentEvent, values["recruitment_event_id"], with_for_update=True
    )
    if event is None or event.retracted_at is not None:
        raise UnknownReference("recruitmentEventId")
    if event.employer is not None and event.employer != values["employer"]:
        raise EventOfAnotherEmployer
    if values["hired_on"] < event.held_on:
        raise HiredBeforeEvent(event.held_on)


async def _settle_event(
    session: WriteSession, event_id: UUID | None, *, reason: str, cause: Cause
) -> None:
    if event_id is not None:
        conn = await driver(session)
        await conn.execute("select from recruitment_event where id = $1 for update", event_id)
        await settle(conn, Kind.RECRUITMENT_EVENT, [event_id], reason=reason, cause=cause)
