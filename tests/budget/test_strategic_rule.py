"""The strategic form over any projects: each is judged once, and sums hold what is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.budget.domain.appendix import Project
from services.budget.domain.exchange import Rate, Rates
from services.budget.domain.project_years import Flow, ProjectYears, YearKind
from services.budget.domain.projects import Amount, Currency, PartialDate, Role, Terms
from services.budget.domain.strategic import RULES, StrategicForm, strategic_form

YEAR = 2035
ABOVE = RULES[0].above
KNOWN = Rates(
    date(YEAR, 8, 31),
    {Currency.EUR: Rate(Currency.EUR, date(YEAR, 8, 1), Decimal("11.25"), "Provkurs")},
)

amounts = st.builds(Amount, st.integers(0, 2 * ABOVE), st.sampled_from(Currency))
maybe = st.none() | amounts
terms = st.builds(Terms, maybe, maybe, maybe, maybe, st.none(), st.none() | st.integers(0, 10_000))
said = st.dictionaries(
    st.tuples(st.sampled_from(YearKind), st.sampled_from(Flow), st.integers(2033, 2040)),
    amounts,
    max_size=12,
)


@st.composite
def projects(draw: st.DrawFn) -> list[tuple[Project, ProjectYears]]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        first = draw(st.integers(2033, 2036))
        last = draw(st.integers(first, 2041))
        project = Project(
            number=str(number),
            name="Prov",
            funder="esf",
            programme="ESF",
            role=Role.OWNER,
            department="",
            phase="",
            terms=draw(terms),
            budget_note="",
            start=PartialDate(first),
            end=PartialDate(last),
            strategic_reason=draw(st.sampled_from(("", "Ny metod"))),
        )
        booked = draw(
            st.dictionaries(
                st.tuples(st.sampled_from(Flow), st.integers(2033, 2035)),
                st.integers(-(10**10), 10**10),
                max_size=4,
            )
        )
        opened = frozenset(draw(st.sets(st.integers(2033, 2035))))
        found.append((project, ProjectYears(first, last, draw(said), booked, opened)))
    return found


@given(projects(), st.sampled_from((KNOWN, Rates(KNOWN.day))))
def test_every_project_is_on_the_form_or_not_or_cannot_be_judged(
    given_projects: list[tuple[Project, ProjectYears]], rates: Rates
) -> None:
    form = strategic_form(YEAR, given_projects, rates)
    on_it = {row.judged.project.number for row in form.rows}
    unjudged = {one.project.number for one in form.unjudged}
    assert len(form.judged) == len(given_projects)
    for project, _ in given_projects:
        cost = project.terms.total_cost
        ore = None if cost is None else rates.in_sek(cost)
        marked = bool(project.strategic_reason)
        assert (project.number in on_it) == (marked or (ore is not None and ore > ABOVE))
        assert (project.number in unjudged) == (ore is None and not marked)


@given(projects(), st.sampled_from((KNOWN, Rates(KNOWN.day))))
def test_a_sum_and_those_it_names_are_all_rows_of_its_column(
    given_projects: list[tuple[Project, ProjectYears]], rates: Rates
) -> None:
    form = strategic_form(YEAR, given_projects, rates)
    for column in form.columns:
        cells = {row.judged.project.number: row.cells[column.code] for row in form.rows}
        found = form.sums[column.code]
        assert set(found.without) == {number for number, cell in cells.items() if cell.missing}
        known = [cell.ore for cell in cells.values() if cell.ore is not None]
        assert (found.ore or 0) == sum(known)
        assert (found.ore is None) == (not known and bool(cells))
        assert all((cell.ore is None) == bool(cell.missing) for cell in cells.values())


@given(projects())
def test_total_forecast_is_what_was_and_everything_still_forecast(
    given_projects: list[tuple[Project, ProjectYears]],
) -> None:
    form: StrategicForm = strategic_form(YEAR, given_projects, KNOWN)
    years_of = {project.number: years for project, years in given_projects}
    for row in form.rows:
        years = years_of[row.judged.project.number]
        for flow in Flow:
            total = row.cells[f"forecast_total_{flow}"]
            before = row.cells[f"accumulated_{flow}"].ore
            if total.ore is None or before is None:
                continue
            ahead = sum(
                KNOWN.in_sek(amount) or 0
                for (kind, each, year), amount in years.said.items()
                if kind is YearKind.FORECAST and each is flow and year >= YEAR
            )
            assert total.ore == before + ahead
