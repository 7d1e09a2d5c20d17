"""Every template becomes a whole document, and what is missing is missing alone and says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from services.reports.domain.assembly import Assembly
from services.reports.domain.districts import Division
from services.reports.domain.planning import (
    AreaOfReport,
    FigureQuery,
    ProgrammeOfReport,
    plan,
    queries,
)
from services.reports.gathering import Gathered
from services.reports.templates import TEMPLATES
from services.reports.templates.declaration import FigureItem, TableItem
from shared.periods import Period
from tests.reports.test_tables import deviation, group, indicators, rates, stage, tally

if TYPE_CHECKING:
    from services.reports.domain.planning import Plan

DISTRICTS = ("jarva", "rinkeby-kista", "spanga-tensta")
JARVA = AreaOfReport(
    "jarva", "Järva", DISTRICTS, date(2023, 7, 1), ("Rinkeby-Kista", "Spånga-Tensta")
)
PROGRAMME = ProgrammeOfReport("stockholmskraften", "17")
PERIODS = {
    "fokus-jarva": "2024",
    "tertialrapport": "2020-T2",
    "projektbilaga": "2020-T2",
    "esf-indicators": "2024",
}
BREAK = {"on": "2024-01-01", "text": "Nytt arbetssätt."}


def answer(query: FigureQuery) -> dict[str, Any]:
    """Return an answer as services give it: 12 of everything, 6 in each of two groups."""
    money = query.figure in {"outcome", "claimed", "paid", "cofinancing"} or (
        query.figure.startswith("project-")
    )
    twelve, six = ("12.00", "6.00") if money else (12, 6)
    crossed = Period.parse(query.period).crosses(date.fromisoformat(BREAK["on"]))
    return {
        "name": query.figure,
        "version": 1,
        "unit": "SEK" if money else "persons",
        "kind": "flow",
        "title": "Titel",
        "definition": "Definition.",
        "period": query.period,
        "periodLabel": query.period,
        "state": "complete",
        "by": list(query.by),
        "where": {},
        "rows": [dict.fromkeys(query.by, code) | {"value": six} for code in "ab"]
        if query.by
        else [],
        "total": twelve,
        "notes": [],
        "breaks": [BREAK] if crossed else [],
        "source": {"register": None, "lastDelivery": None},
    }


def table(source: str) -> dict[str, Any]:
    made: dict[str, dict[str, Any]] = {
        "follow-up-rates": rates(({}, tally(10, 3, 1, 4))),
        "esf-indicators": indicators(),
        "deviations": {"period": "2020-T2", "complete": True, "items": [deviation("x", None)]},
        "funnel": {
            "period": "2024",
            "by": None,
            "stages": [
                stage("drop_in_visits", "visits", "visits", {}),
                stage("drop_in_enrolled", "referrals-enrolled", "referrals", {}),
            ],
            "groups": [],
            "total": group(None, 10, 2, "0.2000"),
            "notes": [],
        },
    }
    return made[source]


def gathered(asked: Plan) -> Gathered:
    return Gathered(
        basis=datetime(2025, 3, 1, tzinfo=UTC),
        figures={
            (name, query): answer(query) for name, of in asked.figures.items() for query in of
        },
        readings={
            (name, each): table(each.source) for name, of in asked.readings.items() for each in of
        },
        statements={name: {"statement": name, "rows": []} for name in asked.statements},
    )


def series() -> list[dict[str, Any]]:
    same = {"unit": "persons", "approximate": True, "source": "Sweco", "vintage": "2023"}
    return [{"label": label, "low": 40, "high": 40} | same for label in ("a", "b")]


def document(
    name: str,
    *,
    programme: ProgrammeOfReport | None = PROGRAMME,
    **changed: Any,  # noqa: ANN401  whichever part a test is about
) -> dict[str, Any]:
    """Assemble a template's report of generic answers, with some of what was gathered changed."""
    period = Period.parse(PERIODS[name])
    template = TEMPLATES[name]
    asked = plan(template, period, JARVA, programme)
    return Assembly(
        template,
        period,
        JARVA,
        replace(gathered(asked), **changed),
        {pair: series() for pair in asked.references},
        programme=programme,
        division=Division({"jarva": "Järva"}, {}),
    ).document()


def items(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["key"]: item for section in made["sections"] for item in section["items"]}


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_a_whole_document(name: str) -> None:
    made = document(name)
    assert made["status"] == "complete"
    assert [item for item in items(made).values() if item["status"] != "ok"] == []
    assert list(items(made)) == [item.key for item in TEMPLATES[name].items()]
    assert "{" not in made["title"]
    for item in items(made).values():
        assert "{" not in item["label"]


def test_a_figure_that_is_refused_takes_its_ratio_with_it_and_nothing_else() -> None:
    template = TEMPLATES["esf-indicators"]
    costs = next(item for item in template.items() if item.key == "financing.costs")
    assert isinstance(costs, FigureItem)
    (query, *_) = queries(costs, Period.parse("2024"), JARVA, PROGRAMME)
    made = document("esf-indicators", refused={("budget", query): "unknown_code"})
    assert made["status"] == "partial"
    missing = {key: item["reason"] for key, item in items(made).items() if item["status"] != "ok"}
    assert missing == dict.fromkeys(
        ("financing.costs", "financing.per_participant", "financing.per_exit"),
        "budget: unknown_code",
    )
    assert all("values" not in items(made)[key] for key in missing)


def test_a_service_that_is_away_leaves_what_others_gave() -> None:
    made = document("fokus-jarva", unavailable={"outreach": "timeout"})
    template = {item.key: item for item in TEMPLATES["fokus-jarva"].items()}
    for key, item in items(made).items():
        asked = template[key]
        of_outreach = (isinstance(asked, FigureItem) and asked.service == "outreach") or (
            isinstance(asked, TableItem) and asked.source == "funnel"
        )
        assert item["status"] == ("unavailable" if of_outreach else "ok"), key


def test_a_programme_without_a_project_says_so_and_one_that_could_not_be_asked_is_partial() -> None:
    alone = document("esf-indicators", programme=ProgrammeOfReport("stockholmskraften"))
    assert items(alone)["financing.paid"]["reason"] == "reports: no_project_linked"
    assert items(alone)["financing.per_exit"]["reason"] == "reports: no_project_linked"
    assert items(alone)["participants.enrolled"]["status"] == "ok"
    assert alone["status"] == "complete"
    unasked = ProgrammeOfReport("stockholmskraften", unknown="scope_missing")
    partial = document("esf-indicators", programme=unasked)
    assert partial["status"] == "partial"
    assert items(partial)["financing.paid"]["reason"] == "participants: scope_missing"


def test_a_series_carries_its_breaks_and_where_not_to_be_joined() -> None:
    reached = items(document("fokus-jarva"))["uvas.reached"]
    assert [value["segment"] for value in reached["values"]] == [0, 0, 1]
    assert reached["breaks"] == [BREAK]
    assert reached["chart"] == "line"


def test_a_ratio_of_two_series_breaks_where_its_part_does_and_shows_both_parts() -> None:
    ratio = items(document("fokus-jarva"))["jobbtorg.exits_per_enrolled"]
    assert [value["segment"] for value in ratio["values"]] == [0, 0, 1]
    assert [value["value"] for value in ratio["values"]] == [100, 100, 100]
    assert all(value["part"] == value["base"] == {"value": 12} for value in ratio["values"])


def test_a_ratio_is_made_row_by_row_where_both_have_the_breakdown() -> None:
    used = items(document("projektbilaga"))["ledger.used"]["values"][0]
    (by_project,) = used["tables"]
    assert by_project["by"] == ["project"]
    assert [(row["project"], row["value"]) for row in by_project["rows"]] == [
        ("a", 100),
        ("b", 100),
    ]


def test_a_share_of_population_has_its_base_and_the_bases_own_period() -> None:
    share = items(document("fokus-jarva"))["komvux.share_of_population"]["values"][0]
    assert (share["period"], share["basePeriod"], share["value"]) == ("2024", "2023", None)
    row = share["tables"][0]["rows"][0]
    assert (row["value"], row["part"]["value"], row["base"]["value"]) == (100, 40, 40)


def test_years_before_an_area_existed_say_which_districts_they_are_about() -> None:
    made = items(document("fokus-jarva"))
    assert (
        "Före den 1 juli 2023 avses Rinkeby-Kista och Spånga-Tensta, som Järva bildades av."
        in made["kaa.members"]["notes"]
    )
    assert made["jobbtorg.units"]["notes"] == [], "in 2024 the area is itself"
