"""The columns, rows and cells of a table."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]


def column(code: str, label: str, unit: str, **more: Any) -> Document:  # noqa: ANN401  JSON
    """Return a column."""
    return {"code": code, "label": label, "unit": unit} | more


def count(
    code: str, label: str, unit: str, figure: str, where: Mapping[str, list[str]] | None = None
) -> Document:
    """Return a column of counts of a figure, under conditions."""
    return column(code, label, unit, figure=figure, where=dict(where or {}))


def share(code: str, label: str, part: str, base: str) -> Document:
    """Return a column of what one column is of another, in per cent."""
    return column(code, label, "percent", part=part, base=base)


def row(period: str, by: Document, values: Document, *, total: bool) -> Document:
    """Return a row of values by column; the total is of all the others."""
    return {
        "label": "Totalt" if total else "",
        "by": by,
        "period": period,
        "role": "sum" if total else "plain",
        "note": None,
        "cells": {code: {"value": value} for code, value in values.items()},
    }


def percent_of(decimal: str | None) -> float | None:
    """Return a share as per cent; None of nothing."""
    return None if decimal is None else float(Decimal(decimal) * 100)
