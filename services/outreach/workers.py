"""Outreach workers: employments, with role, contract and days; who they are is not kept."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.outreach import keeping
from services.outreach.domain.codes import Contract
from services.outreach.domain.days import require_interval
from services.outreach.domain.employments import require_extension
from services.outreach.models import OutreachWorker
from services.outreach.places import require_in_use
from services.outreach.queries import WORKERS
from shared.auth import Caller
from shared.db import WriteSession, driver
from shared.journal import Cause


async def employ(session: WriteSession, values: dict[str, Any], *, by: Caller) -> OutreachWorker:
    """Record an employment.

    Raises:
        UnitNotAllowed: the token does not cover the unit.
        EndsBeforeStart: the last day is before the first.
        UnknownReference, NotValidThatDay: the operation on the first day.

    """
    by.require_unit(values["unit"])
    require_interval(values["starts_on"], values["ends_on"])
    conn = await driver(session)
    await require_in_use(conn, values["starts_on"], operation=values["operation"])
    return await keeping.add(session, OutreachWorker(**values), by=by.subject)


async def change(
    session: WriteSession,
    worker_id: UUID,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> OutreachWorker:
    """Extend, end or correct an employment.

    Raises:
        NotFoundHere, PreconditionFailed, AlreadyRetracted: the employment.
        EndsBeforeStart: the last day is before the first.

    """
    row = await keeping.for_change(session, WORKERS, worker_id, version=version, by=by)
    first = values.get("starts_on", row.starts_on)
    require_interval(first, values.get("ends_on", row.ends_on))
    await require_in_use(await driver(session), first, operation=row.operation)
    cause = Cause.NEW if keeping.told_of_its_end(row, values) else None
    await keeping.change(session, row, values, reason=reason, by=by.subject, cause=cause)
    return row


async def extend(
    session: WriteSession,
    worker_id: UUID,
    *,
    ends_on: date,
    version: int,
    reason: str,
    by: Caller,
) -> OutreachWorker:
    """Make an employment longer; six months once, by at most six.

    Raises:
        NotFoundHere, PreconditionFailed, AlreadyRetracted: the employment.
        ExtensionRefused: it goes on anyway, would not be longer, or its contract says no.

    """
    row = await keeping.for_change(session, WORKERS, worker_id, version=version, by=by)
    contract = Contract(row.contract)
    require_extension(contract, row.ends_on, ends_on, extensions=row.extensions)
    values = {"ends_on": ends_on, "extensions": row.extensions + 1}
    await keeping.change(session, row, values, reason=reason, by=by.subject, cause=Cause.NEW)
    return row
