"""What the worker does for standing questions: one more answer of each, newest first.

A question that has just been remembered is answered as of the last fact that is settled, then
as of earlier ones back to the first, each reckoned from the one after it by what was recorded in
between. Meanwhile and afterwards an answer follows what is recorded: the newest one moves along
with every few hundred facts and stays where it is once they are enough for one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.basis import reading_at
from shared.db import driver
from shared.figures.computing import counted_at
from shared.figures.counting import by_value, moved_since
from shared.figures.standing.answers import EVERY, TOO_MANY, cells_text, counted_of
from shared.figures.standing.questions import forget, read

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from shared.db import Connection, Database
    from shared.figures.counting import Counted
    from shared.figures.definitions import FigureDefinition, Query
    from shared.journal import Journal

_AT_ONCE = 20
"""Questions looked at in one step of the worker."""

AGAIN = timedelta(seconds=20)
"""Until a question that has nothing to do is looked at again."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer to be kept, and how many facts were recorded since the one before it."""

    as_of: datetime
    counted: Counted
    facts: int
    replaces: datetime | None = None


async def keep_answers(
    db: Database, journals: Collection[Journal], *, every: int = EVERY, again: timedelta = AGAIN
) -> bool:
    """Keep the next answer of each of the questions looked at least lately.

    The step of a worker's loop::

        async def _keep_answers(context: WorkerContext) -> bool:
            return await keep_answers(context.db, [JOURNAL])

        loops = (Loop("standing", _keep_answers, every=10.0),)

    Args:
        db: the service's.
        journals: what its figures are counted from.
        every: facts between two answers.
        again: until a question with nothing to do is looked at again.

    Returns:
        whether any was kept, and there may be more to keep.

    """
    async with db.begin() as session:
        conn = await driver(session)
        await forget(conn)
        looked_at = await conn.fetch(_LOOKED_AT, _AT_ONCE, again)
    kept = [await _keep_next(db, journals, question, every) for question in looked_at]
    return any(kept)


async def _keep_next(
    db: Database,
    journals: Collection[Journal],
    question: Any,  # noqa: ANN401  asyncpg's Record
    every: int,
) -> bool:
    answer = None
    async with reading_at(db) as (session, now):
        asked = read(question["question"], journals, now)
        if asked is not None:
            answer = await _next(await driver(session), *asked, question, every)
    async with db.begin() as session:
        conn = await driver(session)
        if asked is None:
            await conn.execute("delete from standing_question where id = $1", question["id"])
        elif answer is None:
            await conn.execute(_REACHES_BACK, question["id"])
        elif len(answer.counted.cells) > TOO_MANY:
            await conn.execute(_NEVER_AGAIN, question["id"])
        else:
            await _keep(conn, question["id"], answer)
            return True
    return False


async def _next(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    question: Any,  # noqa: ANN401  asyncpg's Record
    every: int,
) -> _Answer | None:
    """Return the next answer to keep, None if there are enough in both directions."""
    newest = await conn.fetchrow(_NEWEST, question["id"])
    if newest is None:
        _, last = await _recorded(conn, definitions, _UNTIL, query.basis)
        asked = replace(query, basis=last or query.basis)
        return _Answer(asked.basis, await counted_at(conn, definitions, asked), every)
    later = await _later(conn, definitions, query, newest, every)
    if later is not None or question["reaches_back"]:
        return later
    return await _earlier(conn, definitions, query, question["id"], every)


async def _later(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    newest: Any,  # noqa: ANN401  asyncpg's Record
    every: int,
) -> _Answer | None:
    """Return the answer after the newest kept one, None while there is little new."""
    facts, last = await _recorded(conn, definitions, _AFTER, newest["as_of"], query.basis, every)
    if last is None or facts < every // 10:
        return None
    counted = await counted_at(conn, definitions, replace(query, basis=last))
    if newest["facts"] + facts > every:
        return _Answer(last, counted, facts)
    return _Answer(last, counted, newest["facts"] + facts, replaces=newest["as_of"])


async def _earlier(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    query: Query,
    question: int,
    every: int,
) -> _Answer | None:
    """Return the answer before the oldest kept one, None if nothing was recorded before it."""
    (oldest,) = await conn.fetch(_OLDEST, question)
    facts, first = await _recorded(conn, definitions, _BEFORE, oldest["as_of"], every)
    if first is None:
        return None
    asked = by_value(definitions[0], replace(query, basis=oldest["as_of"]))
    moved = await moved_since(conn, definitions, asked, first)
    return _Answer(first, counted_of(oldest).plus(moved, times=-1), facts)


async def _recorded(
    conn: Connection,
    definitions: Sequence[FigureDefinition],
    stretch: tuple[str, str],
    *values: datetime | int,
) -> tuple[int, datetime | None]:
    """Return how many facts of the measures were recorded in a stretch, and its farther end."""
    journal = definitions[0].journal
    condition, order = stretch
    farther = "min" if " desc" in order else "max"
    recorded_at = journal.sql("recorded_at")
    # A measure at a time: in the order of recording, PostgreSQL would read those of all measures.
    facts = (
        f"select {recorded_at} as at from {journal.table} "
        f"where {journal.sql('measure')} = asked.measure and {condition.format(recorded_at)} "
        f"order by {order.format(recorded_at)}"
    )
    row = await conn.fetchrow(
        f"select count(*) as facts, {farther}(at) as at from (select found.at "
        f"from unnest($1::text[]) asked (measure) cross join lateral ({facts}) found "
        f"order by {order.format('found.at')}) stretch",
        [each.measure for each in definitions],
        *values,
    )
    return (0, None) if row is None else (row["facts"], row["at"])


async def _keep(conn: Connection, question: int, answer: _Answer) -> None:
    if answer.replaces is not None:
        await conn.execute(_REPLACED, question, answer.replaces)
    counted = answer.counted
    kept = (question, answer.as_of, counted.total, cells_text(counted), answer.facts)
    await conn.execute(_KEPT, *kept)
    await conn.execute("update standing_question set looked_at = null where id = $1", question)


_UNTIL = ("{0} <= $2", "{0} desc limit 1")
_AFTER = ("{0} > $2 and {0} <= $3", "{0} limit $4")
_BEFORE = ("{0} < $2", "{0} desc limit $3 + 1")

# Taken by one worker at a time: the others skip it, or find that it has just been looked at.
_LOOKED_AT = """
    update standing_question set looked_at = now()
    where id in (
        select id from standing_question
        where looked_at is null or looked_at < now() - $2::interval
        order by looked_at nulls first, id limit $1 for update skip locked)
    returning id, question, reaches_back
"""
_NEWEST = (
    "select as_of, facts from standing_answer where question_id = $1 order by as_of desc limit 1"
)
_OLDEST = "select * from standing_answer where question_id = $1 order by as_of limit 1"
_REACHES_BACK = "update standing_question set reaches_back = true where id = $1"
_NEVER_AGAIN = "update standing_question set looked_at = 'infinity' where id = $1"
_REPLACED = "delete from standing_answer where question_id = $1 and as_of = $2"
_KEPT = """
    insert into standing_answer (question_id, as_of, total, cells, facts)
    select id, $2, $3, $4, $5 from standing_question where id = $1
    on conflict do nothing
"""
