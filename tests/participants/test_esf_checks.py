"""The checks of ESF+ records and tables: each holds of what is right, and finds what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.participants.domain.esf import (
    AGGREGATE_CHECKS,
    COUNTED,
    INDICATORS,
    Participation,
    checked,
    missing,
    record_faults,
)
from services.participants.figures.definitions import FIGURES
from services.participants.figures.facts.esf import ESF_PARTICIPATION

GOOD = Participation(
    sex="women",
    employment_status="inactive",
    age=34,
    education="compulsory",
    entered_on=date(2024, 1, 8),
    exited_on=date(2024, 5, 31),
    results=("job_searching", "qualification"),
    results_on=date(2024, 6, 28),
)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, []),
        ({"sex": "unknown"}, ["sex"]),
        ({"sex": None}, ["sex"]),
        ({"employment_status": "unknown"}, ["employment_status"]),
        ({"age": None}, ["age"]),
        ({"age": 0}, []),
        ({"education": None}, ["education"]),
        ({"education": "unknown", "sex": "unknown"}, ["sex", "education"]),
        ({"education": "less_than_compulsory"}, []),
    ],
)
def test_not_answered_is_no_answer(change: dict[str, Any], wanted: list[str]) -> None:
    assert missing(replace(GOOD, **change)) == wanted


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, []),
        ({"results_on": date(2024, 5, 31)}, []),
        ({"results_on": date(2024, 6, 29)}, ["result_outside_window"]),
        ({"results_on": date(2024, 5, 30)}, ["result_outside_window"]),
        ({"exited_on": None}, ["results_without_exit"]),
        ({"exited_on": None, "results": None, "results_on": None}, []),
        (
            {"exited_on": date(2024, 1, 7), "results": None, "results_on": None},
            ["exit_before_entry"],
        ),
        ({"age": -1}, ["born_after_entry"]),
        ({"employment_status": "unemployed"}, ["job_searching_not_inactive_at_entry"]),
        (
            {"employment_status": "employed", "results": ("employment",)},
            ["employment_of_employed_at_entry"],
        ),
        ({"results": ("employment",)}, []),
        ({"improvement_answered": True}, ["improvement_of_not_employed_at_entry"]),
    ],
)
def test_each_check_of_a_record(change: dict[str, Any], wanted: list[str]) -> None:
    assert record_faults(replace(GOOD, **change)) == wanted


def right() -> dict[str, dict[str, int]]:
    """Return a table that passes every check: eight women, four men."""
    by_sex = {
        "EECO01": (8, 4),
        "EECO02": (4, 2),
        "EECO03": (2, 1),
        "EECO04": (3, 1),
        "EECO05": (1, 1),
        "EECO06": (1, 0),
        "EECO07": (2, 2),
        "EECO08": (3, 0),
        "EECO09": (4, 1),
        "EECO10": (3, 2),
        "EECO11": (1, 1),
        **dict.fromkeys(("EECO12", "EECO13", "EECO14", "EECO16", "EECO17"), (8, 4)),
        **{code: (5, 2) for code in COUNTED if code.startswith("EECR")},
        "leavers": (5, 2),
        "leavers-answered": (5, 2),
    }
    return {code: {"women": w, "men": m, "total": w + m} for code, (w, m) in by_sex.items()}


def failing(table: dict[str, dict[str, int]]) -> dict[str, tuple[str, ...]]:
    return {check.code: check.fails_for for check in checked(table) if not check.holds}


def test_right_table_passes_every_check() -> None:
    assert failing(right()) == {}


@pytest.mark.parametrize("check", AGGREGATE_CHECKS, ids=lambda check: check[0])
def test_each_check_of_a_table_finds_its_fault(check: Any) -> None:  # noqa: ANN401  a row
    code, _, left, _, _ = check
    table = right()
    table[left[0]]["men"] += 100
    table[left[0]]["total"] += 100
    assert failing(table)[code] == ("men", "total")


def test_total_that_is_no_sum_is_found() -> None:
    table = right()
    table["EECO12"]["total"] -= 1
    assert failing(table) == {"total_is_sum_of_sexes": ("EECO12",)}


def test_every_indicator_is_counted_or_says_why_not() -> None:
    assert [each.code for each in INDICATORS] == [
        *(f"EECO{n:02}" for n in range(1, 20)),
        *(f"EECR{n:02}" for n in range(1, 7)),
    ]
    assert set(COUNTED) == {each.code for each in INDICATORS} - {"EECO15", "EECO18", "EECO19"}
    names = {figure.name for figure in FIGURES}
    for code in COUNTED:
        assert f"'{code}'" in ESF_PARTICIPATION
        assert f"esf-{code.lower()}" in names
