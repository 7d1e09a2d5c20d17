"""A template becomes questions once its period and area are known."""

from __future__ import annotations

import pytest

from services.reports.domain.planning import AreaOfReport, FigureQuery, plan
from services.reports.errors import AreaNeeded, PeriodOfWrongKind
from services.reports.templates import TEMPLATES
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
    assert {query.by for query in exits} == {(), ("outcome",), ("outcome", "sex")}


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
