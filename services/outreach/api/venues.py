"""Venues."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from services.outreach import queries, venues
from services.outreach.api.parameters import READ, WRITE, code_path, wanted
from services.outreach.domain.codes import VenueKind
from services.outreach.queries import VENUES
from services.outreach.schemas.places import VenueChangeIn, VenueIn, VenueOut
from shared.dependencies import CallerDep, IfMatch, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/venues", tag="venues")

VenuePath = Annotated[str, code_path("venueCode")]
KindQuery = Annotated[VenueKind | None, Query(alias="kind", description="Only this kind")]


@router.post("", scope=WRITE, status_code=201, answers=VenueOut, idempotent=True)
async def open_venue(body: VenueIn, session: Transaction, caller: CallerDep) -> Response:
    """Open a venue.

    A place where people are met, with the days on which it is used.
    """
    row = await venues.open_venue(session, **body.values(), by=caller)
    return created(VenueOut.of(row), location=f"/venues/{row.code}", version=row.version)


@router.get("", scope=READ)
async def list_venues(
    session: Reading, caller: CallerDep, paging: Paging, *, kind: KindQuery = None
) -> Page[VenueOut]:
    """List venues.

    In the order of their codes.
    """
    rows, total = await queries.listed(session, VENUES, wanted(paging, kind=kind), by=caller)
    return Page.of([VenueOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{venueCode}", scope=READ, answers=VenueOut)
async def read_venue(code: VenuePath, session: Reading, caller: CallerDep) -> Response:
    """Read one venue.

    The ETag names its version.
    """
    row = await queries.read(session, VENUES, code, by=caller)
    return answered(VenueOut.of(row), version=row.version)


@router.patch("/{venueCode}", scope=WRITE, answers=VenueOut)
async def change_venue(
    code: VenuePath, body: VenueChangeIn, session: Transaction, caller: CallerDep, version: IfMatch
) -> Response:
    """Change a venue.

    Correcting its district moves what was counted there with it, for figures from now on.
    """
    row = await venues.change_venue(
        session, code, body.values(), version=version, reason=body.reason, by=caller
    )
    return answered(VenueOut.of(row), version=row.version)
