"""Sums of a journal at settled instants, so that a figure adds up months, not facts.

A snapshot holds one row for each cell (measure, month, breakdown) of everything recorded up
to its instant, made from the snapshot before it and the facts since. A figure at a basis is
the newest snapshot at or before it plus the facts in between. Snapshots are derived: figures
are the same without them.

How much they save depends on how often a month repeats a breakdown: a journal whose every fact
has a breakdown of its own has as many cells as facts, and gains only that its cells lie together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.basis import MARGIN, settled_at
from shared.db import driver

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from shared.db import Connection, Database
    from shared.journal.declaration import Journal

THRESHOLD = 100_000
"""Facts since the last snapshot that make another one worth while."""


async def take_snapshot(
    conn: Connection,
    journal: Journal,
    *,
    facts: int | None = None,
    margin: timedelta = MARGIN,
) -> datetime | None:
    """Add up a journal as of the newest settled instant, or of an earlier one after the last.

    Cost: one pass over the previous snapshot's cells and the facts since. The transaction
    holds the basis back while it runs, as any other.

    Args:
        conn: inside an open READ COMMITTED transaction, so that the sums are read from a
            picture taken after the instant was settled.
        journal: any journal with a table of sums.
        facts: about how many facts to take in at most; after a large delivery several
            snapshots then keep every basis near one.
        margin: see `shared.basis.settled_at`.

    Returns:
        The snapshot's instant, or None when another session is taking one, or nothing has
        been settled since the last.

    """
    if await conn.fetchval("show transaction_isolation") != "read committed":
        raise RuntimeError("a snapshot is taken in a READ COMMITTED transaction")
    lock = "select pg_try_advisory_xact_lock(hashtext('journal_snapshot'), hashtext($1))"
    if not await conn.fetchval(lock, journal.kept_as):
        return None
    as_of = await settled_at(conn, margin=margin)
    previous = await conn.fetchval(
        "select max(as_of) from journal_snapshot where journal = $1", journal.kept_as
    )
    if previous is not None and as_of <= previous:
        return None
    if facts is not None:
        as_of = await conn.fetchval(_instant_sql(journal), previous, as_of, facts)
    await conn.execute(_add_up_sql(journal), as_of, previous)
    await conn.execute(_note_sql(journal), journal.kept_as, as_of, previous)
    return as_of


async def facts_due(
    conn: Connection, journal: Journal, *, threshold: int = THRESHOLD
) -> int | None:
    """Return how many facts the next snapshot should take in, or None while it is not due.

    It is due when as many have come since the last one as the threshold says, or as the last
    one has cells if those are more: snapshots then never take more room than the facts.
    """
    enough: int | None = await conn.fetchval(
        f"""
        with last as (
            select as_of, cells from journal_snapshot
            where journal = $1 order by as_of desc limit 1
        ), enough as (
            select greatest($2::bigint, (select cells from last)) as facts
        )
        select facts from enough where facts <= (
            select count(*) from (
                select from {journal.table}
                where {journal.sql("recorded_at")}
                    > coalesce((select as_of from last), '-infinity')
                limit (select facts from enough)
            ) tail
        )
        """,
        journal.kept_as,
        threshold,
    )
    return enough


async def snapshot_if_due(
    db: Database, journal: Journal, *, threshold: int = THRESHOLD
) -> datetime | None:
    """Take one journal's next snapshot if it is due, in a transaction of its own.

    The step of a worker's loop: called again at once while it returns an instant, it leaves
    a snapshot about every ``threshold`` facts even of a large delivery::

        async def _take_snapshot(context: WorkerContext) -> bool:
            return await snapshot_if_due(context.db, JOURNAL) is not None

        loops = (Loop("snapshots", _take_snapshot, every=30.0, follows_deliveries=True),)
    """
    async with db.begin() as session:
        conn = await driver(session)
        facts = await facts_due(conn, journal, threshold=threshold)
        return None if facts is None else await take_snapshot(conn, journal, facts=facts)


def _instant_sql(journal: Journal) -> str:
    """Return the SQL of an instant by which about so many facts had come, if that many have.

    Rows lie in about the order they were recorded in, so the first ones found will do: every
    settled instant is as good, and sorting a backlog for each snapshot would cost more.
    """
    recorded_at = journal.sql("recorded_at")
    return (
        "select case when count(*) < $3 then $2::timestamptz else max(recorded_at) end from ("
        f"select {recorded_at} as recorded_at from {journal.table} "
        f"where {recorded_at} > coalesce($1::timestamptz, '-infinity') and {recorded_at} <= $2 "
        "limit $3) facts"
    )


def _add_up_sql(journal: Journal) -> str:
    cells = ", ".join(("measure", "period", *journal.dimensions))
    recorded_at = journal.sql("recorded_at")
    return (
        f"insert into {journal.sums} (as_of, {cells}, amount) "
        f"select $1::timestamptz, {cells}, sum(amount)::bigint from ("
        f"select {cells}, amount from {journal.sums} where as_of = $2 "
        "union all "
        f"select {journal.named('measure', 'period', *journal.dimensions, 'amount')} "
        f"from {journal.table} where {recorded_at} <= $1 "
        f"and {recorded_at} > coalesce($2::timestamptz, '-infinity')"
        f") so_far group by {cells} having sum(amount) <> 0 order by measure, period"
    )


def _note_sql(journal: Journal) -> str:
    recorded_at = journal.sql("recorded_at")
    return (
        "insert into journal_snapshot (journal, as_of, facts, cells) "
        "select $1, $2::timestamptz, "
        "coalesce((select facts from journal_snapshot where journal = $1 and as_of = $3), 0) "
        f"+ (select count(*) from {journal.table} where {recorded_at} <= $2 "
        f"and {recorded_at} > coalesce($3::timestamptz, '-infinity')), "
        f"(select count(*) from {journal.sums} where as_of = $2)"
    )
