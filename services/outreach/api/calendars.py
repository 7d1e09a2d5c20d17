"""Calendars that anybody may read and subscribe to, as the city's web does."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import Path, Request
from starlette.responses import Response

from services.outreach import calendars
from services.outreach.api.parameters import OperationQuery, VenueQuery
from services.outreach.domain.codes import CODE_PATTERN
from services.outreach.schemas.fields import MAX_CODE
from shared.dependencies import Reading
from shared.responses import kept_bytes
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/calendars", tag="calendars")

ICS = ".ics"
MEDIA_TYPE = "text/calendar; charset=utf-8"
CACHE = "public, max-age=900"
_FILE = {
    "responses": {
        "200": {
            "content": {
                "text/calendar": {
                    "schema": {"type": "string"},
                    "example": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
                }
            }
        }
    }
}


def _file_path(alias: str) -> Any:  # noqa: ANN401  FastAPI's own
    pattern = CODE_PATTERN.removesuffix("$") + r"\.ics$"
    description = "Its code, and `.ics`"
    return Path(
        alias=alias,
        pattern=pattern,
        max_length=MAX_CODE + len(ICS),
        description=description,
        examples=["tensta-library.ics"],
    )


VenuePath = Annotated[str, _file_path("venueFile")]
OperationPath = Annotated[str, _file_path("operationFile")]


@router.get("/venues/{venueFile}", public=True, kept=True, openapi=_FILE)
async def read_venue_calendar(
    request: Request, file: VenuePath, session: Reading, operation: OperationQuery = None
) -> Response:
    """Read the public sessions at a venue as an iCalendar.

    From 31 days back to a year ahead; with `operation` those of one operation.
    """
    body = await calendars.of_sessions(session, venue=file.removesuffix(ICS), operation=operation)
    return _answer(request, body)


@router.get("/operations/{operationFile}", public=True, kept=True, openapi=_FILE)
async def read_operation_calendar(
    request: Request, file: OperationPath, session: Reading, venue: VenueQuery = None
) -> Response:
    """Read the public sessions of an operation as an iCalendar.

    From 31 days back to a year ahead; with `venue` those at one venue.
    """
    body = await calendars.of_sessions(session, venue=venue, operation=file.removesuffix(ICS))
    return _answer(request, body)


def _answer(request: Request, body: bytes) -> Response:
    tag = hashlib.sha256(body).hexdigest()[:32]
    return kept_bytes(request, body, tag=tag, media_type=MEDIA_TYPE, cache=CACHE)
