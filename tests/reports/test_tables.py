"""Answers of services become tables whose every share is the quotient of columns beside it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from services.outreach.domain.funnels import Stage
from services.participants.domain.rates import Tally
from services.participants.schemas.follow_up import RateOut
from services.reports.domain.tables import shaped


def rates(*tallies: tuple[dict[str, str], Tally]) -> dict[str, Any]:
    """Return an answer as participants gives it; the first tally is of all."""
    shown = [RateOut.of(tally, by).model_dump(mode="json", by_alias=True) for by, tally in tallies]
    return {
        "period": "2024",
        "parts": ["follow-ups", "follow-up-answers"],
        "restriction": None,
        "total": shown[0],
        "rates": shown[1:],
    }


def tally(base: int, work: int, studies: int, neither: int, unreached: int = 0) -> Tally:
    return Tally(base=base, work=work, studies=studies, neither=neither, unreached=unreached)


TABLE = shaped(
    "follow-up-rates",
    [
        rates(
            ({}, tally(10, 3, 1, 4)),
            ({"sex": "women"}, tally(6, 2, 1, 3)),
            ({"sex": "men"}, tally(4, 1, 0, 1)),
        )
    ],
)


def cells(row: dict[str, Any]) -> dict[str, Any]:
    return {code: cell["value"] for code, cell in row["cells"].items()}


def wrong_shares(table: dict[str, Any]) -> list[str]:
    """Return the shares that are not what their columns say they are."""
    found = []
    for row in table["rows"]:
        values = cells(row)
        values["unknown"] = values.get("base", 0) - values.get("answered", 0)
        for column in table["columns"]:
            if column["unit"] != "percent":
                continue
            part = sum(values[code] for code in column["part"].split("+"))
            base = values[column["base"]]
            shown = values[column["code"]]
            expected = float(Fraction(100 * part, base)) if base else None
            if expected is None or shown is None:
                same = expected is shown
            else:
                same = abs(shown - expected) < 0.01
            if not same:
                found.append(column["code"])
    return found


def test_every_rate_is_made_of_the_counts_beside_it() -> None:
    assert wrong_shares(TABLE) == []
    total = cells(TABLE["rows"][0])
    assert (total["base"], total["answered"], total["work"], total["studies"]) == (10, 8, 3, 1)
    assert (total["inWorkOrStudies"], total["lowest"], total["highest"]) == (50, 40, 60)
    assert [row["by"] for row in TABLE["rows"]] == [{}, {"sex": "women"}, {"sex": "men"}]


def test_a_share_that_is_not_of_its_columns_is_seen() -> None:
    changed = [dict(row, cells=dict(row["cells"])) for row in TABLE["rows"]]
    changed[0]["cells"]["inWork"] = {"value": 99.0}
    assert wrong_shares(TABLE | {"rows": changed}) == ["inWork"]


def test_a_rate_of_nobody_is_unknown_and_not_zero() -> None:
    empty = shaped("follow-up-rates", [rates(({}, tally(0, 0, 0, 0)))])
    assert cells(empty["rows"][0])["inWorkOrStudies"] is None
    assert cells(empty["rows"][0])["base"] == 0


def stage(name: str, figure: str, unit: str, where: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "stage": name,
        "figure": figure,
        "unit": unit,
        "title": figure.capitalize(),
        "where": where,
        "notes": [],
    }


def conversion(name: str, part: str, base: str, value: str | None) -> dict[str, Any]:
    return {
        "name": name,
        "numerator": {"stage": part},
        "denominator": {"stage": base},
        "value": value,
        "note": "Besök är inte personer." if name == "drop_in" else None,
    }


def group(name: str | None, visits: int, enrolled: int | None, share: str | None) -> dict[str, Any]:
    return {
        "group": name,
        "stages": [
            {"stage": Stage.DROP_IN_VISITS, "value": visits},
            {"stage": Stage.DROP_IN_ENROLLED, "value": enrolled},
        ],
        "conversions": [conversion("drop_in", Stage.DROP_IN_ENROLLED, Stage.DROP_IN_VISITS, share)],
    }


def test_a_funnel_keeps_each_stage_in_its_own_unit_and_every_share_with_its_base() -> None:
    kind = {"kind": ["drop_in"]}
    table = shaped(
        "funnel",
        [
            {
                "period": "2024",
                "by": "venue",
                "stages": [
                    stage(Stage.DROP_IN_VISITS, "visits", "visits", kind),
                    stage(Stage.DROP_IN_ENROLLED, "referrals-enrolled", "referrals", kind),
                ],
                "groups": [group("reactor", 40, 8, "0.2000"), group("", 10, None, None)],
                "total": group(None, 50, 8, "0.1600"),
                "notes": [],
            }
        ],
    )
    assert wrong_shares(table | {"rows": table["rows"][:2]}) == []
    assert [column["unit"] for column in table["columns"]] == ["visits", "referrals", "percent"]
    assert [row["by"] for row in table["rows"]] == [{}, {"venue": "reactor"}, {"venue": ""}]
    assert cells(table["rows"][2])["share_drop_in"] is None
    assert table["notes"] == ["Besök är inte personer."]


def indicators(**more: object) -> dict[str, Any]:
    return {
        "period": "2024",
        "units": None,
        "indicators": [
            {
                "code": "EECO01",
                "title": "Deltagare totalt",
                "women": 3,
                "men": 2,
                "total": 5,
                "note": None,
            },
            {
                "code": "EECO15",
                "title": "Minoriteter",
                "women": None,
                "men": None,
                "total": None,
                "note": "Samlas inte in.",
            },
        ],
        "bases": {"incomplete": 4, "leavers": 2, "leaversAnswered": 1, "sixMonthsAnswered": 0},
        "checks": [{"rule": "A = B", "holds": True, "failures": []}],
    } | more


def test_an_indicator_that_is_not_collected_is_unknown_and_completeness_is_said() -> None:
    table = shaped("esf-indicators", [indicators()])
    first, second, incomplete, *_ = table["rows"]
    assert (first["figure"], cells(first)) == ("esf-eeco01", {"women": 3, "men": 2, "total": 5})
    assert cells(second) == {"women": None, "men": None, "total": None}
    assert (incomplete["figure"], cells(incomplete)["total"]) == ("esf-incomplete", 4)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (indicators(), 1),
        (indicators(checks=[{"rule": "A = B", "holds": False, "failures": ["women"]}]), 2),
        (indicators(units=["jobbtorg-kista"]), 2),
    ],
)
def test_broken_checks_and_units_left_out_are_said(answer: dict[str, Any], said: int) -> None:
    assert len(shaped("esf-indicators", [answer])["notes"]) == said


def deviation(state: str, comment: dict[str, str] | None) -> dict[str, Any]:
    return {
        "label": "Drift och underhåll",
        "budget": "1000.00",
        "compared": "1200.00",
        "deviation": "-200.00",
        "source": "",
        "commentState": state,
        "comment": comment,
    }


def test_deviations_carry_cause_and_action_and_say_when_one_is_missing() -> None:
    said = {"cause": "Vakanser", "action": "Rekrytering"}
    whole = {"period": "2020-T2", "complete": True, "items": [deviation("written", said)]}
    table = shaped("deviations", [whole])
    assert cells(table["rows"][0])["cause"] == "Vakanser"
    assert cells(table["rows"][0])["deviation"] == "-200.00"
    assert table["notes"] == []
    lacking = {"period": "2020-T2", "complete": False, "items": [deviation("missing", None)]}
    assert len(shaped("deviations", [lacking])["notes"]) == 1
