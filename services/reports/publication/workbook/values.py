"""What a workbook's cell holds: a number that reads back as the document has it, or words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from services.reports.publication.model import Kind

if TYPE_CHECKING:
    from services.reports.publication.model import Cell

Held: TypeAlias = int | float | date | str

_DIGITS = 15
"""Workbooks keep numbers as binary fractions, of which so many decimal digits are exact."""

_ABOUT = "cirka "

_NUMBERS = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.NUMBER: "#,##0{decimals}",
    Kind.PERCENT: "0{decimals} %",
    Kind.MONEY: "#,##0.00",
    Kind.MILLIONS: "#,##0.0,,",
    Kind.DATE: "yyyy-mm-dd",
}
"""A workbook's formats are written as in English and shown as the reader's language has them."""


def held(cell: Cell) -> Held:
    """Return what stands in the workbook's cell.

    What is withheld or unknown is its sign, never zero. An amount or count with more digits than
    a workbook can keep is written as text, with every digit, rather than almost right.
    """
    if cell.withheld or cell.value is None or cell.kind is Kind.TEXT:
        return cell.text
    if cell.kind is Kind.DATE:
        return _day(str(cell.value), cell.text)
    if isinstance(cell.value, float):
        return cell.value / 100 if cell.kind is Kind.PERCENT else cell.value
    number = Decimal(cell.value)
    if len(number.as_tuple().digits) > _DIGITS:
        return str(cell.value)
    if cell.kind is Kind.PERCENT:
        return float(number / 100)
    return float(number) if isinstance(cell.value, str) else cell.value


def number_format(cell: Cell) -> str:
    """Return the workbook's format that shows the number as the other formats do."""
    about = f'"{_ABOUT}"' if cell.approximate and cell.text.startswith(_ABOUT) else ""
    return about + _NUMBERS[cell.kind].format(decimals=_decimals(cell.text))


def _day(value: str, text: str) -> date | str:
    """Return a day; forms also have months, ``2020-12``, which are no days."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return text


def _decimals(text: str) -> str:
    """Return the format's decimals: as many as the text shows."""
    _, comma, after = text.partition(",")
    shown = len(after) - len(after.lstrip("0123456789"))
    return "." + "0" * shown if comma and shown else ""
