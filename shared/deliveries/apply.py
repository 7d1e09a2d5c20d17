"""Making a compared delivery true, a batch at a time, each with the cursor that passed it."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import asyncpg

from shared.backoff import Backoff
from shared.deliveries import compare, progress
from shared.deliveries.progress import Counts
from shared.deliveries.record_ids import HASHED, ID_OF_ROW, batch_seed
from shared.deliveries.register import Batch
from shared.deliveries.verdicts import RowError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.db import Connection
    from shared.deliveries.register import Delivery, Register

BATCH = 20_000
"""Rows applied in one transaction at most: the basis of figures waits for no longer one."""

_NARROWING = 8
_CROSSED = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)
_REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, asyncpg.RaiseError)
_MAX_CROSSINGS = 8
_MAX_COMPARISONS = 3
_LAST = 2**62


class RolledBack(Exception):
    """Leaves the transaction of a dry run, or of an atomic delivery with a refused row."""


class Applier:
    """Applies what ``difference`` and ``ending`` hold, from a cursor to the last row.

    A batch that the database refuses is compared anew (somebody else may have written the
    same record meanwhile) and then narrowed until the one row at fault stands alone: that row
    is refused, the others are not.
    """

    def __init__(
        self, conn: Connection, register: Register, delivery: Delivery, cursor: int
    ) -> None:
        self._conn = conn
        self._register = register
        self._delivery = delivery
        self._batch = Batch(delivery)
        self._cursor = cursor
        self._size = BATCH
        self._compared_at = -1
        self._comparisons = 0
        self.late_errors: list[RowError] = []

    async def run(self, *, refusals: int | None = None) -> None:
        """Apply everything that is left, or stop after so many refused rows.

        Raises:
            DeliveryGone: the delivery was cancelled.
            asyncpg.PostgresError: a failure that is no single row's fault.

        """
        await self._index_when_large()
        await self._again_when_crossed(self._end_absent)
        while await self._again_when_crossed(self._next):
            if refusals is not None and len(self.late_errors) >= refusals:
                return

    def roll_back(self) -> NoReturn:
        """Leave the transaction around `run` so that nothing of it stays."""
        raise RolledBack

    def roll_back_if_refused(self) -> None:
        """Leave the transaction around `run` if any row of it was refused."""
        if self.late_errors:
            raise RolledBack

    async def _index_when_large(self) -> None:
        if await self._conn.fetchval("select count(*) from difference") > BATCH:
            await self._conn.execute(
                "create index on difference (row_no); create index on staging (row_no)"
            )

    async def _again_when_crossed(self, step: Callable[[], Awaitable[bool]]) -> bool:
        """Repeat a step that met another writer; what it did has been rolled back."""
        wait = Backoff(first=0.05, cap=2.0)
        for crossings in itertools.count(1):
            try:
                return await step()
            except _CROSSED:
                # A dry run sees one unmoving picture, so the same step would cross again.
                if crossings == _MAX_CROSSINGS or self._delivery.dry_run:
                    raise
                await asyncio.sleep(wait.delay(crossings))
        return False

    async def _end_absent(self) -> bool:
        """End what the source no longer holds, before what it holds now takes its place."""
        while await self._conn.fetchval("select exists (select from ending)"):
            async with self._conn.transaction():
                await self._conn.execute("truncate batch")
                ended = await self._conn.fetchval(_FILL_ENDED, BATCH)
                await self._register.end(self._conn, self._batch)
                await self._advance(self._cursor, Counts(ended=ended))
        return True

    async def _next(self) -> bool:
        """Apply the next batch; return whether rows remain."""
        try:
            async with self._conn.transaction():
                after, remaining = await self._apply_batch()
        except _REFUSED as error:
            await self._narrow(error)
            return True
        self._cursor = after
        self._size = min(BATCH, self._size * _NARROWING)
        return remaining

    async def _apply_batch(self) -> tuple[int, bool]:
        upper = await self._conn.fetchval(_UPPER, self._cursor, self._size)
        remaining = upper is not None and await self._conn.fetchval(
            "select exists (select from difference where row_no > $1)", upper
        )
        after = upper if remaining else _LAST
        counts = Counts()
        if upper is not None:
            counts = await self._apply_differences(upper)
        passed = await self._good_rows(after)
        differing = counts.created + counts.changed + counts.retracted
        await self._advance(after, replace(counts, unchanged=passed - differing))
        return after, remaining

    async def _apply_differences(self, upper: int) -> Counts:
        columns = ", ".join(column.name for column in self._register.columns)
        staged = ", ".join(f"s.{column.name}" for column in self._register.columns)
        await self._conn.execute("truncate batch")
        # Bounds on each table: a join alone would read the whole staging table for every batch.
        await self._conn.execute(
            f"""
            insert into batch (row_no, effect, record_id, reason, {columns})
            select d.row_no, d.effect, coalesce(d.record_id, {ID_OF_ROW}), r.reason, {staged}
            from (select *, row_number() over (order by row_no) as place
                  from difference where row_no > $1 and row_no <= $2) d {HASHED}
            left join (select * from staging where row_no > $1 and row_no <= $2) s using (row_no)
            left join (select * from retraction where row_no > $1 and row_no <= $2) r
                 using (row_no)
            order by d.row_no
            """,
            self._cursor,
            upper,
            *batch_seed(),
        )
        effects = await self._effects()
        if effects.get("created") or effects.get("changed"):
            await self._register.apply(self._conn, self._batch)
        if effects.get("retracted"):
            await self._register.retract(self._conn, self._batch)
        # Deferred constraints speak here, while it is known which rows they speak about; the
        # next batch of an atomic delivery builds its records up in the same transaction.
        await self._conn.execute("set constraints all immediate")
        await self._conn.execute("set constraints all deferred")
        effects = await self._effects()
        return Counts(
            created=effects.get("created", 0),
            changed=effects.get("changed", 0),
            retracted=effects.get("retracted", 0),
        )

    async def _effects(self) -> dict[str, int]:
        return dict(await self._conn.fetch("select effect, count(*) from batch group by effect"))

    async def _good_rows(self, upper: int) -> int:
        """Return how many rows that nothing refuses lie between the cursor and ``upper``."""
        passed: int = await self._conn.fetchval(
            """select (select count(*) from staging where row_no > $1 and row_no <= $2)
                    + (select count(*) from retraction where row_no > $1 and row_no <= $2)""",
            self._cursor,
            upper,
        )
        return passed

    async def _advance(self, after: int, counts: Counts) -> None:
        await progress.advance(self._conn, self._delivery.id, self._cursor, after, counts)

    async def _narrow(self, error: asyncpg.PostgresError) -> None:
        if self._comparisons < _MAX_COMPARISONS and self._compared_at != self._cursor:
            self._compared_at = self._cursor
            self._comparisons += 1
            await compare.find_differences(self._conn, self._register, after=self._cursor)
        elif self._size > 1:
            self._size = max(1, self._size // _NARROWING)
        else:
            await self._refuse_next(error)

    async def _refuse_next(self, error: asyncpg.PostgresError) -> None:
        """Refuse the one row that cannot be applied, and pass over it."""
        row_no = await self._conn.fetchval(_UPPER, self._cursor, 1)
        key, subject = await self._key_of(row_no)
        refusal = RowError(row_no, *self._reading_of(error), key=key, subject=subject)
        async with self._conn.transaction():
            await progress.refuse_row(self._conn, self._delivery.id, refusal)
            passed = await self._good_rows(row_no)
            await self._advance(row_no, Counts(unchanged=passed - 1, rejected=1))
        self._cursor = row_no
        self.late_errors.append(refusal)

    def _reading_of(self, error: asyncpg.PostgresError) -> tuple[str, str, str | None]:
        constraint = getattr(error, "constraint_name", None) or ""
        known = self._register.constraints.get(constraint)
        if known is None:
            return "not_applicable", "What is recorded does not allow this row.", None
        where, code, detail = known
        return code, detail, where

    async def _key_of(self, row_no: int) -> tuple[str | None, bytes | None]:
        """Return a row's key, if it may be kept, and whom it is about, if the register says."""
        names, about = ", ".join(self._register.key), self._register.subject
        hash_, guarded = ("null::bytea", "false") if about is None else (about.hash, about.guarded)
        row = await self._conn.fetchrow(
            f"""select {hash_}, {guarded}, {names} from staging s where row_no = $1
                union all
                select null, {about is not None}, {names} from retraction where row_no = $1""",
            row_no,
        )
        if row is None:
            return None, None
        subject, hidden, *key = row
        return None if hidden else self._register.key_text(tuple(key)), subject


_UPPER = """
    select max(row_no) from (
        select row_no from difference where row_no > $1 order by row_no limit $2) next
"""

_FILL_ENDED = """
    with taken as (
        delete from ending where ctid = any (array(select ctid from ending limit $1))
        returning record_id),
    filled as (
        insert into batch (effect, record_id) select 'ended', record_id from taken returning 1)
    select count(*) from filled
"""
