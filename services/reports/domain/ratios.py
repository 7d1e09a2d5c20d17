"""One item of a report divided by another: value by value, and row by row.

Pure. A ratio is never made with something missing, nor by zero: then nothing can be said of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from services.reports.domain.districts import Division
from shared.money import to_decimal_string

Document: TypeAlias = dict[str, Any]
Value: TypeAlias = int | float | str | None
"""A count, a published number, an amount of money as a decimal string of kronor, or nothing."""

By: TypeAlias = tuple[str, ...]
Cell: TypeAlias = tuple[str, ...]

MONEY = "SEK"
DISTRICT: By = ("district",)


@dataclass(frozen=True)
class Operand:
    """One period of what is divided or divided by.

    Attributes:
        period: as it is written.
        label: what it is called.
        value: the plain value; None where there is none to speak of.
        tables: by breakdown, the value of each cell.

    """

    period: str
    label: str
    value: Value
    tables: Mapping[By, Mapping[Cell, Value]] = field(default_factory=dict)


def operands(item: Document) -> list[Operand]:
    """Return an item's values, a period each; a reference series is one of its labels' kind."""
    if item["kind"] == "reference":
        return [_of_series(item)]
    return [
        Operand(
            value["period"],
            value["periodLabel"],
            value["value"],
            {
                tuple(table["by"]): {
                    tuple(row[name] for name in table["by"]): row["value"] for row in table["rows"]
                }
                for table in value["tables"]
            },
        )
        for value in item["values"]
    ]


def _of_series(item: Document) -> Operand:
    values: dict[str, Value] = {
        row["label"]: row["low"] if row["low"] == row["high"] else None for row in item["rows"]
    }
    by: str | None = item.get("by")
    tables: dict[By, dict[Cell, Value]] = {}
    if by:
        tables[by,] = {(label,): value for label, value in values.items() if label}
    return Operand(item["period"], item["period"], values.get(""), tables)


def divided_items(
    parts: Sequence[Operand],
    bases: Sequence[Operand],
    *,
    percent: bool,
    unit: str,
    division: Division,
) -> list[Document]:
    """Return the values of a ratio: period by period where there are equally many, else the last.

    Every value holds what was divided (``part``) and by what (``base``), and so does every row
    of a breakdown that both have. Districts are on one division of the city: that of both, or
    today's where they are on different ones.

    Raises:
        MixedDivisions: the values of one are on two divisions at once.

    """
    pairs = list(zip(parts, bases, strict=True)) if len(parts) == len(bases) else []
    return [
        {
            "period": part.period,
            "periodLabel": part.label,
            "basePeriod": base.period,
            **_cell(part.value, base.value, percent=percent, unit=unit),
            "tables": [
                {"by": list(by), "rows": rows}
                for by in part.tables
                if (rows := _rows(by, _cells(by, part, base, division), percent=percent, unit=unit))
            ],
        }
        for part, base in pairs or [(parts[-1], bases[-1])]
    ]


def _rows(
    by: By, cells: Mapping[Cell, tuple[Value, Value]], *, percent: bool, unit: str
) -> list[Document]:
    return [
        dict(zip(by, cell, strict=True)) | _cell(part, base, percent=percent, unit=unit)
        for cell, (part, base) in cells.items()
    ]


def _cells(
    by: By, part: Operand, base: Operand, division: Division
) -> dict[Cell, tuple[Value, Value]]:
    """Return the cells that both have, each with what is divided and by what."""
    over, of = part.tables[by], base.tables.get(by, {})
    if by == DISTRICT:
        over, of = _on_one_division(over, of, division)
    return {cell: (value, of[cell]) for cell, value in over.items() if cell in of}


def _on_one_division(
    over: Mapping[Cell, Value], of: Mapping[Cell, Value], division: Division
) -> tuple[Mapping[Cell, Value], Mapping[Cell, Value]]:
    both = [{code: value for (code,), value in each.items()} for each in (over, of)]
    folded = [division.on_today(each) for each in both]
    if not division.is_mixed({*both[0], *both[1]}):
        return over, of
    first, second = folded
    return _as_cells(first), _as_cells(second)


def _as_cells(values: Mapping[str, Value]) -> dict[Cell, Value]:
    return {(code,): value for code, value in values.items()}


def _cell(part: Value, base: Value, *, percent: bool, unit: str) -> Document:
    return {
        "value": divided(part, base, percent=percent, unit=unit),
        "part": {"value": part},
        "base": {"value": base},
    }


def divided(part: Value, base: Value, *, percent: bool, unit: str) -> Value:
    """Return one value divided by another, or None where either is missing or the base zero.

    Amounts of money are decimal strings, and divided exactly. Money by head is money: kronor as
    a decimal string, rounded to the öre last, a half away from zero. Where no money at all is
    booked there is no cost by head to speak of: it is not known, rather than nothing. Anything
    else is a number, a whole one shown as such, so that 100.0 is shown as 100.
    """
    if part is None or base is None or not Fraction(base):
        return None
    if unit == MONEY and not Fraction(part):
        return None
    value = Fraction(part) * (100 if percent else 1) / Fraction(base)
    if unit == MONEY:
        return to_decimal_string(_nearest(value * 100))
    return int(value) if value.denominator == 1 else float(value)


def _nearest(value: Fraction) -> int:
    """Return the nearest whole number, a half away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole
