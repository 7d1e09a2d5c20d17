"""From facts to values, at any basis.

Costs, in rows read: a flow or a stock reads the cells of the newest snapshot before the basis
that fall in its months, the facts recorded between the two, and the facts of months that are
only partly asked for. Without a snapshot, and for distinct subjects always, it reads the facts
of the measure in the span, found by (measure, happened_on).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING, Any

from shared.figures.definitions import BY_PERIOD, FigureDefinition, Query
from shared.figures.spans import Span, span

if TYPE_CHECKING:
    from shared.db import Connection
    from shared.journal import Journal

Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """The values of one question.

    Attributes:
        cells: value by breakdown values, sorted; those named in ``where`` stand also at zero.
        total: the sum of the cells, or, for distinct subjects, each counted once.

    """

    cells: tuple[tuple[Cell, int], ...]
    total: int


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
    if first.additive:
        cells = await _sums(conn, definitions, query, snapshots=snapshots)
        total = sum(cells.values())
    else:
        cells = await _subjects(conn, first, query, by=query.by)
        total = cells.get((), 0)
        if query.by:
            total = (await _subjects(conn, first, query, by=())).get((), 0)
    for cell in _named_cells(query):
        cells.setdefault(cell, 0)
    return Computed(tuple(sorted(cells.items())), total)


def facts_sql(definition: FigureDefinition, query: Query) -> tuple[str, list[Any]]:
    """Return a SELECT of every fact behind a checked query, and the values bound in it."""
    sql = _Sql(definition.journal, query)
    columns = (
        "id",
        "record_kind",
        "record_id",
        "amount",
        "happened_on",
        "recorded_at",
        "reason",
        *definition.dimensions,
    )
    wanted = span(definition.kind, definition.journal, query.period)
    if definition.kind == "distinct_during":
        wanted = Span(None, wanted.last, None, (), by_month=False)
    return sql.facts(definition, wanted, columns), sql.values


async def _sums(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    *,
    snapshots: bool,
) -> dict[Cell, int]:
    first = definitions[0]
    as_of = await _snapshot(conn, first.journal, query.basis) if snapshots else None
    parts: list[str] = []
    sql = _Sql(first.journal, query)
    for definition in definitions:
        parts += sql.additive(definition, span(first.kind, first.journal, query.period), as_of)
    by = ", ".join(query.by)
    rows = await conn.fetch(
        f"select {by}{', ' * bool(by)}sum(amount)::bigint as amount "
        f"from ({' union all '.join(parts)}) facts"
        + (f" group by {by} having sum(amount) <> 0" if by else ""),
        *sql.values,
    )
    return {_cell(row, query.by): row["amount"] or 0 for row in rows}


async def _snapshot(conn: Connection, journal: Journal, basis: datetime) -> datetime | None:
    if not journal.snapshots:
        return None
    as_of: datetime | None = await conn.fetchval(
        "select max(as_of) from journal_snapshot where journal = $1 and as_of <= $2",
        journal.table,
        basis,
    )
    return as_of


async def _subjects(
    conn: Connection, definition: FigureDefinition, query: Query, *, by: tuple[str, ...]
) -> dict[Cell, int]:
    sql = _Sql(definition.journal, query)
    wanted = span(definition.kind, definition.journal, query.period)
    present = (
        sql.ever_present(definition, wanted, by)
        if definition.kind == "distinct_during"
        else sql.present(definition, wanted, by)
    )
    listed = ", ".join(by)
    rows = await conn.fetch(
        f"select {listed}{', ' * bool(by)}count(*) as amount from ({present}) subjects"
        + (f" group by {listed}" if by else ""),
        *sql.values,
    )
    return {_cell(row, by): row["amount"] for row in rows}


def _cell(row: Any, by: tuple[str, ...]) -> Cell:  # noqa: ANN401  asyncpg's Record
    return tuple(
        f"{row[name] // 100}-{row[name] % 100:02d}" if name == BY_PERIOD else row[name]
        for name in by
    )


def _named_cells(query: Query) -> list[Cell]:
    """Return the cells a question names one by one: all its breakdowns are also conditions."""
    if not all(name in query.where for name in query.by):
        return []
    return list(product(*(query.where[name] for name in query.by)))


@dataclass
class _Sql:
    """The SQL of one question, and the values bound in it."""

    journal: Journal
    query: Query
    values: list[Any] = field(default_factory=list)

    def additive(
        self, definition: FigureDefinition, wanted: Span, as_of: datetime | None
    ) -> list[str]:
        """Return SELECTs of (breakdowns, amount) that together hold every fact once."""
        if as_of is None:
            return [self._amounts(definition, wanted)]
        recorded_at = self.journal.sql("recorded_at")
        since = self._bind(as_of, "timestamptz")
        parts = [self._amounts(definition, wanted, f"{recorded_at} > {since}")]
        if wanted.months is not None:
            parts.append(self._cells(definition, wanted.months, since))
        for first, last in wanted.edges:
            edge = Span(first, last, None, (), by_month=False)
            parts.append(self._amounts(definition, edge, f"{recorded_at} <= {since}"))
        return parts

    def present(self, definition: FigureDefinition, wanted: Span, by: tuple[str, ...]) -> str:
        """Return a SELECT of each cell's subjects with a positive sum."""
        keys = ", ".join((*by, "subject"))
        facts = self.facts(definition, wanted, (*by, "subject", "amount"), self._with_subject())
        return f"select {keys} from ({facts}) facts group by {keys} having sum(amount) > 0"

    def ever_present(self, definition: FigureDefinition, wanted: Span, by: tuple[str, ...]) -> str:
        """Return a SELECT of each cell's subjects whose sum was positive on a day of the span.

        What happened before the span counts as of its first day.
        """
        keys = ", ".join((*by, "subject"))
        first = self._bind(wanted.first, "date")
        until = Span(None, wanted.last, None, (), by_month=False)
        columns = (*by, "subject", "happened_on", "amount")
        facts = self.facts(definition, until, columns, self._with_subject())
        daily = (
            f"select {keys}, greatest(happened_on, {first}) as day, sum(amount) as amount "
            f"from ({facts}) facts group by {keys}, day"
        )
        running = (
            f"select {keys}, sum(amount) over (partition by {keys} order by day) as so_far "
            f"from ({daily}) daily"
        )
        return f"select {keys} from ({running}) running group by {keys} having max(so_far) > 0"

    def facts(
        self,
        definition: FigureDefinition,
        wanted: Span,
        columns: tuple[str, ...],
        *more: str,
    ) -> str:
        """Return a SELECT of columns of the facts in a span that the question is about."""
        journal = self.journal
        conditions = [
            f"{journal.sql('measure')} = {self._bind(definition.measure, 'text')}",
            f"{journal.sql('recorded_at')} <= {self._bind(self.query.basis, 'timestamptz')}",
            *self._days(wanted),
            *self._where(definition, journal.sql),
            *more,
        ]
        return (
            f"select {journal.named(*columns)} "
            f"from {journal.table} where {' and '.join(conditions)}"
        )

    def _amounts(self, definition: FigureDefinition, wanted: Span, *more: str) -> str:
        return self.facts(definition, wanted, (*self.query.by, "amount"), *more)

    def _cells(self, definition: FigureDefinition, months: tuple[int, int], as_of: str) -> str:
        first, last = months
        conditions = [
            f"as_of = {as_of}",
            f"measure = {self._bind(definition.measure, 'text')}",
            f"period between {self._bind(first, 'int')} and {self._bind(last, 'int')}",
            *self._where(definition, str),
        ]
        columns = ", ".join((*self.query.by, "amount"))
        return f"select {columns} from {self.journal.sums} where {' and '.join(conditions)}"

    def _days(self, wanted: Span) -> list[str]:
        if wanted.by_month and wanted.months is not None:
            first, last = (self._bind(month, "int") for month in wanted.months)
            return [f"{self.journal.sql('period')} between {first} and {last}"]
        happened_on = self.journal.sql("happened_on")
        conditions = [f"{happened_on} <= {self._bind(wanted.last, 'date')}"]
        if wanted.first is not None:
            conditions.append(f"{happened_on} >= {self._bind(wanted.first, 'date')}")
        return conditions

    def _where(self, definition: FigureDefinition, sql: Callable[[str], str]) -> list[str]:
        return [
            f"{sql(name)} = any({self._bind(list(values), 'text[]')})"
            for conditions in (definition.where, self.query.where)
            for name, values in sorted(conditions.items())
        ]

    def _with_subject(self) -> str:
        return f"{self.journal.sql('subject')} is not null"

    def _bind(self, value: Any, type_: str) -> str:  # noqa: ANN401  whatever the driver takes
        self.values.append(value)
        return f"${len(self.values)}::{type_}"
