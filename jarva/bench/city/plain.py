"""The baseline: what somebody would write by hand to answer the same question from the rows.

No snapshot, no index and nothing prepared: the rows are read through and grouped, with the
breakdown ready on each. Written without the product's own SQL, so that equal values say that both
are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.figures import Computed

if TYPE_CHECKING:
    from shared.db import Connection
    from shared.figures import FigureDefinition, Query

_FROM_THE_BEGINNING = frozenset({"stock", "distinct_stock", "distinct_during"})


class Disagreement(Exception):
    """The product and plain SQL say different things: nothing measured is worth anything."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the plain SQL found: cells that are not zero, and the total."""

    cells: dict[tuple[str, ...], int]
    total: int

    def agrees(self, computed: Computed) -> bool:
        """Tell whether the product says the same; cells that it names at zero are no more."""
        found = {cell: value for cell, value in computed.cells if value}
        return (found, computed.total) == (self.cells, self.total)


async def unprepared(conn: Connection) -> None:
    """Have the rest of a transaction read tables through, as if nobody had prepared for it."""
    for way in ("indexscan", "indexonlyscan", "bitmapscan"):
        await conn.execute(f"set local enable_{way} = off")


async def answer(conn: Connection, definition: FigureDefinition, query: Query) -> Answer:
    """Answer one question by adding up all its facts."""
    facts, values = _facts(definition, query)
    by = query.by
    if definition.additive:
        cells = await _cells(conn, f"select {_listed(by)}sum(amount) from ({facts}) f", by, values)
        return Answer(cells if by else _alone(cells), sum(cells.values()))
    # A subject is there when there is more coming than going: in all, or on some day.
    each = ("day",) if definition.kind == "distinct_during" else ()
    present = (
        "select {by}count(distinct subject) from (select {by}subject from ({facts}) f "
        "where subject is not null group by {by}subject{each} having sum(amount) > 0) p"
    )
    more = "".join(f", {name}" for name in each)
    whole = present.format(by="", facts=facts, each=more)
    total = int(await conn.fetchval(whole, *values))
    if not by:
        return Answer(_alone({(): total}), total)
    listed = present.format(by=_listed(by), facts=facts, each=more)
    return Answer(await _cells(conn, listed, by, values), total)


async def _cells(
    conn: Connection, select: str, by: tuple[str, ...], values: list[Any]
) -> dict[tuple[str, ...], int]:
    grouped = f"{select} group by {', '.join(by)}" if by else select
    rows = await conn.fetch(grouped, *values)
    return {tuple(row[name] for name in by): int(row[len(by)]) for row in rows if row[len(by)]}


def _alone(cells: dict[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    return {cell: value for cell, value in cells.items() if value}


def _listed(by: tuple[str, ...]) -> str:
    return "".join(f"{name}, " for name in by)


def _facts(definition: FigureDefinition, query: Query) -> tuple[str, list[Any]]:
    """Return a SELECT of a question's facts, and the values bound in it."""
    journal, period = definition.journal, query.period
    values: list[Any] = [query.basis, definition.measure, period.last]
    conditions = [
        f"{journal.sql('recorded_at')} <= $1",
        f"{journal.sql('measure')} = $2::text",
        f"{journal.sql('happened_on')} <= $3",
    ]
    if definition.kind not in _FROM_THE_BEGINNING:
        conditions.append(f"{journal.sql('happened_on')} >= $4")
        values.append(period.first)
    for name, wanted in (*definition.where.items(), *query.where.items()):
        values.append(list(wanted))
        conditions.append(f"{journal.sql(name)} = any(${len(values)}::text[])")
    day = "happened_on"
    if definition.kind == "distinct_during":
        values.append(period.first)
        day = f"greatest(happened_on, ${len(values)}::date)"
    columns = journal.named(*query.by, "subject", "amount")
    where = " and ".join(conditions)
    return f"select {columns}, {day} as day from {journal.table} where {where}", values
