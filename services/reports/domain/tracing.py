"""From an item of a report back to what was asked for it, and to the rows behind a cell. Pure.

Everything is read from the document itself, so that a kept report is traced by what it says and
not by what its template has become since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from services.reports.domain.planning import camel
from services.reports.errors import CellNotFound, ItemNotFound, RowsNotKept
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from services.reports.domain.assembly import Document

_CLASSES = {
    "external": "external",
    "municipalCompany": "municipal_company",
    "internal": "internal",
    "total": None,
}
"""Columns of the income statement as values of the ledger's breakdown; None is all of them."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a service was asked, and where it can be asked again."""

    service: str
    path: str
    params: tuple[tuple[str, str], ...]

    @property
    def address(self) -> str:
        """The address below the service's host, with everything that was asked."""
        query = f"?{urlencode(self.params)}" if self.params else ""
        return f"/{self.service}/v1{self.path}{query}"


@dataclass(frozen=True, slots=True)
class Lineage:
    """How one item came about.

    Attributes:
        item: the item of the document.
        questions: in the order they were asked.
        made_of: the items that a ratio divides.

    """

    item: Document
    questions: tuple[Question, ...]
    made_of: tuple[Lineage, ...] = ()


def traced(document: Document, key: str) -> Lineage:
    """Return how an item of a report came about.

    Raises:
        ItemNotFound: the report has no such item.

    """
    item = _item(document, key)
    made_of = [
        traced(document, item[side]["key"])
        for side in ("part", "base")
        if item["kind"] == "ratio" and item.get(side) and item[side]["key"]
    ]
    return Lineage(item, tuple(_questions(item, document["basis"])), tuple(made_of))


def rows_behind(document: Document, key: str, cell: str) -> Question:
    """Return the question that lists the rows behind a cell.

    Args:
        document: the report.
        key: the item.
        cell: where the value stands in the item (JSON Pointer): ``/values/0``,
            ``/values/0/tables/1/rows/2`` or ``/statement/rows/3/amounts/external``.

    Raises:
        ItemNotFound: the report has no such item.
        CellNotFound: the item has no such cell.
        RowsNotKept: the cell is no sum of rows: a ratio, what others publish, a withheld value.

    """
    item = _item(document, key)
    steps = cell.strip("/").split("/")
    if item["kind"] == "figure":
        return _behind_figure(item, steps, document["basis"])
    if item["kind"] == "statement":
        return _behind_statement(item, steps)
    raise RowsNotKept(kind=item["kind"])


def _item(document: Document, key: str) -> Document:
    for section in document["sections"]:
        for item in section["items"]:
            if item["key"] == key:
                found: Document = item
                return found
    raise ItemNotFound(item=key)


def _questions(item: Document, basis: str) -> Iterator[Question]:
    if item["status"] != "ok":
        return
    match item["kind"]:
        case "figure":
            yield from _of_figure(item, basis)
        case "statement":
            held = item["statement"]
            params = (("period", held["period"]), ("basis", basis))
            yield Question("budget", f"/statements/{held['statement']}", params)
        case "table":
            yield from _of_table(item, basis)
        case _:
            return  # texts, ratios and what others publish ask no service


_TABLES: Mapping[str, str] = {
    "follow-up-rates": "/follow-ups/rates",
    "funnel": "/funnels",
    "esf-indicators": "/esf-indicators",
    "deviations": "/deviations",
}


def _of_figure(item: Document, basis: str) -> Iterator[Question]:
    definition, where = item["definition"], _params(item["where"])
    path = f"/figures/{definition['figure']}"
    for value in item["values"]:
        plain = (("period", value["period"]), ("basis", basis))
        for by in ([], *(table["by"] for table in value["tables"])):
            asked = tuple(("by", camel(name)) for name in by)
            yield Question(definition["service"], path, (*plain, *asked, *where))


def _of_table(item: Document, basis: str) -> Iterator[Question]:
    """Give the question of each period that the rows are about."""
    source, where = item["source"], _params(item["where"])
    for period in dict.fromkeys(row["period"] for row in item["rows"]):
        params = (("period", period), *where, ("basis", basis))
        yield Question(source["service"], _TABLES[source["answer"]], params)


def _behind_figure(item: Document, steps: list[str], basis: str) -> Question:
    if item["status"] != "ok":
        raise CellNotFound
    value = _at(item, steps[:2])
    holder = _at(item, steps)
    if steps[:1] != ["values"] or len(steps) not in {2, 6} or not isinstance(holder, dict):
        raise CellNotFound
    if holder.get("withheld"):
        raise RowsNotKept(kind="withheld")
    by = _at(item, steps[:4])["by"] if len(steps) > len(("values", "0")) else []
    conditions = {**item["where"], **{name: [holder[name]] for name in by}}
    definition = item["definition"]
    return Question(
        definition["service"],
        f"/figures/{definition['figure']}/rows",
        (("period", value["period"]), ("basis", basis), *_params(conditions)),
    )


def _behind_statement(item: Document, steps: list[str]) -> Question:
    """Return the postings of an account group in the income statement, by counterpart class."""
    if item["status"] != "ok" or steps[:2] != ["statement", "rows"] or len(steps) != len(_CELL):
        raise CellNotFound
    row, column = _at(item, steps[:3]), steps[-1]
    _at(item, steps)
    held = item["statement"]
    known = held["statement"] == "income-statement" and column in _CLASSES
    if not known or row["kind"] != "group":
        raise RowsNotKept(kind=held["statement"])
    counterpart = _CLASSES[column]
    chosen = () if counterpart is None else (("counterpartClass", counterpart),)
    params = (
        ("period", _days(held["period"])),
        ("basis", held["basis"]),
        ("accountGroup", row["code"]),
        *chosen,
    )
    return Question("budget", "/figures/outcome/rows", params)


_CELL = ("statement", "rows", "0", "amounts", "external")


def _days(periods: str) -> str:
    """Return a range of the ledger's months, ``202001-202008``, as the days of figures."""
    first, _, last = periods.partition("-")
    begins, ends = (Period.parse(f"{each[:4]}-{each[4:]}") for each in (first, last or first))
    return f"{begins.first.isoformat()}/{ends.last.isoformat()}"


def _at(holder: Any, steps: list[str]) -> Any:  # noqa: ANN401  any JSON value
    """Return what stands at a place.

    Raises:
        CellNotFound: nothing does.

    """
    for step in steps:
        try:
            holder = holder[_index(step)] if isinstance(holder, list) else holder[step]
        except (KeyError, IndexError, ValueError, TypeError) as missing:
            raise CellNotFound from missing
    return holder


def _index(step: str) -> int:
    """Return a place in a list as JSON Pointers write it (RFC 6901): no sign, no other digits."""
    if not (step.isascii() and step.isdecimal()):
        raise ValueError(step)
    return int(step)


def _params(conditions: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (camel(name), value) for name, values in sorted(conditions.items()) for value in values
    )
