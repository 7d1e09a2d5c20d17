"""What a question adds up to: its cells and its total, at a basis or between two.

Costs, in rows read. A flow or a stock reads the cells of the newest snapshot before the basis
that fall in its months, the facts recorded between the two, and the facts of months that are
only partly asked for. Without a snapshot, and for distinct subjects always, it reads the facts
of the measure in the span; distinct subjects are then sorted or hashed once for each breakdown
and once for the total. Between two bases it reads the facts recorded between them, and of
distinct subjects all facts of those who are in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.figures.definitions import BY_PERIOD, FigureDefinition, Query
from shared.figures.spans import span
from shared.figures.sql import QuestionSql

if TYPE_CHECKING:
    from shared.db import Connection

Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a question adds up to, or moved by.

    Attributes:
        cells: by breakdown values, those that are not zero; of a median how often each number,
            the last part of a cell, occurs in the rest. Without breakdowns the one cell is the
            total, zero or not.
        total: the sum of the cells, or, for distinct subjects, each counted once.

    """

    cells: Mapping[Cell, int]
    total: int

    def plus(self, moved: Counted, *, times: int = 1) -> Counted:
        """Return what it is after it moved, or, with ``times=-1``, what it was before."""
        cells = dict(self.cells)
        for cell, amount in moved.cells.items():
            cells[cell] = cells.get(cell, 0) + times * amount
        there = {cell: amount for cell, amount in cells.items() if amount or not cell}
        return Counted(there, self.total + times * moved.total)


async def count(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    as_of: datetime | None,
) -> Counted:
    """Count a checked query at its basis, sums from a snapshot on if there is one."""
    first = definitions[0]
    if first.of_subjects:
        wanted = span(first.kind, first.journal, query.period)
        sql = QuestionSql(first.journal, query)
        return await _of_subjects(conn, sql.distinct(first, wanted), sql)
    cells = await sums(conn, definitions, query, as_of)
    return Counted(cells, sum(cells.values()))


async def moved_since(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    since: datetime,
) -> Counted:
    """Return what a checked query moved by from an earlier basis to its own."""
    first = definitions[0]
    wanted = span(first.kind, first.journal, query.period)
    sql = QuestionSql(first.journal, query)
    if first.of_subjects:
        return await _of_subjects(conn, sql.distinct_since(first, wanted, since), sql)
    parts = [sql.recorded_since(each, wanted, since) for each in definitions]
    cells = await _added(conn, parts, sql)
    return Counted(cells, sum(cells.values()))


async def sums(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    as_of: datetime | None,
) -> dict[Cell, int]:
    """Return the sums of flows or stocks by cell, from a snapshot on."""
    first = definitions[0]
    wanted = span(first.kind, first.journal, query.period)
    sql = QuestionSql(first.journal, query)
    parts = [part for each in definitions for part in sql.additive(each, wanted, as_of)]
    return await _added(conn, parts, sql)


def by_value(definition: FigureDefinition, query: Query) -> Query:
    """Return the question that is counted for a query: of a median, broken down by its numbers."""
    if definition.value is None:
        return query
    return replace(query, by=(*query.by, definition.value))


def cell_of(row: Any, by: tuple[str, ...]) -> Cell:  # noqa: ANN401  asyncpg's Record
    """Return the breakdown values of a row."""
    return tuple(
        f"{row[name] // 100}-{row[name] % 100:02d}" if name == BY_PERIOD else row[name]
        for name in by
    )


async def _added(conn: Connection, parts: Sequence[str], sql: QuestionSql) -> dict[Cell, int]:
    columns = sql.query.by
    by = ", ".join(columns)
    rows = await conn.fetch(
        f"select {by}{', ' * bool(by)}sum(amount)::bigint as amount "
        f"from ({' union all '.join(parts)}) facts"
        + (f" group by {by} having sum(amount) <> 0" if by else ""),
        *sql.values,
    )
    return {cell_of(row, columns): row["amount"] or 0 for row in rows}


async def _of_subjects(conn: Connection, select: str, sql: QuestionSql) -> Counted:
    rows = await conn.fetch(select, *sql.values)
    by = sql.query.by
    total: int = next(row["amount"] for row in rows if row["whole"])
    cells = {cell_of(row, by): row["amount"] for row in rows if not row["whole"]}
    return Counted(cells if by else {(): total}, total)
