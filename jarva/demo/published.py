"""What the committee published, and what the reports say: one line each.

The published values are data of the demonstration. Nothing in the services knows them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Document = dict[str, Any]
Verdict = str

SAME, DIFFERENT, MISSING, SHOWN = "same", "DIFFERENT", "MISSING", "shown as approximate"


@dataclass(frozen=True)
class Line:
    """One published figure beside the computed one."""

    name: str
    period: str
    published: str
    computed: str
    verdict: Verdict
    source: str
    is_amount: bool = False

    @property
    def reproduced(self) -> bool:
        """Whether the report says what was published."""
        return self.verdict in {SAME, SHOWN}


def compare(reports: Mapping[str, Document], data: Path) -> Iterator[Line]:
    """Give one line per published figure and amount.

    Args:
        reports: the assembled reports by template name.
        data: the folder with ``published_figures.csv`` and ``published_amounts.csv``.

    """
    for row in _rows(data / "published_figures.csv"):
        yield _figure(row, reports[row["report"]])
    for row in _rows(data / "published_amounts.csv"):
        yield _amount(row, reports["tertialrapport"])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _items(report: Document) -> Iterator[Document]:
    for section in report["sections"]:
        yield from section["items"]


def _figure(row: dict[str, str], report: Document) -> Line:
    name = " ".join(part for part in (row["figure"], row["breakdown"]) if part)
    item = next((item for item in _items(report) if item["key"] == row["figure"]), None)
    approximate = row["approximate"] == "yes"
    computed, source = _computed(row, item)
    if computed is None:
        verdict = MISSING
    elif not approximate:
        verdict = SAME if computed == row["value"] else DIFFERENT
    elif computed == row["value"] and item is not None and item["approximate"]:
        verdict = SHOWN
    else:
        verdict = DIFFERENT
    published = f"cirka {row['value']}" if approximate else row["value"]
    return Line(name, row["period"], published, computed or "-", verdict, source)


def _computed(row: dict[str, str], item: Document | None) -> tuple[str | None, str]:
    if item is None or item["status"] != "ok":
        return None, "" if item is None else str(item["reason"])
    wanted = dict(part.split("=", 1) for part in row["breakdown"].split(";") if part)
    if item["kind"] == "reference":
        return _reference(row, item, wanted), "reports: reference-series"
    if item["kind"] == "ratio":
        value = next((v["value"] for v in item["values"] if v["period"] == row["period"]), None)
        return _text(value), "reports: computed"
    source = item["definition"]["service"], item["definition"]["figure"]
    return _counted(row, item, wanted), ": ".join(source)


def _reference(row: dict[str, str], item: Document, wanted: dict[str, str]) -> str | None:
    if item["period"] != row["period"]:
        return None
    for found in item["rows"]:
        if found["label"] == wanted.get("label", ""):
            low, high = _text(found["low"]), _text(found["high"])
            return low if low == high else f"{low}-{high}"
    return None


def _counted(row: dict[str, str], item: Document, wanted: dict[str, str]) -> str | None:
    value = next((v for v in item["values"] if v["period"] == row["period"]), None)
    if value is None:
        return None
    if not wanted:
        return _text(value["value"])
    table = next((t for t in value["tables"] if set(t["by"]) == set(wanted)), None)
    if table is None:
        return None
    found = [r for r in table["rows"] if all(r[name] == code for name, code in wanted.items())]
    return _text(found[0]["value"]) if found else "0"


def _amount(row: dict[str, str], report: Document) -> Line:
    name = f"{row['statement']} {row['row']} {row['column']}"
    statement = next(
        (
            item["statement"]
            for item in _items(report)
            if item["kind"] == "statement"
            and item["status"] == "ok"
            and item["statement"]["statement"] == row["statement"]
        ),
        None,
    )
    amounts: dict[str, str] = next(
        (r["amounts"] for r in (statement or {"rows": []})["rows"] if r["code"] == row["row"]), {}
    )
    computed = amounts.get(row["column"])
    verdict = MISSING if computed is None else SAME if computed == row["amount"] else DIFFERENT
    period = report["period"]["period"]
    return Line(
        name, period, row["amount"], computed or "-", verdict, "budget: ledger", is_amount=True
    )


def _text(value: float | None) -> str | None:
    if value is None:
        return None
    return str(int(value)) if float(value).is_integer() else str(value)
