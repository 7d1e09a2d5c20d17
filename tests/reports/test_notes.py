"""Notes that write themselves: each rule by itself, and silent where it has nothing to say."""

from __future__ import annotations

from typing import Any

import pytest

from services.reports.domain import notes


def figure(**more: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    value: dict[str, Any] = {
        "period": "2024",
        "periodLabel": "2024",
        "state": "complete",
        "value": 40,
        "tables": [],
    }
    return {
        "kind": "figure",
        "key": "reached",
        "status": "ok",
        "unit": "persons",
        "values": [value],
        "notes": [],
    } | more


def share(base: int | None, **more: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    value: dict[str, Any] = {
        "period": "2024",
        "periodLabel": "2024",
        "basePeriod": "2024",
        "value": None if base is None else 50.0,
        "part": {"value": 1},
        "base": {"value": base} | ({"withheld": True} if base is None else {}),
        "tables": [],
    }
    return {
        "kind": "ratio",
        "key": "share",
        "status": "ok",
        "unit": "percent",
        "part": {"key": "reached", "value": 1},
        "base": {"key": "population", "value": base},
        "values": [value | more],
        "notes": [],
    }


def of(item: dict[str, Any], *others: dict[str, Any]) -> str:
    return " ".join(notes.of_item(item, {each["key"]: each for each in others}))


BREAK = {"on": "2024-01-01", "text": "Från 2024 räknas 19-29 år."}
POPULATION = {"kind": "reference", "key": "population", "status": "ok", "approximate": True}


def test_a_figure_with_nothing_to_say_has_no_note() -> None:
    assert of(figure()) == ""


def test_a_series_break_is_told_once_with_its_day() -> None:
    told = of(figure(breaks=[BREAK], notes=[BREAK["text"]]))
    assert told.startswith("Räknas på ett nytt sätt från den 2024-01-01.")
    assert told.count(BREAK["text"]) == 1


def test_a_ratio_of_two_years_says_which() -> None:
    assert "Täljaren avser 2024, nämnaren 2023." in of(share(100, basePeriod="2023"))
    assert "Täljaren" not in of(share(100))


def test_what_is_approximate_at_its_source_is_said_to_be_and_so_is_what_is_made_of_it() -> None:
    assert "ungefärlig hos källan" in of(POPULATION)
    assert "ungefärlig hos källan" in of(share(100), POPULATION)
    assert "ungefärlig" not in of(share(100), POPULATION | {"approximate": False})


def test_a_ratio_of_a_period_that_is_not_over_says_up_to_when_its_part_is_known() -> None:
    note = "Perioden är inte avslutad: uppgifterna gäller till och med 2024-08-31."
    assert note in of(share(100), figure(notes=[note]))
    assert "avslutad" not in of(share(100), figure(notes=["Annat."]))


@pytest.mark.parametrize(("base", "told"), [(19, True), (20, False), (1, True), (0, False)])
def test_a_share_of_few_is_said_to_be(base: int, told: bool) -> None:  # noqa: FBT001  a case
    assert ("färre än 20" in of(share(base))) is told


def test_nothing_is_told_of_a_base_that_is_withheld() -> None:
    told = of(share(None))
    assert "färre än" not in told
    assert "Två punkter (..)" in told


def test_a_register_that_delivered_before_the_end_of_the_period_is_late() -> None:
    def told(day: str) -> str:
        return of(figure(source={"lastDelivery": {"appliedAt": f"{day}T12:00:00Z"}}))

    assert "senast den 2024-11-30, innan perioden var slut den 2024-12-31" in told("2024-11-30")
    assert told("2025-01-01") == ""


def test_rounded_cells_are_said_to_be() -> None:
    assert "avrundade" in of(figure(rows=[{"value": 5, "rounded": True}]))


def test_units_that_look_alike_are_not_compared() -> None:
    visits = figure(key="visits", unit="visits")
    assert notes.of_section([figure(), visits]) == (
        "visits",
        "Besök och personer räknas på olika sätt och kan varken läggas ihop eller jämföras.",
    )
    assert notes.of_section([figure(), figure(key="more")]) is None
