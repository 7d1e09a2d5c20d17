"""Making a journal agree with its records, for one record and for fifty thousand alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.journal.causes import Cause

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any
    from uuid import UUID

    from shared.db import Connection
    from shared.journal.declaration import Journal


async def settle(
    conn: Connection,
    journal: Journal,
    kind: str,
    ids: Sequence[UUID],
    *,
    wanted_sql: str,
    reason: str,
    args: Sequence[Any] = (),
    fresh: bool = False,
    cause: Cause | None = None,
) -> int:
    """Append what makes the journal agree with the records, in one statement.

    What is booked for the records is compared with what ``wanted_sql`` says ought to be;
    each cell that differs gets the difference (the old cell negated, the new one added).
    Nothing differs: nothing is written. No wanted rows: everything is taken back.

    Call it after the statement that changed the records, in the same transaction: the row
    locks of that change are what keeps two corrections of one record apart. The rows are
    recorded at the transaction's start, or a microsecond after the newest one already booked
    for the record when that is later, so that no basis falls between a fact and its past.

    Args:
        conn: inside the open transaction.
        journal: one made by `fact_table`.
        kind: what sort of record, such as ``enrolment``; one kind has one ``wanted_sql``.
        ids: the records that changed.
        wanted_sql: a SELECT over the present records with ``record_id = any($1::uuid[])``
            giving measure, happened_on, amount, subject, record_id and every dimension.
        reason: why, kept with each row.
        args: values of ``$2``... in ``wanted_sql``.
        fresh: the records were created in this transaction: nothing is booked yet, the
            look-up is left out.
        cause: what made the difference; None: a record of which nothing was booked is new, and
            any other is corrected.

    Returns:
        The number of rows appended.

    """
    if not ids:
        return 0
    given = f"${len(args) + 2}::text"
    sql = append_sql(journal, wanted_sql, kind=kind, reason=given, fresh=fresh, cause=cause)
    status = await conn.execute(sql, list(ids), *args, reason)
    return int(status.rpartition(" ")[2])


def append_sql(
    journal: Journal,
    wanted_sql: str,
    *,
    kind: str,
    reason: str,
    ids: str = "$1::uuid[]",
    fresh: bool,
    cause: Cause | None = None,
) -> str:
    """Return the INSERT of `settle`, to stand alone or inside a hot path's one statement.

    With ``fresh`` it may be a part of a larger statement, and ``wanted_sql`` may select from
    that statement's own parts::

        with created as (insert into contact (...) values (...) returning *),
             facts as ({append_sql(JOURNAL, "select 'contacts' as measure, c.held_on as
             happened_on, 1 as amount, null as subject, c.id as record_id, c.channel
             from created c", kind="contact", reason="'recorded'", fresh=True)})
        select id from created

    Without ``fresh`` it must be a statement of its own: one statement has one snapshot, taken
    before it waits for a row lock, and would miss what the transaction it waited for booked.

    Args:
        journal: one made by `fact_table`.
        wanted_sql: see `settle`.
        kind: see `settle`; a plain word.
        reason: SQL of the reason: a placeholder or a literal.
        ids: SQL of the array of record ids.
        fresh: see `settle`.
        cause: see `settle`.

    """
    if not journal.writable:
        raise TypeError(f"{journal.table} is written by its own service, not settled")
    if not kind.replace("_", "").isalnum():
        raise ValueError(f"{kind!r} is not a plain word")
    cells = _cells(journal)
    if fresh:
        made_by = "null" if cause is None else cause.sql
        return (
            f"insert into {journal.table} ({cells}, amount, record_kind, reason, cause) "
            f"select {_typed(journal, 'wanted')}, wanted.amount::bigint, '{kind}', {reason}, "
            f"{made_by} from ({wanted_sql}) wanted where wanted.amount <> 0"
        )
    made_by = _JUDGED if cause is None else cause.sql
    return (
        f"insert into {journal.table} "
        f"({cells}, amount, record_kind, reason, cause, recorded_at) "
        f"select {cells}, amount, '{kind}', {reason}, {made_by}, "
        "greatest(now(), newest + interval '1 microsecond') "
        f"from ({_difference_sql(journal, wanted_sql, kind, ids)}) net where amount <> 0"
    )


async def drift(
    conn: Connection,
    journal: Journal,
    kind: str,
    ids: Sequence[UUID],
    *,
    wanted_sql: str,
    args: Sequence[Any] = (),
) -> list[UUID]:
    """Return those of the records whose booked facts differ from what they ought to be.

    Empty means the journal and the records agree; use it in tests of a service and in
    operations, where `settle` with the same arguments would repair it.
    """
    rows = await conn.fetch(
        "select distinct record_id from "
        f"({_difference_sql(journal, wanted_sql, kind, '$1::uuid[]')}) net "
        "where amount <> 0 order by record_id",
        list(ids),
        *args,
    )
    return [row["record_id"] for row in rows]


def _difference_sql(journal: Journal, wanted_sql: str, kind: str, ids: str) -> str:
    """Return a SELECT of each cell's difference, with the newest instant booked for its record.

    A union and a sum rather than a join: nulls need no care, and no estimate of how many ids
    an array holds can turn it into a nested loop.
    """
    cells = _cells(journal)
    return (
        f"select {cells}, sum(amount)::bigint as amount, "
        "max(max(booked_at)) over (partition by record_id) as newest from ("
        f"select {_typed(journal, 'wanted')}, wanted.amount::bigint as amount, "
        "null::timestamptz as booked_at "
        f"from ({wanted_sql}) wanted where wanted.record_id = any({ids}) "
        "union all "
        f"select {cells}, -amount, recorded_at from {journal.table} "
        f"where record_kind = '{kind}' and record_id = any({ids})"
        f") as both_sides group by {cells}"
    )


_JUDGED = f"case when newest is not null then {Cause.CORRECTION.sql} end"


def _cells(journal: Journal) -> str:
    return ", ".join(("measure", "happened_on", "subject", "record_id", *journal.dimensions))


def _typed(journal: Journal, source: str) -> str:
    """Return the cells of a wanted row with their types, which bare literals do not have."""
    return ", ".join(
        (
            f"{source}.measure::text",
            f"{source}.happened_on::date",
            f"{source}.subject::uuid",
            f"{source}.record_id::uuid",
            *(f"{source}.{name}::text" for name in journal.dimensions),
        )
    )
