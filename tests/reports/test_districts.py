"""Values by district are on one division of the city, never on two at once."""

from __future__ import annotations

from typing import Any

import pytest

from services.reports.domain.districts import Division, MixedDivisions
from services.reports.domain.ratios import Operand, divided_items

DIVISION = Division(
    {"jarva": "Järva"},
    {"rinkeby-kista": "jarva", "spanga-tensta": "jarva", "norrmalm": "norra-innerstaden"},
)
TODAY = {"jarva": 90_000, "bromma": 80_000}
FORMER = {"rinkeby-kista": 50_000, "spanga-tensta": 40_000, "bromma": 80_000}


def test_former_districts_are_summed_into_the_one_they_lie_in() -> None:
    assert DIVISION.on_today(FORMER) == TODAY
    assert DIVISION.on_today(TODAY) == TODAY


def test_a_district_is_not_known_when_one_of_its_parts_is_missing() -> None:
    assert DIVISION.on_today({"rinkeby-kista": 50_000}) == {"jarva": None}
    assert DIVISION.on_today(FORMER | {"spanga-tensta": None})["jarva"] is None


@pytest.mark.parametrize("part", ["rinkeby-kista", "spanga-tensta"])
def test_a_district_beside_its_own_part_is_refused(part: str) -> None:
    with pytest.raises(MixedDivisions):
        DIVISION.on_today({"jarva": 90_000, part: 50_000})


def shares(part: dict[str, int], base: dict[str, int]) -> dict[str, tuple[Any, Any, Any]]:
    """Return share, part and base by district."""
    over, of = (
        Operand("2023", "2023", None, {("district",): {(code,): n for code, n in each.items()}})
        for each in (part, base)
    )
    (value,) = divided_items([over], [of], percent=True, unit="percent", division=DIVISION)
    return {
        row["district"]: (row["value"], row["part"]["value"], row["base"]["value"])
        for table in value["tables"]
        for row in table["rows"]
    }


def test_a_share_of_population_keeps_the_division_that_both_have() -> None:
    former = shares({"rinkeby-kista": 500, "spanga-tensta": 1_000}, FORMER)
    assert former == {"rinkeby-kista": (1, 500, 50_000), "spanga-tensta": (2.5, 1_000, 40_000)}


def test_a_share_across_divisions_is_on_todays() -> None:
    assert shares({"jarva": 4_500, "bromma": 800}, FORMER) == {
        "jarva": (5, 4_500, 90_000),
        "bromma": (1, 800, 80_000),
    }
    assert shares({"rinkeby-kista": 500, "spanga-tensta": 400}, TODAY) == {
        "jarva": (1, 900, 90_000)
    }


def test_a_share_of_half_a_district_is_not_known() -> None:
    assert shares({"rinkeby-kista": 500}, TODAY) == {"jarva": (None, None, 90_000)}


def test_without_the_area_map_nothing_would_be_folded() -> None:
    """The control: the same numbers, without knowing what was merged into what."""
    blind = Division()
    assert blind.on_today(FORMER) == FORMER
    assert not blind.is_mixed({"jarva", "rinkeby-kista"})
