"""Choosing a report: which, for what, about when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from starlette.responses import Response

from services.reports import queries, reporting
from services.reports.front.pages import Pages, Visit
from services.reports.templates import TEMPLATES
from shared import clock
from shared.db import driver
from shared.periods import Period

if TYPE_CHECKING:
    from services.reports.templates import Template

YEARS = 7
"""How many years back a form offers; any other period can be written in the address."""

TITLES = {
    "fokus-jarva": "Fokus-rapport för ett område",
    "tertialrapport": "Tertialrapport: uppföljning av budget",
    "projektbilaga": "Projektbilaga",
    "esf-indicators": "ESF-indikatorer för ett projekt",
}
"""What reports are called before it is known what they are about."""

pages = Pages()


@pages.get("/", scope="reports:read")
async def choose(visit: Visit) -> Response:
    """List the kinds of report."""
    kinds = [(name, TITLES.get(name, name)) for name in sorted(TEMPLATES)]
    return visit.show("start.html", title="Välj rapport", kinds=kinds)


@pages.get("/valj", scope="reports:read")
async def choose_what(visit: Visit) -> Response:
    """Ask what the chosen report needs to know."""
    template = reporting.template_named(visit.request.query_params.get("template", ""))
    today = clock.today()
    async with visit.context.db.read() as session:
        areas = await queries.areas(await driver(session))
    return visit.show(
        "choose.html",
        title=TITLES.get(template.name, template.name),
        template=template,
        periods=periods(template, today),
        areas=[area for area in areas if area["valid_to"] is None],
    )


def periods(template: Template, today: date) -> list[Period]:
    """Return the periods of a template that have begun, newest first."""
    years = range(today.year, today.year - YEARS, -1)
    found: list[Period] = []
    for year in years:
        if template.period_kind != "tertial":
            found.append(Period.year(year))
        if template.period_kind != "year":
            found += [Period.tertial(year, number) for number in (3, 2, 1)]
    return [period for period in found if period.first <= today]
