"""A ratio is the quotient of two figures of the report, money included, with its base shown."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.domain.assembly import Assembly
from services.reports.domain.planning import FigureQuery
from services.reports.gathering import Gathered
from services.reports.publication import page
from services.reports.publication.compose import compose
from services.reports.publication.imprints import imprint
from services.reports.reporting import Request, encode
from services.reports.templates.declaration import (
    FigureItem,
    RatioItem,
    ReferenceItem,
    Section,
    Template,
)
from shared.periods import Period

PART = FigureItem("cost", "Kostnad", "budget", "outcome", ("{year}",), {"project": "6"})
BASE = FigureItem("exits", "Avslut till arbete", "participants", "exits", ("{year}",))


def document(part: int | str, base: int | str, ratio: RatioItem) -> dict[str, Any]:
    """Assemble a report of a cost, a number of exits, and one ratio."""
    template = Template(
        name="prov",
        title="Prov {year}",
        period_kind="year",
        needs_area=False,
        sections=(Section("s", "Avsnitt", (PART, BASE, ratio)),),
    )
    gathered = Gathered(
        basis=datetime(2025, 3, 1, tzinfo=UTC),
        figures={
            ("budget", FigureQuery("outcome", "2024", (), (("project", ("6",)),))): answer(
                part, "SEK"
            ),
            ("participants", FigureQuery("exits", "2024", (), ())): answer(base, "exits"),
        },
        statements={},
        unavailable={},
    )
    return Assembly(template, Period.parse("2024"), None, gathered, {}).document()


def answer(total: int | str, unit: str) -> dict[str, Any]:
    return {
        "name": "figure",
        "version": 1,
        "kind": "flow",
        "unit": unit,
        "title": "Titel",
        "definition": "Definition.",
        "period": "2024",
        "periodLabel": "2024",
        "state": "complete",
        "by": [],
        "where": {},
        "rows": [],
        "total": total,
        "notes": [],
        "breaks": [],
        "source": {"register": None, "lastDelivery": None},
    }


def ratio(part: int | str, heads: int | str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    options = {"unit": "SEK", "part": "cost", "base": "exits"} | more
    made = document(part, heads, RatioItem("ratio", "Kostnad per avslut", **options))
    item: dict[str, Any] = made["sections"][0]["items"][2]
    return item


@pytest.mark.parametrize(
    ("part", "base", "value"),
    [
        ("67200000.00", 120, "560000.00"),
        ("100.00", 3, "33.33"),
        ("200.00", 3, "66.67"),
        ("0.01", 2, "0.01"),
        ("-0.01", 2, "-0.01"),
        ("-100.00", 3, "-33.33"),
        ("893893158.03", 7, "127699022.58"),
        ("5.00", 0, None),
        ("0.00", 5, None),
    ],
)
def test_cost_per_exit_is_kronor_to_the_ore_with_its_base(
    part: str, base: int, value: str | None
) -> None:
    item = ratio(part, base)
    assert item["values"][0]["value"] == value
    assert item["part"] == {"key": "cost", "value": part}
    assert item["base"] == {"key": "exits", "value": base}


SERIES = ReferenceItem("schools", "Elever", "komvux.students_per_school", "{year}")
DELIVERED = {
    "label": "",
    "low": 405,
    "high": 405,
    "unit": "persons",
    "approximate": False,
    "source": "Vuxenutbildningen",
    "vintage": "2025-03",
}


def of_a_series(*rows: dict[str, Any]) -> dict[str, Any]:
    """Assemble a report of one series, as far as it has been delivered."""
    template = Template(
        name="prov",
        title="Prov {year}",
        period_kind="year",
        needs_area=False,
        sections=(Section("s", "Avsnitt", (SERIES,)),),
    )
    gathered = Gathered(basis=datetime(2025, 3, 1, tzinfo=UTC))
    delivered = {("komvux.students_per_school", "2024"): list(rows)} if rows else {}
    return Assembly(template, Period.parse("2024"), None, gathered, delivered).document()


def test_a_series_that_nobody_has_delivered_makes_a_report_partial_and_is_named() -> None:
    partial = of_a_series()
    assert partial["status"] == "partial"
    assert partial["sources"] == [
        {"name": "reports", "status": "unavailable", "reason": "series_missing"}
    ]
    (item,) = partial["sections"][0]["items"]
    assert item["reason"] == "reports: no_series_delivered"
    assert item["notes"] == ["Serien komvux.students_per_school är inte levererad för 2024."]
    asked = Request(partial["template"], "2024")
    shown = page.write(compose(partial, imprint(partial, b"", asked))).decode()
    assert "Rapporten är ofullständig: Referensserier saknas delvis." in shown
    assert "Serien komvux.students_per_school är inte levererad" in shown

    whole = of_a_series(DELIVERED)
    assert (whole["status"], whole["sources"]) == ("complete", [])


@given(st.integers(-(10**15), 10**15).filter(bool), st.integers(1, 10**6))
def test_money_by_head_is_within_half_an_ore_of_the_exact_quotient(ore: int, heads: int) -> None:
    sign = "-" if ore < 0 else ""
    part = f"{sign}{abs(ore) // 100}.{abs(ore) % 100:02d}"
    shown = Fraction(ratio(part, heads)["values"][0]["value"])
    assert abs(shown - Fraction(ore, 100 * heads)) <= Fraction(1, 200)


def test_shares_of_money_and_of_counts_are_numbers() -> None:
    assert ratio("50.00", "200.00", unit="percent", percent=True)["values"][0]["value"] == 25
    assert ratio(1, 3, unit="percent", percent=True)["values"][0]["value"] == pytest.approx(100 / 3)
    assert ratio(18, 0, unit="visits", base="", per=12)["values"][0]["value"] == 1.5


def test_page_shows_money_by_head_the_swedish_way() -> None:
    made = document("67200000.00", 120, RatioItem("ratio", "Per avslut", "SEK", "cost", "exits"))
    body, _ = encode(made)
    asked = Request(made["template"], made["period"]["period"])
    publication = compose(made, imprint(made, body, asked))
    shown = page.write(publication).decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "560 000,00 <small>kronor" in shown
    assert "67 200 000,00 delat med 120" in shown
