"""The investment follow-up: last year's outcome, this year's plan, and the forecasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.budget.domain.statements import Row, RowKind, Statement, total

FORECAST_YEARS = 3


class EntryKind(StrEnum):
    """Plans and outcomes add up; of forecasts for a year the newest made is the one that holds."""

    PLAN = "plan"
    FORECAST = "forecast"
    OUTCOME = "outcome"


class Flow(StrEnum):
    """What an investment entry is about; expenditure is positive, the others are negative."""

    EXPENDITURE = "expenditure"
    INCOME = "income"
    DEVELOPMENT_INCOME = "development_income"
    SALES = "sales"


@dataclass(frozen=True, slots=True)
class InvestmentSum:
    """Öre of one category, kind and year; of forecasts the newest known to the report.

    ``stated_to`` is the unit that the source rounded to: 1 for exact öre.
    """

    category: str
    kind: EntryKind
    year: int
    amount: int
    stated_to: int


def columns(year: int) -> tuple[tuple[str, str], ...]:
    """Return the columns of the follow-up of one year."""
    forecasts = tuple(
        (f"forecast_{year + ahead}", f"Prognos {year + ahead}") for ahead in range(FORECAST_YEARS)
    )
    return (
        ("outcome_previous_year", f"Utfall {year - 1}"),
        ("plan", f"VP {year}"),
        ("deviation", "Avvikelse"),
        *forecasts,
    )


def investment_follow_up(
    year: int, sums: Iterable[InvestmentSum], names: Mapping[str, str]
) -> Statement:
    """Return the follow-up, one row per category; deviation is plan minus this year's forecast."""
    cells = {(s.category, s.kind, s.year): s.amount for s in sums}
    rows = [
        Row(code, name, RowKind.LINE, _amounts(year, code, cells))
        for code, name in sorted(names.items())
    ]
    heads = columns(year)
    added = total([code for code, _ in heads], [row.amounts for row in rows])
    rows.append(Row("total", "Summa", RowKind.SUM, added))
    return Statement("investments", "Uppföljning av investeringsbudget", 1, heads, tuple(rows))


def _amounts(
    year: int, category: str, cells: Mapping[tuple[str, EntryKind, int], int]
) -> dict[str, int]:
    def amount(kind: EntryKind, of_year: int) -> int:
        return cells.get((category, kind, of_year), 0)

    plan = amount(EntryKind.PLAN, year)
    forecasts = {
        f"forecast_{year + ahead}": amount(EntryKind.FORECAST, year + ahead)
        for ahead in range(FORECAST_YEARS)
    }
    return {
        "outcome_previous_year": amount(EntryKind.OUTCOME, year - 1),
        "plan": plan,
        "deviation": plan - forecasts[f"forecast_{year}"],
        **forecasts,
    }
