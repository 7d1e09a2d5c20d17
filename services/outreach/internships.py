"""Internships that employers offer, and how many of the places are taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.outreach import keeping
from services.outreach.domain.days import require_past, require_period
from services.outreach.domain.numbers import require_places
from services.outreach.models import Internship
from services.outreach.queries import INTERNSHIPS
from shared.auth import Caller
from shared.clock import today
from shared.db import WriteSession
from shared.journal import Cause


async def offer(session: WriteSession, values: dict[str, Any], *, by: Caller) -> Internship:
    """Record internships that an employer offers.

    Raises:
        UnitNotAllowed: the token does not cover the unit.
        InTheFuture: offered on a day that has not come.
        EndsBeforeStart, EndsWithoutStart: the days of the internships.
        MorePlacesTaken: than were offered.
        UnknownReference: the employer.

    """
    by.require_unit(values["unit"])
    _require(values)
    return await keeping.add(session, Internship(**values), by=by.subject)


async def change(
    session: WriteSession,
    internship_id: UUID,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> Internship:
    """Say how many places are taken by now, or correct what was offered.

    Raises:
        NotFoundHere, PreconditionFailed, AlreadyRetracted: the internships.
        InTheFuture, EndsBeforeStart, EndsWithoutStart, MorePlacesTaken: as when offered.

    """
    row = await keeping.for_change(session, INTERNSHIPS, internship_id, version=version, by=by)
    _require({name: values.get(name, getattr(row, name)) for name in _CHECKED})
    cause = Cause.PROGRESS if _taken_since(row, values) else None
    await keeping.change(session, row, values, reason=reason, by=by.subject, cause=cause)
    return row


def _taken_since(row: Internship, values: Mapping[str, Any]) -> bool:
    """Tell whether a change says no more than that further places are taken by now."""
    differing = {name for name, value in values.items() if getattr(row, name) != value}
    return differing <= _TAKEN and all(values[name] > getattr(row, name) for name in differing)


_TAKEN = {"women", "men", "unknown"}
_CHECKED = ("offered_on", "places", "starts_on", "ends_on", "women", "men", "unknown")


def _require(values: Mapping[str, Any]) -> None:
    require_past("offeredOn", values["offered_on"], today=today())
    require_period(values["starts_on"], values["ends_on"])
    require_places(values["places"], values["women"] + values["men"] + values["unknown"])
