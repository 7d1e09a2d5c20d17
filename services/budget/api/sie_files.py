"""The ledger as files that other ledgers read."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import Path, Request
from starlette.responses import Response

from services.budget import sie_export
from services.budget.api.parameters import READ, BasisQuery
from services.budget.sie_export import Owner
from shared.basis import reading_at
from shared.db import driver
from shared.responses import kept_bytes
from shared.routing import ServiceRouter

if TYPE_CHECKING:
    from services.budget.settings import Settings
    from shared.context import ServiceContext

MEDIA_TYPE = "application/x-sie"

router = ServiceRouter(prefix="/sie-files", tag="sie-files")

YearPath = Annotated[int, Path(alias="year", ge=1900, le=2199, description="The fiscal year")]

_FILE: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "The year as a SIE file of type 4E in code page 437",
            "content": {
                MEDIA_TYPE: {
                    "schema": {"type": "string", "format": "binary"},
                    "example": '#FLAGGA 0\r\n#KSUMMA\r\n#PROGRAM "Jarva" 1.0\r\n#FORMAT PC8\r\n',
                }
            },
        }
    }
}


@router.get("/{year}", scope=READ, kept=True, openapi=_FILE)
async def read_sie_file(request: Request, year: YearPath, basis: BasisQuery = None) -> Response:
    """Read a year of the ledger as a SIE file.

    Type 4E, with everything recorded at or before the basis; it reads back to the same ledger.
    The counterpart is dimension 20 (Motpart), the activity 21 (Verksamhet).
    """
    context: ServiceContext = request.app.state.services
    settings = cast("Settings", context.settings)
    owner = Owner(settings.ledger_owner, settings.ledger_organisation_number)
    async with reading_at(context.db, basis) as (session, at):
        content = await sie_export.sie_file(await driver(session), year, at, owner)
    answer = kept_bytes(request, content, tag=sha256(content).hexdigest(), media_type=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{year}.se"'
    return answer
