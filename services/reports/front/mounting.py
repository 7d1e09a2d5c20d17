"""Every page of the front, for the application to serve beside the API."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.reports.front import (
    changing,
    choosing,
    frame,
    keeping,
    publishing,
    quality,
    reading,
    signing,
)
from services.reports.front.pages import Page, routes

PARTS = (
    choosing.pages,
    reading.pages,
    changing.pages,
    publishing.pages,
    keeping.pages,
    quality.pages,
    signing.pages,
)


def declared() -> list[Page]:
    """Return every page with its scope."""
    return [page for part in PARTS for page in part.declared]


async def style(_request: Request) -> Response:
    """Give the stylesheet; its address changes with it."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(frame.stylesheet(), media_type="text/css", headers=headers)


def front() -> list[Route]:
    """Return the routes of the front."""
    return [Route(frame.STYLE_PATH, style), *signing.ROUTES, *routes(*PARTS)]
