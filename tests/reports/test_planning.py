"""A template becomes questions once its period and area are known."""

from __future__ import annotations

import pytest

from services.reports.domain.planning import (
    AreaOfReport,
    FigureQuery,
    ProgrammeOfReport,
    plan,
    queries,
    whole_query,
)
from services.reports.errors import AreaNeeded, PeriodOfWrongKind, ProgrammeNeeded
from services.reports.templates import TEMPLATES
from services.reports.templates.declaration import FigureItem
from shared.periods import Period

JARVA = AreaOfReport("jarva", "Järva", ("jarva", "rinkeby-kista", "spanga-tensta"))
YEAR = Period.parse("2024")


def test_periods_conditions_and_breakdowns_are_filled_in() -> None:
    asked = plan(TEMPLATES["fokus-jarva"], YEAR, JARVA).figures
    assert (
        FigureQuery("teams", "2024-09-01", (), (("programme", ("stockholmskraften",)),))
        in (asked["participants"])
    )
    assert FigureQuery("students", "2023", (), (("operation", ("sff",)),)) in asked["outreach"]
    exits = [query for query in asked["participants"] if query.period == "2024-09-01/2024-12-31"]
    assert {query.by for query in exits} == {("outcome",), ("outcome", "sex")}, (
        "an answer by a breakdown tells the plain value too"
    )


def test_the_area_stands_for_every_district_that_lies_in_it_today() -> None:
    units = [
        query
        for query in plan(TEMPLATES["fokus-jarva"], YEAR, JARVA).figures["participants"]
        if query.figure == "units"
    ]
    assert all(("district", JARVA.districts) in query.where for query in units)


def test_only_the_budget_is_asked_for_statements() -> None:
    asked = plan(TEMPLATES["tertialrapport"], Period.parse("2020-T2"), None)
    assert {"budget-settlement", "strategic-projects"} <= set(asked.statements)
    assert ("projects.active", "2020-08-31") in asked.references
    assert asked.services() == {"participants", "outreach", "budget"}


def test_a_yearly_report_refuses_a_tertial() -> None:
    with pytest.raises(PeriodOfWrongKind, match="2024"):
        plan(TEMPLATES["fokus-jarva"], Period.parse("2024-T2"), JARVA)


def test_a_report_about_an_area_needs_one() -> None:
    with pytest.raises(AreaNeeded):
        plan(TEMPLATES["fokus-jarva"], YEAR, None)


def test_a_report_about_a_programme_needs_one() -> None:
    with pytest.raises(ProgrammeNeeded):
        plan(TEMPLATES["esf-indicators"], YEAR, None)


@pytest.mark.parametrize("period", ["2024", "2024-T2"])
def test_a_project_report_is_for_a_year_or_a_tertial(period: str) -> None:
    asked = plan(TEMPLATES["projektbilaga"], Period.parse(period), None)
    assert "project-appendix" in asked.statements
    with pytest.raises(PeriodOfWrongKind, match="2020-T2"):
        plan(TEMPLATES["projektbilaga"], Period.parse("2024-03"), None)


def test_the_project_that_pays_is_asked_about_by_its_number_and_not_without_one() -> None:
    template = TEMPLATES["esf-indicators"]
    linked = plan(template, YEAR, None, ProgrammeOfReport("stockholmskraften", "6"))
    assert {dict(query.where)["project"] for query in linked.figures["budget"]} == {("6",)}
    unlinked = plan(template, YEAR, None, ProgrammeOfReport("stockholmskraften"))
    assert "budget" not in unlinked.figures
    assert unlinked.figures["participants"] == linked.figures["participants"]


def test_a_series_is_asked_for_as_a_whole_too_for_the_breaks_between_its_years() -> None:
    items = {item.key: item for item in TEMPLATES["fokus-jarva"].items()}
    several, one = items["uvas.reached"], items["guidance.visits"]
    assert isinstance(several, FigureItem)
    assert isinstance(one, FigureItem)
    assert [query.period for query in queries(several, YEAR, JARVA)] == ["2022", "2023", "2024"]
    whole = whole_query(several, YEAR, JARVA)
    assert whole == FigureQuery("uvas-reached", "2022-01-01/2024-12-31", (), (), counted=False)
    assert whole_query(one, YEAR, JARVA) is None
    asked = plan(TEMPLATES["fokus-jarva"], YEAR, JARVA)
    assert whole in asked.figures["outreach"]
