"""Projects under way held against their decisions: the strategic form, and what deviates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.budget.domain.appendix import Project
from services.budget.domain.deviations import ComparedWith, Deviation, SubjectKind
from services.budget.domain.exchange import Rates, Summed, sek
from services.budget.domain.periods import PeriodRange
from services.budget.domain.project_years import Flow, ProjectYears, YearKind
from services.budget.domain.strategic import StrategicForm, strategic_form
from services.budget.queries import deviations, project_amounts
from services.budget.queries.exchange_rates import rates_on
from services.budget.queries.ledger import last_day_of
from services.budget.queries.projects import Known, decided_projects
from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Ongoing:
    """Decided projects that have not ended, with what is known of their years, and the rates."""

    projects: list[Known]
    years: list[ProjectYears]
    rates: Rates


async def ongoing(
    conn: Connection, of: PeriodRange, basis: datetime, *, from_postings: bool = False
) -> Ongoing:
    """Return the projects decided by a range's end that end, as forecast, in its year or later."""
    first = date(of.year, 1, 1)
    found = [
        known
        for known in await decided_projects(conn, of, basis)
        if not known.project.over_before(first)
    ]
    return Ongoing(
        projects=found,
        years=await project_amounts.years_of(
            conn, found, of.last, basis, from_postings=from_postings
        ),
        rates=await rates_on(conn, await last_day_of(conn, of.last, basis), basis),
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


async def project_deviations(
    conn: Connection, of: PeriodRange, basis: datetime, *, from_postings: bool = False
) -> list[Deviation]:
    """Return what each project's decided totals and budget differ from its forecasts.

    Where one of the two is not known there is no deviation to speak of. Keys are the project's
    number (total cost), or the number and one of `SUBJECTS`. With ``from_postings`` no snapshot
    of the ledger's sums is believed.
    """
    known = await ongoing(conn, of, basis, from_postings=from_postings)
    return await _deviations(conn, known, of, basis)


SUBJECTS = {
    "": "total kostnad",
    "income": "total intäkt",
    "budget-cost": "årets kostnad",
    "budget-income": "årets intäkt",
}
"""What of a project a deviation is about, by the part of its key after the number."""


async def _deviations(
    conn: Connection, known: Ongoing, of: PeriodRange, basis: datetime
) -> list[Deviation]:
    kind = SubjectKind.PROJECT
    threshold = await deviations.threshold(conn, kind, known.rates.day, basis)
    comments = await deviations.comments(conn, kind, of.last, basis)
    found = []
    for each, years in zip(known.projects, known.years, strict=True):
        for subject, (budget, forecast) in _compared(each, years, of.year, known.rates).items():
            if budget.ore is None or forecast.ore is None:
                continue
            key, label = _called(each.project, subject)
            found.append(
                Deviation(
                    kind=kind,
                    key=key,
                    label=label,
                    budget=budget.ore,
                    compared=forecast.ore,
                    compared_with=ComparedWith.FORECAST,
                    source=f"Projektets prognos per {known.rates.day}",
                    threshold=threshold,
                    comment=comments.get(key),
                )
            )
    return found


def departing(known: Ongoing, of: PeriodRange) -> dict[tuple[str, str], tuple[int, int]]:
    """Return what is set against what in each project deviation, öre, by its key and label."""
    return {
        _called(each.project, subject): (budget.ore, forecast.ore)
        for each, years in zip(known.projects, known.years, strict=True)
        for subject, (budget, forecast) in _compared(each, years, of.year, known.rates).items()
        if budget.ore is not None and forecast.ore is not None
    }


def _called(project: Project, subject: str) -> tuple[str, str]:
    """Return the key of a deviation, and what it is called."""
    number = project.number
    key = f"{number}/{subject}" if subject else number
    return key, f"{number}. {project.name}, {SUBJECTS[subject]}"


def _compared(
    known: Known, years: ProjectYears, year: int, rates: Rates
) -> dict[str, tuple[Summed, Summed]]:
    """Return what was decided or budgeted, and what is forecast instead, by subject."""
    terms = known.project.terms
    cost, income = Flow.COST, Flow.INCOME
    return {
        "": (sek(terms.total_cost, rates), years.forecast_total(cost, year, rates)),
        "income": (sek(terms.total_income, rates), years.forecast_total(income, year, rates)),
        "budget-cost": _of_year(years, cost, year, rates),
        "budget-income": _of_year(years, income, year, rates),
    }


def _of_year(years: ProjectYears, flow: Flow, year: int, rates: Rates) -> tuple[Summed, Summed]:
    budget, forecast = (
        years.stated(kind, flow, year, rates) for kind in (YearKind.BUDGET, YearKind.FORECAST)
    )
    return budget, forecast
