"""Why the committee's statements moved between two bases, row by row and to the öre.

Each statement is computed anew for every kind of change taken in, in the order of
`shared.figures.steps_sql.KINDS`: what one step differs from the one before it is that kind's
part, so that the parts sum to the difference whatever the form does with the ledger.

- The ledger's vouchers are taken in by what made them (`queries.causes`), those of no cause as
  late when they are booked for a day that the earlier basis had passed.
- An account that is counted in another row than it was (a mark, `account_version`) is a rule
  that changed.
- What somebody decided, forecast or stated (budget, investments, projects, rates) says what
  holds from then on: it is new, except that a budget taking effect on a day that the earlier
  basis had passed is late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from pydantic.alias_generators import to_camel

from services.budget import deviations, strategic_projects
from services.budget.domain.appendix import Project, project_appendix
from services.budget.domain.investments import InvestmentSum, investment_follow_up
from services.budget.domain.periods import PeriodRange
from services.budget.domain.settlement import (
    BUDGET_ROWS,
    FLOW_OF,
    LABELS,
    budget_settlement,
    ledger_outcome,
)
from services.budget.domain.statements import Statement, balance_sheet, income_statement
from services.budget.domain.strategic import strategic_form
from services.budget.queries import moves, planning
from services.budget.queries.exchange_rates import rates_on
from services.budget.queries.ledger import last_day_of
from services.budget.queries.projects import appendix_projects
from services.budget.schemas.appendix import AppendixOut
from shared.figures.steps_sql import STEPS
from shared.money import parse_kronor

if TYPE_CHECKING:
    from datetime import datetime

    from services.budget.domain.ledger_sums import LedgerSums
    from services.budget.strategic_projects import Ongoing
    from shared.db import Connection

Amounts: TypeAlias = Mapping[str, int | None]
"""Hundredths by column (camelCase, as the statement is sent); None is not known."""

Sheet: TypeAlias = Mapping[tuple[str, str], Amounts]
"""The rows of a statement by their code and label."""

Steps: TypeAlias = tuple[int | None, ...]
"""An amount before the first kind of change, and after each of them."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One statement with nothing, with one kind more each time, and with everything taken in.

    ``absent`` is what a row that is not there yet comes to: nothing where the ledger says it,
    not known (None) where somebody must have said it.
    """

    statement: str
    sheets: Sequence[Sheet]
    absent: int | None

    def rows(self) -> Iterator[tuple[str, str, Mapping[str, Steps]]]:
        """Yield each row's code and newest label, and its columns step by step."""
        labels = {code: label for sheet in self.sheets for code, label in sheet}
        by_code = [{code: row for (code, _), row in sheet.items()} for sheet in self.sheets]
        for code in dict.fromkeys(code for sheet in reversed(by_code) for code in sheet):
            rows = [sheet.get(code, {}) for sheet in by_code]
            columns = dict.fromkeys(column for row in rows for column in row)
            steps = {
                column: tuple(row.get(column, self.absent) for row in rows) for column in columns
            }
            yield code, labels[code], steps


@dataclass(frozen=True, slots=True)
class _Said:
    """What was decided and stated, by a basis."""

    budget: Mapping[str, int]
    year_budget: Mapping[str, int]
    flows: Mapping[str, int]
    year_flows: Mapping[str, int]
    expected: Mapping[str, int]
    invested: Sequence[InvestmentSum]
    names: Mapping[str, str]


async def statement_changes(
    conn: Connection, of: PeriodRange, since: datetime, basis: datetime
) -> list[Moved]:
    """Return every statement of a range as it came from one basis to another, and deviations.

    Args:
        conn: reading at the later basis (`shared.basis.reading_at`).
        of: the periods.
        since: the earlier basis.
        basis: the later one.

    """
    await conn.execute("select set_config('plan_cache_mode', 'force_custom_plan', true)")
    year = PeriodRange(of.start_of_year, of.last)
    said = await _said_by_step(conn, of, since, basis)
    ledger = await moves.ledger_steps(conn, of, since, basis)
    so_far = ledger if year == of else await moves.ledger_steps(conn, year, since, basis)
    projects = await _projects_by_step(conn, of, since, basis)
    return [
        *_of_the_ledger(of, ledger, said),
        Moved("project-appendix", await _appendix(conn, of, since, basis), None),
        Moved("strategic-projects", [_form(of, each) for each in projects], None),
        Moved(
            "deviations",
            [
                {**_settled(sums, known), **_departing(year, ongoing)}
                for sums, known, ongoing in zip(so_far, said, projects, strict=True)
            ],
            None,
        ),
    ]


def _of_the_ledger(
    of: PeriodRange, ledger: Sequence[LedgerSums], said: Sequence[_Said]
) -> list[Moved]:
    made = [
        (
            budget_settlement(sums, known.budget, known.flows),
            income_statement(sums),
            balance_sheet(sums),
            investment_follow_up(of.year, known.invested, known.names),
        )
        for sums, known in zip(ledger, said, strict=True)
    ]
    return [
        Moved(steps[0].code, [_sheet(statement) for statement in steps], 0)
        for steps in zip(*made, strict=True)
    ]


def _sheet(statement: Statement) -> Sheet:
    return {
        (row.code, row.label): {to_camel(column): amount for column, amount in row.amounts.items()}
        for row in statement.rows
    }


async def _said_by_step(
    conn: Connection, of: PeriodRange, since: datetime, basis: datetime
) -> list[_Said]:
    year = PeriodRange(of.start_of_year, of.last)
    earlier, later = await _said(conn, of, since), await _said(conn, of, basis)
    timely = replace(
        later,
        budget=await planning.budget_but_late(conn, of, since, basis),
        year_budget=await planning.budget_but_late(conn, year, since, basis),
    )
    return [earlier, timely, *[later] * (len(STEPS) - 2)]


async def _said(conn: Connection, of: PeriodRange, basis: datetime) -> _Said:
    year = PeriodRange(of.start_of_year, of.last)
    return _Said(
        budget=await planning.budget_of(conn, of, basis),
        year_budget=await planning.budget_of(conn, year, basis),
        flows=await planning.investment_flows(conn, of, basis),
        year_flows=await planning.investment_flows(conn, year, basis),
        expected={
            row: amount
            for row, (amount, _) in (await deviations.expected(conn, year, basis)).items()
        },
        invested=await planning.investment_sums(conn, of, basis),
        names=await planning.category_names(conn, basis),
    )


def _settled(sums: LedgerSums, known: _Said) -> Sheet:
    """Return the deviations of the settlement's rows, as `deviations.settlement_deviations`."""
    outcome = ledger_outcome(sums.cells) | {
        row: known.year_flows.get(flow, 0) for row, flow in FLOW_OF.items()
    }
    return {
        (f"settlement-row/{row}", LABELS[row]): _compared(
            known.year_budget.get(row, 0), known.expected.get(row, outcome[row])
        )
        for row in BUDGET_ROWS
    }


def _departing(of: PeriodRange, ongoing: Ongoing) -> Sheet:
    return {
        (f"project/{key}", label): _compared(budget, forecast)
        for (key, label), (budget, forecast) in strategic_projects.departing(ongoing, of).items()
    }


def _compared(budget: int, compared: int) -> Amounts:
    return {"budget": budget, "compared": compared, "deviation": budget - compared}


async def _projects_by_step(
    conn: Connection, of: PeriodRange, since: datetime, basis: datetime
) -> list[Ongoing]:
    """Return what is known of ongoing projects: all that was said at once, bookings by kind."""
    earlier = await strategic_projects.ongoing(conn, of, since)
    later = await strategic_projects.ongoing(conn, of, basis)
    came = await moves.came_to_projects(conn, of.last, since, basis)
    return [earlier, *(_without(later, came, step) for step in STEPS[1:])]


def _without(later: Ongoing, came: Sequence[moves.Came], step: int) -> Ongoing:
    """Return projects without what was booked by kinds after a step."""
    years = []
    for known, held in zip(later.projects, later.years, strict=True):
        booked = dict(held.booked)
        for each in came:
            if each.rank > step and each.project == known.project.number:
                booked[each.flow, each.year] = booked.get((each.flow, each.year), 0) - each.amount
        years.append(replace(held, booked=booked))
    return replace(later, years=years)


def _form(of: PeriodRange, ongoing: Ongoing) -> Sheet:
    projects = [each.project for each in ongoing.projects]
    made = strategic_form(of.year, zip(projects, ongoing.years, strict=True), ongoing.rates)
    rows: dict[tuple[str, str], Amounts] = {
        _called(row.judged.project): {to_camel(c): cell.ore for c, cell in row.cells.items()}
        for row in made.rows
    }
    sums = {to_camel(code): found.ore for code, found in made.sums.items()}
    return {**rows, ("total", "Summa"): sums}


def _called(project: Project) -> tuple[str, str]:
    return project.number, f"{project.number}. {project.name}"


async def _appendix(
    conn: Connection, of: PeriodRange, since: datetime, basis: datetime
) -> list[Sheet]:
    earlier, later = [await _appendix_at(conn, of, at) for at in (since, basis)]
    return [earlier, *[later] * (len(STEPS) - 1)]


async def _appendix_at(conn: Connection, of: PeriodRange, basis: datetime) -> Sheet:
    projects = await appendix_projects(conn, of, basis)
    rates = await rates_on(conn, await last_day_of(conn, of.last, basis), basis)
    shown = AppendixOut.of(project_appendix(projects, rates), of, basis)
    return {
        (row.code, row.label): {
            column: None if amount is None else parse_kronor(amount)
            for column, amount in row.amounts.items()
        }
        for row in shown.rows
    }
