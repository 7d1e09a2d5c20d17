"""Cells and facts of the values that a document holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.reports.publication import numbers
from services.reports.publication.model import Cell, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.publication.model import Value

MONEY = "SEK"
PERCENT = "percent"


def kind_of(unit: str) -> Kind:
    """Return how values of a unit are written."""
    if unit == MONEY:
        return Kind.MONEY
    return Kind.PERCENT if unit == PERCENT else Kind.COUNT


def held(holder: Mapping[str, Any], kind: Kind, path: str, *, name: str = "value") -> Cell:
    """Return the cell of a value that a document holds under ``name``, with its protection.

    A withheld value has the sign of Swedish statistics, an unknown one a dash: neither is zero.
    """
    if holder.get("withheld"):
        return Cell(numbers.WITHHELD, None, kind, withheld=True, path=f"{path}/{name}")
    rounded = bool(holder.get("rounded"))
    return valued(holder[name], kind, f"{path}/{name}", approximate=rounded)


def valued(value: Value, kind: Kind, path: str, *, approximate: bool = False) -> Cell:
    """Return the cell of a value."""
    if value is None:
        return Cell(numbers.NOTHING, None, kind, path=path)
    if isinstance(value, float) and kind is Kind.COUNT:
        kind = Kind.NUMBER
    return Cell(_shown(value, kind), value, kind, approximate=approximate, path=path)


def words(text: str) -> Cell:
    """Return a cell of words."""
    return Cell(text)


def _shown(value: float | str, kind: Kind) -> str:
    if isinstance(value, str):
        return numbers.millions(value) if kind is Kind.MILLIONS else numbers.kronor(value)
    return numbers.percent(value) if kind is Kind.PERCENT else numbers.number(value)
