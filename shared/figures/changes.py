"""Why a figure moved between two bases: its difference in parts, which sum to it exactly.

The facts recorded between the two bases are taken in by kind, one kind after the other
(`KINDS`), and the figure is computed after each. A part is what its kind moved the figure by,
and the parts sum to the difference whatever kind of figure it is: with distinct subjects and
medians too, where what one fact moves depends on those that are there already.

What came new counts as late when it happened on or before the day of the earlier basis, in
local time: the figure of then could have had it. `Cause.PROGRESS` is new whatever its day is.
Rows from before causes were kept have none, and are told by their day alone.

Costs: a flow or a stock reads what it reads at the earlier basis, and the facts of its measure
recorded since. Distinct subjects are counted at all steps from one reading of what they are
counted from at the later basis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from shared.figures.computing import named_cells, prepared
from shared.figures.counting import Cell, cell_of, sums
from shared.figures.definitions import FigureDefinition, Query
from shared.figures.medians import doubled_median
from shared.figures.spans import span
from shared.figures.steps_sql import STEPS, StepsSql

if TYPE_CHECKING:
    from shared.db import Connection

Steps = tuple[int | None, ...]
"""A figure at the earlier basis and after each of `KINDS`, as `Computed` gives values.

A median of nobody has no value (None), neither before nor after. Where nobody is left only in
between, between what was taken back and what was told anew, the step moves nothing.
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure step by step from one basis to a later one.

    Attributes:
        cells: by breakdown values, sorted, those that have a value at any step; those named in
            ``where`` stand also at zero.
        total: as `Computed` has it, at each step.

    """

    cells: tuple[tuple[Cell, Steps], ...]
    total: Steps


async def moved(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    since: datetime,
    *,
    snapshots: bool = True,
) -> Moved:
    """Take a checked query from an earlier basis to its own.

    Args:
        conn: inside a read-only transaction opened after the later basis was settled.
        definitions: what ``Figures.checked(query)`` returned.
        query: the question; its basis is the later one.
        since: the earlier basis.
        snapshots: whether to use snapshots; the values are the same without.

    """
    first = definitions[0]
    as_of = await prepared(conn, first.journal, since, snapshots=snapshots)
    if first.value is not None:
        by_value = replace(query, by=(*query.by, first.value))
        return _medians(await _sums(conn, definitions, by_value, since, as_of))
    if first.additive:
        cells = await _sums(conn, definitions, query, since, as_of)
        total: Steps = _added(cells.values())
    else:
        cells, total = await _subjects(conn, first, query, since)
    named = dict.fromkeys(named_cells(query), _STILL)
    there = {cell: steps for cell, steps in cells.items() if any(steps)}
    return Moved(tuple(sorted((named | there).items())), total)


async def _sums(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    since: datetime,
    as_of: datetime | None,
) -> dict[Cell, tuple[int, ...]]:
    first = definitions[0]
    before = await sums(conn, definitions, replace(query, basis=since), as_of)
    sql = StepsSql(first.journal, query, since=since)
    wanted = span(first.kind, first.journal, query.period)
    parts = " union all ".join(sql.moved(each, wanted) for each in definitions)
    keys = ", ".join((*query.by, "step"))
    rows = await conn.fetch(
        f"select {keys}, sum(amount)::bigint as amount from ({parts}) facts group by {keys}",
        *sql.values,
    )
    by_step: dict[Cell, dict[int, int]] = {cell: {0: value} for cell, value in before.items()}
    for row in rows:
        by_step.setdefault(cell_of(row, query.by), {})[row["step"]] = row["amount"]
    return {
        cell: tuple(accumulate(amounts.get(step, 0) for step in STEPS))
        for cell, amounts in by_step.items()
    }


async def _subjects(
    conn: Connection, definition: FigureDefinition, query: Query, since: datetime
) -> tuple[dict[Cell, tuple[int, ...]], tuple[int, ...]]:
    sql = StepsSql(definition.journal, query, since=since)
    wanted = span(definition.kind, definition.journal, query.period)
    rows = await conn.fetch(sql.subjects(definition, wanted), *sql.values)
    total: tuple[int, ...] = ()
    cells = {}
    for row in rows:
        steps = tuple(row[f"at_{step}"] for step in STEPS)
        if row["whole"]:
            total = steps
        else:
            cells[cell_of(row, query.by)] = steps
    return (cells if query.by else {(): total}), total


def _medians(counts: Mapping[Cell, tuple[int, ...]]) -> Moved:
    """Return medians from how often each number, the last part of a cell, occurs at each step."""
    cells: dict[Cell, dict[int, tuple[int, ...]]] = {}
    whole: dict[int, tuple[int, ...]] = {}
    for (*cell, text), steps in counts.items():
        number = int(text)
        cells.setdefault(tuple(cell), {})[number] = steps
        whole[number] = _added((whole.get(number, _STILL), steps))
    found = {cell: _median_steps(counted) for cell, counted in cells.items()}
    valued = {cell: steps for cell, steps in found.items() if steps != _NEVER}
    return Moved(tuple(sorted(valued.items())), _median_steps(whole))


def _median_steps(counted: Mapping[int, tuple[int, ...]]) -> Steps:
    # What was told and taken back since is taken in by kind, not in the order of telling: a
    # number may be gone before it has come, and is then not there.
    found = [
        doubled_median({number: max(0, steps[step]) for number, steps in counted.items()})
        for step in STEPS
    ]
    for step in STEPS[1:-1]:
        found[step] = found[step - 1] if found[step] is None else found[step]
    return tuple(found)


def _added(counts: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(_STILL, *counts, strict=True)))


_STILL = (0,) * len(STEPS)
_NEVER = (None,) * len(STEPS)
