"""From facts to values, at any basis.

What is counted starts from the nearest thing that is known: an answer kept of the same question
(`shared.figures.standing`), else a snapshot of the journal, else nothing. The values are the
same from each; what they cost is told in `shared.figures.counting`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from time import perf_counter
from typing import TYPE_CHECKING, Any

from shared.figures.counting import Cell, Counted, by_value, count, moved_since
from shared.figures.definitions import FigureDefinition, Query
from shared.figures.medians import doubled_median
from shared.figures.spans import Span, span
from shared.figures.sql import QuestionSql
from shared.figures.standing.answers import nearest
from shared.figures.standing.questions import note, written

if TYPE_CHECKING:
    from shared.db import Connection
    from shared.journal import Journal


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
        snapshots: whether to start from what was added up before; the values are the same
            without.

    """
    counted = await counted_at(conn, definitions, query, snapshots=snapshots)
    if definitions[0].value is not None:
        return _medians(counted.cells)
    cells = dict(counted.cells)
    for cell in named_cells(query):
        cells.setdefault(cell, 0)
    return Computed(tuple(sorted(cells.items())), counted.total)


async def counted_at(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    *,
    snapshots: bool = True,
) -> Counted:
    """Count a checked query at its basis from the nearest thing that is known."""
    first = definitions[0]
    asked = by_value(first, query)
    if not (snapshots and first.journal.snapshots):
        await prepared(conn, first.journal, query.basis, snapshots=False)
        return await count(conn, definitions, asked, None)
    began = perf_counter()
    question = written(definitions, query)
    start = await nearest(conn, definitions, query.basis, question)
    if start.kept is None:
        counted = await count(conn, definitions, asked, start.snapshot)
    elif start.kept.as_of == query.basis:
        counted = start.kept.counted
    else:
        moved = await moved_since(conn, definitions, asked, start.kept.as_of)
        counted = start.kept.counted.plus(moved)
    note(question, perf_counter() - began, kept=start.kept is not None)
    return counted


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
        journal.kept_as,
        basis,
    )
    return None if row is None else row["as_of"]


def _medians(counts: Mapping[Cell, int]) -> Computed:
    """Return medians from how often each number, the last part of a cell, occurs in the rest."""
    cells: dict[Cell, dict[int, int]] = {}
    whole: dict[int, int] = {}
    for (*cell, text), counted in counts.items():
        number = int(text)
        cells.setdefault(tuple(cell), {})[number] = counted
        whole[number] = whole.get(number, 0) + counted
    found = {cell: doubled_median(counted) for cell, counted in cells.items()}
    return Computed(
        cells=tuple(sorted((cell, value) for cell, value in found.items() if value is not None)),
        total=doubled_median(whole) or 0,
        bases={cell: sum(counted.values()) for cell, counted in cells.items()},
        base=sum(whole.values()),
    )


def named_cells(query: Query) -> list[Cell]:
    """Return the cells a question names one by one: all its breakdowns are also conditions."""
    if not all(name in query.where for name in query.by):
        return []
    return list(product(*(query.where[name] for name in query.by)))
