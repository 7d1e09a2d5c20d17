"""One item of a report divided by another: value by value, and row by row.

Pure. A ratio is never made with something missing, nor by zero: then nothing can be said of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from shared.money import to_decimal_string

Document: TypeAlias = dict[str, Any]
Value: TypeAlias = int | float | str | None
"""A count, a published number, an amount of money as a decimal string of kronor, or nothing."""

By: TypeAlias = tuple[str, ...]
Cell: TypeAlias = tuple[str, ...]

MONEY = "SEK"


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
    parts: Sequence[Operand], bases: Sequence[Operand], *, percent: bool, unit: str
) -> list[Document]:
    """Return the values of a ratio: period by period where there are equally many, else the last.

    Every value holds what was divided (``part``) and by what (``base``), and so does every row
    of a breakdown that both have.
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
                if (rows := _rows(by, part, base, percent=percent, unit=unit))
            ],
        }
        for part, base in pairs or [(parts[-1], bases[-1])]
    ]


def _rows(by: By, part: Operand, base: Operand, *, percent: bool, unit: str) -> list[Document]:
    of = base.tables.get(by, {})
    return [
        dict(zip(by, cell, strict=True)) | _cell(value, of[cell], percent=percent, unit=unit)
        for cell, value in part.tables[by].items()
        if cell in of
    ]


def _cell(part: Value, base: Value, *, percent: bool, unit: str) -> Document:
    return {
        "value": divided(part, base, percent=percent, unit=unit),
        "part": {"value": part},
        "base": {"value": base},
    }


def divided(part: Value, base: Value, *, percent: bool, unit: str) -> Value:
    """Return one value divided by another, or None where either is missing or the base zero.

    Amounts of money are decimal strings, and divided exactly. Money by head is money: kronor as
    a decimal string, rounded to the öre last, a half away from zero. Anything else is a number,
    a whole one shown as such, so that 100.0 is shown as 100.
    """
    if part is None or base is None or not Fraction(base):
        return None
    value = Fraction(part) * (100 if percent else 1) / Fraction(base)
    if unit == MONEY:
        return to_decimal_string(_nearest(value * 100))
    return int(value) if value.denominator == 1 else float(value)


def _nearest(value: Fraction) -> int:
    """Return the nearest whole number, a half away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole
