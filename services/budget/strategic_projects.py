"""Projects under way held against their decisions: the strategic form, and what deviates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.budget.domain.deviations import ComparedWith, Deviation, SubjectKind
from services.budget.domain.exchange import Rates, sek
from services.budget.domain.periods import PeriodRange, last_day
from services.budget.domain.project_years import Flow, ProjectYears
from services.budget.domain.strategic import StrategicForm, strategic_form
from services.budget.queries import deviations, project_amounts
from services.budget.queries.exchange_rates import rates_on
from services.budget.queries.projects import Known, decided_projects
from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Ongoing:
    """Decided projects that have not ended, with what is known of their years, and the rates."""

    projects: list[Known]
    years: list[ProjectYears]
    rates: Rates


async def ongoing(conn: Connection, of: PeriodRange, basis: datetime) -> Ongoing:
    """Return the projects decided by a range's end that end, as forecast, in it or later."""
    first = last_day(of.first).replace(day=1)
    found = [
        known
        for known in await decided_projects(conn, of, basis)
        if not known.project.over_before(first)
    ]
    return Ongoing(
        projects=found,
        years=await project_amounts.years_of(conn, found, of.last, basis),
        rates=await rates_on(conn, last_day(of.last), basis),
    )


async def form(
    conn: Connection, of: PeriodRange, basis: datetime
) -> tuple[StrategicForm, list[Deviation]]:
    """Return the form of the range's year, and what deviates among the projects on it."""
    known = await ongoing(conn, of, basis)
    projects = [each.project for each in known.projects]
    made = strategic_form(of.year, zip(projects, known.years, strict=True), known.rates)
    on_it = {row.judged.project.number for row in made.rows}
    departing = await _deviations(conn, known, of, basis)
    return made, [one for one in departing if one.key.partition("/")[0] in on_it]


async def project_deviations(conn: Connection, of: PeriodRange, basis: datetime) -> list[Deviation]:
    """Return what each project's decided totals differ from its total forecasts.

    A project without a decided total or a full forecast has no deviation to speak of. The total
    cost has the project's number as its key, the total income the number and ``/income``.
    """
    return await _deviations(conn, await ongoing(conn, of, basis), of, basis)


async def _deviations(
    conn: Connection, known: Ongoing, of: PeriodRange, basis: datetime
) -> list[Deviation]:
    kind = SubjectKind.PROJECT
    threshold = await deviations.threshold(conn, kind, last_day(of.last), basis)
    comments = await deviations.comments(conn, kind, of.last, basis)
    found = []
    for each, years in zip(known.projects, known.years, strict=True):
        project = each.project
        for flow, key, word in (
            (Flow.COST, project.number, "total kostnad"),
            (Flow.INCOME, f"{project.number}/income", "total intäkt"),
        ):
            terms = project.terms
            decided = terms.total_cost if flow is Flow.COST else terms.total_income
            budget = sek(decided, known.rates).ore
            forecast = years.forecast_total(flow, of.year, known.rates).ore
            if budget is not None and forecast is not None:
                found.append(
                    Deviation(
                        kind=kind,
                        key=key,
                        label=f"{project.number}. {project.name}, {word}",
                        budget=budget,
                        compared=forecast,
                        compared_with=ComparedWith.FORECAST,
                        source=f"Total prognos för projektet per {last_day(of.last)}",
                        threshold=threshold,
                        comment=comments.get(key),
                    )
                )
    return found
