"""Employers: who they are, when they were visited, and whom they hired."""

from __future__ import annotations

from typing import Any

from services.outreach import keeping
from services.outreach.domain.days import require_past
from services.outreach.domain.numbers import organisation_number
from services.outreach.errors import EmptyCount
from services.outreach.facts import WITH_AN_EMPLOYER, resettle
from services.outreach.models import Employer, EmployerVisit, Hire, RecruitmentEvent
from services.outreach.places import require_in_use
from services.outreach.queries import EMPLOYERS
from shared.auth import Caller
from shared.clock import today
from shared.db import WriteSession, driver


async def add_employer(session: WriteSession, values: dict[str, Any], *, by: Caller) -> Employer:
    """Add an employer.

    Raises:
        CodeTaken: another employer has the code or the organisation number.
        OrganisationNumberInvalid: it is wrong, or could be a person's.

    """
    return await keeping.add(session, Employer(**_checked(values)), by=by.subject)


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
    await keeping.change(session, row, _checked(values), reason=reason, by=by.subject)
    if row.sector != sector:
        conn = await driver(session)
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

    """
    by.require_unit(values["unit"])
    require_past("hiredOn", values["hired_on"], today=today())
    if not values["women"] + values["men"] + values["unknown"]:
        raise EmptyCount
    return await keeping.add(session, Hire(**values), by=by.subject)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    number = values.get("organisation_number")
    if number is None:
        return values
    return {**values, "organisation_number": organisation_number(number)}
