"""Figures and ratios as facts, tables and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.publication import numbers, pictures
from services.reports.publication.cells import held, kind_of, words
from services.reports.publication.model import Block, Column, Fact, Kind, Row, Table, Text, Tone
from services.reports.publication.wording import heading, listed, register, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.domain.assembly import Document
    from services.reports.publication.model import Cell, Point


def figure(item: Document, path: str) -> list[Block]:
    """Return each period's value with its tables, then definition and source."""
    definition, name = item["definition"], item["source"]["register"]
    source = word(definition["service"]) + (f", registret {register(name)}" if name else "")
    about = (
        f"{definition['text']} Definition {definition['figure']}, "
        f"version {definition['version']}. Källa: {source}."
    )
    return [*_values(item, path), Text(about, Tone.SOURCE)]


def ratio(item: Document, path: str) -> list[Block]:
    """Return a ratio's values, and what was divided by what."""
    part, base = (_operand(item[name], f"{path}/{name}") for name in ("part", "base"))
    return [
        *_values(item, path),
        Text(f"Beräknat av {part.text} delat med {base.text}.", Tone.SOURCE),
    ]


def _operand(holder: Document, path: str) -> Cell:
    """Return what was divided, or by what: an amount of money is a string, a count a number."""
    kind = Kind.MONEY if isinstance(holder["value"], str) else Kind.COUNT
    return held(holder, kind, path)


def _values(item: Document, path: str) -> list[Block]:
    if len(item["values"]) > 1:
        return _series(item, path)
    value, place = item["values"][0], f"{path}/values/0"
    cell = held(value, kind_of(item["unit"]), place)
    blocks: list[Block] = [Fact(cell, word(item["unit"]), value["periodLabel"])]
    for number, shown in enumerate(value["tables"]):
        made = _table(item, value, shown, f"{place}/tables/{number}")
        blocks += [*([] if number else _bars(item, shown, made)), made]
    return blocks


def _table(item: Document, value: Document, shown: Document, path: str) -> Table:
    """Return one breakdown: a row for each combination of its values."""
    by = shown["by"]
    kind = kind_of(item["unit"])
    divided = item["kind"] == "ratio"
    rows = []
    for number, row in enumerate(shown["rows"]):
        place = f"{path}/rows/{number}"
        cells = [*(words(word(row[name])) for name in by), held(row, kind, place)]
        if divided:
            cells += [_operand(row[name], f"{place}/{name}") for name in ("part", "base")]
        rows.append(Row(tuple(cells)))
    return Table(
        key=f"{item['key']}:{value['period']}:{'+'.join(by)}",
        caption=f"{item['label']}, {value['periodLabel']}, efter {listed([*map(word, by)])}",
        columns=(*(Column(heading(name)) for name in by), *_columns(item)),
        rows=tuple(rows),
        headers=len(by),
    )


def _columns(item: Document) -> list[Column]:
    own = Column(heading(item["unit"]), kind_of(item["unit"]))
    if item["kind"] != "ratio":
        return [own]
    kinds = [_operand(item[name], "").kind for name in ("part", "base")]
    return [own, Column("Täljare", kinds[0]), Column("Nämnare", kinds[1])]


def _bars(item: Document, shown: Document, table: Table) -> list[Block]:
    """Return one period's first breakdown as bars, if the template asks for a picture."""
    if not item.get("chart"):
        return []
    many = len(shown["by"])
    points = [
        pictures.point(
            row.cells[0].text,
            row.cells[many],
            series=", ".join(cell.text for cell in row.cells[1:many]),
        )
        for row in table.rows
    ]
    return [*pictures.chart(table, "bars", item["unit"], points)]


def _series(item: Document, path: str) -> list[Block]:
    """Return several periods: the last in large type, all in a table, each breakdown across."""
    kind, values = kind_of(item["unit"]), item["values"]
    last = len(values) - 1
    cell = held(values[last], kind, f"{path}/values/{last}")
    whole = _periods(item, path)
    across = [_across(item, path, by) for by in _breakdowns(values)]
    pictured = across[0] if across else whole
    drawn: list[Block] = []
    if item.get("chart"):
        points = _along(item, pictured) if across else _alone(item, whole)
        breaks = pictures.breaks_of(item)
        drawn += pictures.chart(pictured, item["chart"], item["unit"], points, breaks=breaks)
    return [Fact(cell, word(item["unit"]), values[last]["periodLabel"]), *drawn, whole, *across]


def _periods(item: Document, path: str) -> Table:
    """Return the plain value of each period."""
    kind = kind_of(item["unit"])
    rows = []
    for number, value in enumerate(item["values"]):
        place = f"{path}/values/{number}"
        cells = [words(value["periodLabel"]), held(value, kind, place)]
        if item["kind"] == "ratio":
            cells += [_operand(value[name], f"{place}/{name}") for name in ("part", "base")]
        rows.append(Row(tuple(cells)))
    return Table(
        key=f"{item['key']}:perioder",
        caption=f"{item['label']}, {_span(item)}",
        columns=(Column("Period"), *_columns(item)),
        rows=tuple(rows),
    )


def _span(item: Document) -> str:
    values = item["values"]
    return numbers.span(values[0]["periodLabel"], values[-1]["periodLabel"])


def _breakdowns(values: list[Document]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(tuple(table["by"]) for value in values for table in value["tables"]))


def _across(item: Document, path: str, by: tuple[str, ...]) -> Table:
    """Return one breakdown with a column for each period."""
    kind = kind_of(item["unit"])
    found: dict[tuple[str, ...], dict[int, Cell]] = {}
    for number, value in enumerate(item["values"]):
        for index, shown in enumerate(value["tables"]):
            if tuple(shown["by"]) != by:
                continue
            for place, row in enumerate(shown["rows"]):
                at = f"{path}/values/{number}/tables/{index}/rows/{place}"
                found.setdefault(tuple(row[name] for name in by), {})[number] = held(row, kind, at)
    return Table(
        key=f"{item['key']}:perioder:{'+'.join(by)}",
        caption=f"{item['label']}, {_span(item)}, efter {listed([*map(word, by)])}",
        columns=(
            *(Column(heading(name)) for name in by),
            *(Column(value["periodLabel"], kind) for value in item["values"]),
        ),
        rows=tuple(
            Row((*(words(word(code)) for code in codes), *_cells(cells, len(item["values"]))))
            for codes, cells in sorted(found.items())
        ),
        headers=len(by),
    )


def _cells(found: Mapping[int, Cell], many: int) -> list[Cell]:
    """Return a row's cells; a period in which the combination does not occur has a dash."""
    return [found.get(number, words(numbers.NOTHING)) for number in range(many)]


def _alone(item: Document, table: Table) -> list[Point]:
    return [
        pictures.point(value["periodLabel"], row.cells[1], segment=value["segment"])
        for value, row in zip(item["values"], table.rows, strict=True)
    ]


def _along(item: Document, table: Table) -> list[Point]:
    """Return the rows of a breakdown as series along the periods."""
    return [
        pictures.point(
            value["periodLabel"],
            row.cells[table.headers + number],
            series=", ".join(cell.text for cell in row.cells[: table.headers]),
            segment=value["segment"],
        )
        for number, value in enumerate(item["values"])
        for row in table.rows
    ]
