"""Data quality: what to see to before a report is trusted."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from services.reports import data_quality
from services.reports.api.assembling import keeper
from services.reports.front.pages import Pages, Visit
from services.reports.gathering import RowKeeper
from services.reports.registers import REGISTERS
from shared import clock
from shared.periods import NotAPeriod, Period

pages = Pages()

VERDICTS = {
    "good": "Bra",
    "attention": "Se över",
    "away": "Tjänsten svarar inte",
    "not_shown": "Du har inte behörighet",
}


@pages.get("/datakvalitet", scope="operations:read")
async def look(visit: Visit) -> Response:
    """Show what every service says of its data."""
    today = clock.today()
    asked = visit.request.query_params.get("manad")
    month = Period.parse(asked) if asked else Period.month(today.year, today.month)
    if month.kind != "month":
        raise NotAPeriod(f"{asked!r} is not a month, such as 2020-08")
    found = await data_quality.checks(partial(_keeper, visit), Period.day(today), month)
    return visit.show(
        "quality.html", title="Datakvalitet", checks=found, month=month, verdicts=VERDICTS
    )


def _keeper(visit: Visit, service: str) -> RowKeeper:
    if service == "reports":
        return data_quality.Own(visit.context.db, REGISTERS)
    return keeper(visit.request, visit.session.caller, service)
