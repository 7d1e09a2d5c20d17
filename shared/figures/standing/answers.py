"""The kept answers of standing questions, and which of them a question is answered from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from shared.figures.counting import Counted
from shared.figures.standing.questions import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.db import Connection
    from shared.figures.definitions import FigureDefinition

TOO_MANY = 5_000
"""Cells of an answer that is too large to keep; its question is counted each time."""

EVERY = 5_000
"""About how many facts of a question's measures are between two kept answers."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a question added up to at an instant of the past."""

    as_of: datetime
    counted: Counted


@dataclass(frozen=True, slots=True)
class Start:
    """What a question is answered from: a kept answer, else a snapshot, else nothing."""

    kept: Kept | None
    snapshot: datetime | None


async def nearest(
    conn: Connection, definitions: Sequence[FigureDefinition], basis: datetime, question: str
) -> Start:
    """Return what to answer a written question from, and have it planned for its own values.

    The driver prepares statements, and after five runs PostgreSQL would settle for one plan
    whatever the period and the basis.
    """
    first = definitions[0]
    row = await conn.fetchrow(
        _nearest_sql(first),
        first.journal.kept_as,
        basis,
        digest_of(question),
        [each.measure for each in definitions],
        4 * EVERY,
    )
    if row is None or row["kept_at"] is None:
        return Start(None, None if row is None else row["snapshot"])
    return Start(Kept(row["kept_at"], counted_of(row)), row["snapshot"])


def cells_text(counted: Counted) -> str:
    """Return the cells of an answer as they are kept."""
    return msgspec.json.encode(sorted(counted.cells.items())).decode()


def counted_of(row: Any) -> Counted:  # noqa: ANN401  asyncpg's Record
    """Return the answer in a row of ``standing_answer``."""
    cells = msgspec.json.decode(row["cells"], type=list[tuple[tuple[str, ...], int]])
    return Counted(dict(cells), row["total"])


def _nearest_sql(definition: FigureDefinition) -> str:
    """Return the SQL of the newest snapshot and the newest kept answer at or before the basis.

    Between two kept answers there are few facts. After the last one there may be many, of a
    large delivery that the worker has not come to: it is then cheaper to count from a snapshot.
    """
    journal = definition.journal
    recorded_at = journal.sql("recorded_at")
    return f"""
        select set_config('plan_cache_mode', 'force_custom_plan', true),
               (select max(as_of) from journal_snapshot
                where journal = $1 and as_of <= $2) as snapshot,
               kept.as_of as kept_at, kept.total, kept.cells
        from (select) as once left join lateral (
            select answer.* from standing_question question
            join standing_answer answer on answer.question_id = question.id
            where question.digest = $3 and answer.as_of <= $2
            order by answer.as_of desc limit 1
        ) kept on exists (
            select from standing_answer later
            where later.question_id = kept.question_id and later.as_of >= $2
        ) or $5 > (
            select count(*) from (
                select from {journal.table}
                where {journal.sql("measure")} = any($4) and {recorded_at} > kept.as_of
                  and {recorded_at} <= $2
                limit $5
            ) since
        )
    """
