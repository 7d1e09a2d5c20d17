"""From facts to values, at any basis.

Costs, in rows read: a flow or a stock reads the cells of the newest snapshot before the basis
that fall in its months, the facts recorded between the two, and the facts of months that are
only partly asked for. Without a snapshot, and for distinct subjects always, it reads the facts
of the measure in the span, found by (measure, happened_on); distinct subjects are then sorted
or hashed once for each breakdown and once for the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING, Any

from shared.figures.definitions import BY_PERIOD, FigureDefinition, Query
from shared.figures.medians import doubled_median
from shared.figures.spans import Span, span
from shared.figures.sql import QuestionSql

if TYPE_CHECKING:
    from shared.db import Connection
    from shared.journal import Journal

Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """The values of one question.

    Attributes:
        cells: value by breakdown values, sorted; those named in ``where`` stand also at zero.
        total: the sum of the cells, or, for distinct subjects, each counted once. Medians are
            given twice (`doubled_median`); with a base of 0 there is none.
        bases: of medians: how many numbers each cell's is taken of.
        base: of a median: how many numbers the total is taken of.

    """

    cells: tuple[tuple[Cell, int], ...]
    total: int
    bases: Mapping[Cell, int] = field(default_factory=dict)
    base: int | None = None


async def compute(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    *,
    snapshots: bool = True,
) -> Computed:
    """Compute a checked query.

    Args:
        conn: inside a read-only transaction opened after the basis was settled
            (`shared.basis.reading_at`).
        definitions: what ``Figures.checked(query)`` returned.
        query: the question.
        snapshots: whether to use snapshots; the values are the same without.

    """
    first = definitions[0]
    as_of = await prepared(conn, first.journal, query.basis, snapshots=snapshots)
    if first.value is not None:
        by_value = replace(query, by=(*query.by, first.value))
        return _medians(await sums(conn, definitions, by_value, as_of))
    if first.additive:
        cells = await sums(conn, definitions, query, as_of)
        total = sum(cells.values())
    else:
        cells, total = await _subjects(conn, first, query)
    for cell in named_cells(query):
        cells.setdefault(cell, 0)
    return Computed(tuple(sorted(cells.items())), total)


def facts_sql(definition: FigureDefinition, query: Query) -> tuple[str, list[Any]]:
    """Return a SELECT of every fact behind a checked query, and the values bound in it."""
    wanted = span(definition.kind, definition.journal, query.period)
    if definition.kind == "distinct_during":
        wanted = Span(None, wanted.last, None, (), by_month=False)
    sql = QuestionSql(definition.journal, query)
    columns = (*_LISTED, *definition.dimensions, *definition.held)
    return sql.listed(definition, wanted, columns), sql.values


_LISTED = (
    "id",
    "record_kind",
    "record_id",
    "subject",
    "amount",
    "happened_on",
    "recorded_at",
    "reason",
)


async def prepared(
    conn: Connection, journal: Journal, basis: datetime, *, snapshots: bool
) -> datetime | None:
    """Have each question planned for its own values; return the snapshot to start from.

    The driver prepares statements, and after five runs PostgreSQL would settle for one plan
    whatever the period and the basis.
    """
    plan = "set_config('plan_cache_mode', 'force_custom_plan', true)"
    if not (snapshots and journal.snapshots):
        await conn.fetchval(f"select {plan}")
        return None
    row = await conn.fetchrow(
        f"select {plan}, (select max(as_of) from journal_snapshot "
        "where journal = $1 and as_of <= $2) as as_of",
        journal.table,
        basis,
    )
    return None if row is None else row["as_of"]


async def sums(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    as_of: datetime | None,
) -> dict[Cell, int]:
    """Return the sums of flows or stocks by cell, from a snapshot on (`prepared`)."""
    first = definitions[0]
    wanted = span(first.kind, first.journal, query.period)
    sql = QuestionSql(first.journal, query)
    parts = [part for each in definitions for part in sql.additive(each, wanted, as_of)]
    by = ", ".join(query.by)
    rows = await conn.fetch(
        f"select {by}{', ' * bool(by)}sum(amount)::bigint as amount "
        f"from ({' union all '.join(parts)}) facts"
        + (f" group by {by} having sum(amount) <> 0" if by else ""),
        *sql.values,
    )
    return {cell_of(row, query.by): row["amount"] or 0 for row in rows}


def _medians(counts: Mapping[Cell, int]) -> Computed:
    """Return medians from how often each number, the last part of a cell, occurs in the rest."""
    cells: dict[Cell, dict[int, int]] = {}
    whole: dict[int, int] = {}
    for (*cell, text), count in counts.items():
        number = int(text)
        cells.setdefault(tuple(cell), {})[number] = count
        whole[number] = whole.get(number, 0) + count
    found = {cell: doubled_median(counted) for cell, counted in cells.items()}
    return Computed(
        cells=tuple(sorted((cell, value) for cell, value in found.items() if value is not None)),
        total=doubled_median(whole) or 0,
        bases={cell: sum(counted.values()) for cell, counted in cells.items()},
        base=sum(whole.values()),
    )


async def _subjects(
    conn: Connection, definition: FigureDefinition, query: Query
) -> tuple[dict[Cell, int], int]:
    sql = QuestionSql(definition.journal, query)
    wanted = span(definition.kind, definition.journal, query.period)
    rows = await conn.fetch(sql.distinct(definition, wanted), *sql.values)
    total: int = next(row["amount"] for row in rows if row["whole"])
    cells = {cell_of(row, query.by): row["amount"] for row in rows if not row["whole"]}
    return (cells if query.by else {(): total}), total


def cell_of(row: Any, by: tuple[str, ...]) -> Cell:  # noqa: ANN401  asyncpg's Record
    """Return the breakdown values of a row."""
    return tuple(
        f"{row[name] // 100}-{row[name] % 100:02d}" if name == BY_PERIOD else row[name]
        for name in by
    )


def named_cells(query: Query) -> list[Cell]:
    """Return the cells a question names one by one: all its breakdowns are also conditions."""
    if not all(name in query.where for name in query.by):
        return []
    return list(product(*(query.where[name] for name in query.by)))
