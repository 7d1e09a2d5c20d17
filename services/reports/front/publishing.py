"""Publishing: what the public is told is recorded, and a person says so first.

Reading again what was published records nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from services.reports import releasing
from services.reports.api.assembling import outlined, released
from services.reports.domain.audience import Audience
from services.reports.errors import PublicNeedsEveryUnit, ReleaseNotFound
from services.reports.front.pages import Pages, Visit
from services.reports.front.reading import body_of, file_of, params_of, question_of
from services.reports.publication.formats import FileFormat
from services.reports.publication.imprints import PROTECTIONS, Standing
from shared.auth import ALL
from shared.db import driver

if TYPE_CHECKING:
    from services.reports.reporting import Request as Question

READ = "reports:read"
STATE = Standing("Publicerad för allmänheten")
"""What a published report says of its state."""
EARLIER_SHOWN = 10

pages = Pages()


@pages.get("/publicera", scope=READ)
async def confirm(visit: Visit) -> Response:
    """Say what publishing means before it is done, and what of the same was published before."""
    asked = replace(question_of(visit), audience=Audience.PUBLIC)
    if visit.session.caller.units != ALL:
        raise PublicNeedsEveryUnit
    about = await outlined(visit.request, visit.session.caller, asked)
    fixed = replace(asked, period=str(about.period), basis=about.basis)
    async with visit.context.db.read() as session:
        earlier = await releasing.listed(
            await driver(session), fixed, fixed.period, limit=EARLIER_SHOWN
        )
    return visit.show(
        "publish.html",
        title="Publicera för allmänheten",
        about=about,
        protection=PROTECTIONS[asked.protection],
        earlier=earlier,
        question=params_of(fixed),
    )


@pages.post("/publiceringar", scope=READ)
async def publish(visit: Visit) -> Response:
    """Record a release; the same question at the same basis leads to the one there is."""
    asked = replace(question_of(visit), audience=Audience.PUBLIC)
    made = await released(visit.request, visit.session.caller, asked)
    return RedirectResponse(f"/publiceringar/{made.id}", status_code=303)


@pages.get("/publiceringar/{releaseId}", scope=READ)
async def read(visit: Visit) -> Response:
    """Show what the public was told.

    It leads to no lineage: that would tell the exact numbers.
    """
    told, asked = await _found(visit)
    title = told.document["title"]
    return visit.show(
        "published.html",
        title=title,
        basis=datetime.fromisoformat(told.document["basis"]),
        body=await body_of(told.document, told.body, asked, "", STATE),
        files=[(one, f"/publiceringar/{told.id}/fil?format={one}") for one in FileFormat],
    )


@pages.get("/publiceringar/{releaseId}/fil", scope=READ)
async def take_home(visit: Visit) -> Response:
    """Give what the public was told as a file."""
    told, asked = await _found(visit)
    return await file_of(visit, told.body, asked, STATE)


async def _found(visit: Visit) -> tuple[releasing.Release, Question]:
    try:
        release_id = UUID(visit.request.path_params["releaseId"])
    except ValueError as error:
        raise ReleaseNotFound from error
    async with visit.context.db.read() as session:
        return await releasing.found(await driver(session), release_id)
