"""The basis: an instant before which everything that will ever be recorded is committed.

A row carries the start of the transaction that wrote it, so a slow transaction commits rows
that are older than others long visible. Reading everything recorded up to *now* is therefore
not repeatable. Everything up to the start of the oldest open transaction is: whatever commits
from then on began, and so is recorded, later.

What the rule rests on, and why each holds here:

- Rows are never dated before their own transaction: a trigger refuses them
  (`shared.journal.journal_ddl`).
- Every writer is seen. Facts are written only by the service's own role (the owner of the
  tables has its right to insert revoked with the grants), and a role always sees its own
  sessions in ``pg_stat_activity``. Other databases hold other facts and are left out.
- A transaction is shown shortly after it has taken its start time. The margin covers that
  moment, and clocks of a primary and its successor that differ by less.
- Transactions that only read hold the basis back as well, because nobody can tell from
  outside that they will not write; timeouts bound them, so the basis lags but never lies.
  Only the asking session may leave itself out, when it is read-only.
- Prepared transactions leave ``pg_stat_activity``, a replica shows none of its primary's, and
  without ``track_activities`` it shows no start times at all: each is refused with
  `BasisUnavailable` rather than answered wrongly.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from shared.clock import rfc3339
from shared.db import driver
from shared.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Connection, Database, ReadSession

MARGIN = timedelta(milliseconds=200)


class BasisNotSettled(Conflict):
    """Something may still be recorded at or before the basis that was asked for."""

    code = "basis_not_settled"
    title = "The basis is not settled yet"


class BasisUnavailable(Unavailable):
    """This server cannot tell what is settled."""

    code = "basis_unavailable"
    title = "The basis cannot be told"


# The clock is read before the sessions are listed, and the list is a fresh one: PostgreSQL
# keeps the first list of a transaction for all its later statements, which would hide writers
# that have started since. The lateral reference to the clock keeps that order.
_SETTLED = """
select least(clock.now, open.oldest) as at,
       pg_is_in_recovery() as replica,
       exists(select from pg_prepared_xacts where database = current_database()) as prepared,
       current_setting('track_activities') = 'off' as blind
from (select clock_timestamp() as now, pg_stat_clear_snapshot() as cleared offset 0) clock
cross join lateral (
    select min(activity.xact_start) filter (where clock.now is not null) as oldest
    from pg_stat_activity activity
    where activity.datname = current_database()
      and activity.backend_type = 'client backend'
      and (activity.pid <> pg_backend_pid() or current_setting('transaction_read_only') = 'off')
) open
"""


async def settled_at(conn: Connection, *, margin: timedelta = MARGIN) -> datetime:
    """Return the newest instant that can serve as a basis.

    It holds for what is read by statements whose snapshot is taken afterwards. A REPEATABLE
    READ transaction takes its snapshot with its first statement: inside it, ask *before*, in
    another transaction; `reading_at` does.

    Raises:
        BasisUnavailable: asked of a replica, beside a prepared transaction, or of a server
            that does not track transactions.

    """
    row = await conn.fetchrow(_SETTLED)
    if row is None or row["replica"]:
        raise BasisUnavailable("A replica does not know what its primary is writing.")
    if row["prepared"]:
        raise BasisUnavailable("A prepared transaction is open, whose start is not known.")
    if row["blind"]:
        raise BasisUnavailable("The server does not show when transactions began.")
    at: datetime = row["at"]
    return at - margin


_known: WeakKeyDictionary[Database, datetime] = WeakKeyDictionary()


async def settled_basis(db: Database, basis: datetime | None = None) -> datetime:
    """Return the given basis if it is settled, or the newest settled instant if none is given.

    What is settled stays so; the newest instant found is kept for each database, and a basis
    at or before it costs no question.

    Raises:
        BasisNotSettled: the given basis is later than what is settled.
        BasisUnavailable: see `settled_at`.

    """
    known = _known.get(db)
    if basis is not None and known is not None and basis <= known:
        return basis
    async with db.read() as session:
        settled = await settled_at(await driver(session))
    _known[db] = settled if known is None else max(known, settled)
    return _at_most(settled, basis)


async def settled_within(conn: Connection, basis: datetime | None = None) -> datetime:
    """Return the basis for what a writing transaction reads, given or the newest there is.

    For a decision that records what it was made from. It lies before the transaction's own
    start, so that nothing the transaction writes is part of it.

    Raises:
        BasisNotSettled: the given basis is later than what is settled.
        BasisUnavailable: see `settled_at`.

    """
    return _at_most(await settled_at(conn), basis)


def _at_most(settled: datetime, basis: datetime | None) -> datetime:
    if basis is None:
        return settled
    if basis > settled:
        raise BasisNotSettled(
            f"Settled up to {rfc3339(settled)}; ask again shortly.",
            retry_after=1,
            settled_at=rfc3339(settled),
        )
    return basis


@asynccontextmanager
async def reading_at(
    db: Database, basis: datetime | None = None
) -> AsyncIterator[tuple[ReadSession, datetime]]:
    """Open a read-only transaction in which everything up to a settled basis is visible.

    The basis is settled before the transaction takes its snapshot: the other way round, a
    writer that commits in between would be missing from a basis declared complete::

        async with reading_at(db) as (session, basis):
            figures = await compute(await driver(session), query_at(basis))

    Raises:
        BasisNotSettled, BasisUnavailable: see `settled_basis`.

    """
    at = await settled_basis(db, basis)
    async with db.read() as session:
        yield session, at


async def wait_until_settled(
    db: Database, instant: datetime | None = None, *, within: float = 10.0
) -> datetime:
    """Wait until an instant (or everything recorded up to now) is settled; return a basis.

    For jobs and tests that read figures of what they have just written.

    Raises:
        TimeoutError: a transaction that began earlier is still open after ``within`` seconds.

    """
    if instant is None:
        async with db.read() as session:
            instant = await (await driver(session)).fetchval("select clock_timestamp()")
    async with asyncio.timeout(within):
        while True:
            settled = await settled_basis(db)
            if instant is None or settled >= instant:
                return settled
            await asyncio.sleep(0.02)
