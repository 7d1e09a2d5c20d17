"""The form of strategically important projects, and of projects above 50 million kronor.

*Kostnader och intäkter (-) för strategiskt viktiga projekt eller projekt över 50 mnkr som ej är
investeringar*, a form of the city's budget follow-up. Its columns
are named here, never counted: the printed head says "total intäkt" before "total kostnad" where
the legend below says cost first. Amounts are öre; the committee reads millions with one decimal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.budget.domain.appendix import Project
from services.budget.domain.exchange import Rates, Summed, in_swedish, sek
from services.budget.domain.project_years import Flow, ProjectYears, YearKind

YEARS_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """Which projects belong on the form, from a day on; ``source`` is where it is written."""

    since: date
    above: int
    source: str


RULES = (
    Rule(
        since=date(2020, 1, 1),
        above=50_000_000_00,
        source=(
            "Blanketten Kostnader och intäkter (-) för strategiskt viktiga projekt eller projekt"
            " över 50 mnkr som ej är investeringar, Stockholms stad, tertialrapport 2 2020"
        ),
    ),
)
"""The earliest known form stands for the years before it too."""


def rule_on(day: date, rules: Sequence[Rule] = RULES) -> Rule:
    """Return the rule in force on a day."""
    return max((r for r in rules if r.since <= day), key=lambda r: r.since, default=rules[0])


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column of the form: ``number`` is the one printed above it."""

    code: str
    label: str
    number: int


def columns(year: int) -> tuple[FormColumn, ...]:
    """Return the columns of amounts of one year's form; those of dates are fields of the rows."""
    heads = [
        ("accumulated", f"Ack. t.o.m. {year - 1}", 1),
        ("budget", f"Budget {year}", 3),
        ("forecast", f"Prognos {year}", 5),
    ]
    for ahead in range(year + 1, year + YEARS_AHEAD + 1):
        heads += [
            (f"plan_{ahead}", f"Plan {ahead}", 7),
            (f"forecast_{ahead}", f"Prognos {ahead}", 9),
        ]
    heads += [("decided_total", "Totalt beslutad", 11), ("forecast_total", "Total prognos", 13)]
    words = {Flow.COST: "kostnad", Flow.INCOME: "intäkt (-)"}
    return tuple(
        FormColumn(f"{code}_{flow}", f"{label}, {words[flow]}", number + place)
        for code, label, number in heads
        for place, flow in enumerate(Flow)
    )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a project is on the form: a code, and the words of it (Swedish)."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One project held against the rule.

    ``reasons`` is empty for a project that does not belong on the form. ``unjudged`` says in
    Swedish why nobody can tell: its decided cost is not stated, or not in kronor.
    """

    project: Project
    total_cost: Summed
    reasons: tuple[Reason, ...]
    unjudged: str


def judge(project: Project, rule: Rule, rates: Rates) -> Judged:
    """Hold a project against the rule: its total decided cost, and whether it is marked."""
    cost = sek(project.terms.total_cost, rates)
    reasons = []
    if cost.ore is not None and cost.ore > rule.above:
        text = f"{_what(project)} {in_swedish(cost.ore)} kr överstiger {in_swedish(rule.above)} kr"
        reasons.append(Reason("above_threshold", text))
    if project.strategic_reason:
        text = f"Strategiskt viktigt: {project.strategic_reason}"
        reasons.append(Reason("marked_strategic", text))
    return Judged(project, cost, tuple(reasons), "" if reasons else cost.missing)


def _what(project: Project) -> str:
    terms = project.terms
    if terms.decided_cost:
        return "Totalt beslutad kostnad"
    return "Projektets budget" if terms.committee_share == terms.budget else "Nämndens del"


@dataclass(frozen=True, slots=True)
class FormRow:
    """One project on the form: its cells by column code."""

    judged: Judged
    cells: Mapping[str, Summed]


@dataclass(frozen=True, slots=True)
class FormSum:
    """A column's sum of what is stated; ``without`` are the projects that it cannot hold."""

    ore: int | None
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StrategicForm:
    """The whole form: qualifying projects by number, their sums, and what nobody could judge."""

    year: int
    rule: Rule
    rates: Rates
    columns: tuple[FormColumn, ...]
    rows: tuple[FormRow, ...]
    sums: Mapping[str, FormSum]
    judged: tuple[Judged, ...]

    @property
    def unjudged(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.judged if one.unjudged)


def strategic_form(
    year: int, projects: Iterable[tuple[Project, ProjectYears]], rates: Rates
) -> StrategicForm:
    """Return the form of a year.

    Args:
        year: "this year" of the form.
        projects: decided projects that have not ended, each with what is known of its years.
        rates: of the day that the form is made for.

    """
    rule, heads = rule_on(rates.day), columns(year)
    judged = [(judge(project, rule, rates), years) for project, years in projects]
    rows = tuple(
        FormRow(one, cells(one, years, year, rates)) for one, years in judged if one.reasons
    )
    return StrategicForm(
        year=year,
        rule=rule,
        rates=rates,
        columns=heads,
        rows=rows,
        sums={head.code: _sum(head.code, rows) for head in heads},
        judged=tuple(one for one, _ in judged),
    )


def cells(judged: Judged, years: ProjectYears, year: int, rates: Rates) -> dict[str, Summed]:
    """Return every cell of a project by column code."""
    terms = judged.project.terms
    decided = {Flow.COST: judged.total_cost, Flow.INCOME: sek(terms.total_income, rates)}
    found: dict[str, Summed] = {}
    for flow in Flow:
        found |= {
            f"accumulated_{flow}": years.accumulated(flow, year, rates),
            f"budget_{flow}": years.stated(YearKind.BUDGET, flow, year, rates),
            f"forecast_{flow}": years.stated(YearKind.FORECAST, flow, year, rates),
            f"decided_total_{flow}": decided[flow],
            f"forecast_total_{flow}": years.forecast_total(flow, year, rates),
        }
        for ahead in range(year + 1, year + YEARS_AHEAD + 1):
            for kind in (YearKind.PLAN, YearKind.FORECAST):
                found[f"{kind}_{ahead}_{flow}"] = years.stated(kind, flow, ahead, rates)
    return found


def _sum(code: str, rows: Sequence[FormRow]) -> FormSum:
    stated = [row.cells[code].ore for row in rows]
    without = tuple(row.judged.project.number for row in rows if row.cells[code].ore is None)
    known = [ore for ore in stated if ore is not None]
    return FormSum(sum(known) if known or not rows else None, without)
