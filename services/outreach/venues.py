"""Venues: the places where people are met."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.outreach import keeping
from services.outreach.domain.codes import VenueKind
from services.outreach.domain.days import require_interval
from services.outreach.facts import AT_A_VENUE, resettle, take_catalogues
from services.outreach.models import Venue
from services.outreach.queries import VENUES
from shared.auth import Caller
from shared.db import WriteSession, driver
from shared.journal import Cause


async def open_venue(
    session: WriteSession,
    *,
    code: str,
    name: str,
    kind: VenueKind,
    district: str,
    address: str | None,
    valid_from: date,
    valid_to: date | None,
    by: Caller,
) -> Venue:
    """Open a venue.

    Raises:
        CodeTaken: another venue has the code.
        EndsBeforeStart: the last day is before the first.

    """
    require_interval(valid_from, valid_to)
    row = Venue(
        code=code,
        name=name,
        kind=kind,
        district=district,
        address=address,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return await keeping.add(session, row, by=by.subject)


async def change_venue(
    session: WriteSession,
    code: str,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> Venue:
    """Change a venue; correcting its district moves what was counted there with it.

    Raises:
        NotFoundHere: no such venue.
        PreconditionFailed: it has changed since it was read.
        EndsBeforeStart: the last day is before the first.

    """
    row = await keeping.for_change(session, VENUES, code, version=version, by=by)
    require_interval(row.valid_from, values.get("valid_to", row.valid_to))
    district = row.district
    await keeping.change(session, row, values, reason=reason, by=by.subject)
    if row.district != district:
        conn = await driver(session)
        await take_catalogues(conn)
        await resettle(conn, AT_A_VENUE, "venue", code, reason=reason, cause=Cause.AREA_CHANGE)
    return row
