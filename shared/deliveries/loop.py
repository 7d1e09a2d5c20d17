"""The worker's loop over deliveries: registers side by side, one register in order of arrival."""

from __future__ import annotations

import asyncio
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from shared.backoff import Backoff
from shared.db import driver
from shared.deliveries import body, progress, staging
from shared.deliveries.progress import DeliveryGone
from shared.deliveries.verdicts import Explanation
from shared.deliveries.work import DeliveryRun

if TYPE_CHECKING:
    from shared.db import Connection, Database
    from shared.deliveries.progress import Work
    from shared.deliveries.work import Registers

POLL = 0.2
"""Seconds between looks for new deliveries when no bell rings."""

SIDE_BY_SIDE = 2
"""Registers that one worker process works on at a time."""

_TIDY_EVERY = 600.0
_LOCK_CLASS = 7_315_001
_BACKOFF = Backoff(first=1.0, cap=60.0)

log = structlog.get_logger(__name__)


class DeliveryWorker:
    """Works off the deliveries of one service's registers.

    A register is claimed by a session advisory lock on a connection of its own. Whatever
    kills the worker closes that connection, which frees the register at once; the next worker
    continues at the cursor.
    """

    def __init__(self, db: Database, registers: Registers) -> None:
        self._db = db
        self._registers = registers
        self._busy: dict[str, asyncio.Task[None]] = {}

    async def run(self, bell: asyncio.Event | None = None) -> None:
        """Work until cancelled; ``bell`` wakes the loop before the next look."""
        bell = bell or asyncio.Event()
        tidied = float("-inf")
        try:
            while True:
                now = asyncio.get_running_loop().time()
                if now - tidied > _TIDY_EVERY:
                    await self._tidy()
                    tidied = now
                await self._start_waiting()
                with suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), POLL)
                bell.clear()
        finally:
            await self._stop()

    async def run_once(self) -> None:
        """Work off everything that is waiting and due now, then return."""
        for register in await self._waiting():
            await self._work_off(register)

    async def _start_waiting(self) -> None:
        for register in await self._waiting():
            if len(self._busy) >= SIDE_BY_SIDE:
                return
            if register not in self._busy:
                task = asyncio.create_task(self._work_off(register), name=register)
                self._busy[register] = task
                task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        register = task.get_name()
        del self._busy[register]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("delivery_worker_lost", register=register, error=type(error).__name__)

    async def _stop(self) -> None:
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _waiting(self) -> list[str]:
        """Return the registers whose first waiting delivery is due, the longest waiting first."""
        async with self._db.read() as session:
            conn = await driver(session)
            rows = await conn.fetch(_WAITING, list(self._registers.by_name), _LOCK_CLASS)
        return [row["register"] for row in rows]

    async def _work_off(self, register: str) -> None:
        conn = await self._db.connect()
        try:
            await staging.prepare_session(conn)
            if not await conn.fetchval(
                "select pg_try_advisory_lock($1, hashtext($2))", _LOCK_CLASS, register
            ):
                return
            while (work := await progress.next_work(conn, register)) is not None:
                if not await self._one(conn, work):
                    return
        finally:
            # Closing by force never waits: the lock goes with the connection.
            conn.terminate()

    async def _one(self, conn: Connection, work: Work) -> bool:
        """Work on one delivery; return whether the register's next one may follow."""
        delivery_id = work.delivery.id
        try:
            await DeliveryRun(conn, self._registers, work).run()
        except DeliveryGone:
            log.info("delivery_gone", delivery=str(delivery_id))
        except Exception as error:
            if conn.is_closed():
                raise  # no fault of the delivery: PostgreSQL or the network went away
            await self._note_failure(conn, work, error)
            return False
        return True

    async def _note_failure(self, conn: Connection, work: Work, error: Exception) -> None:
        """Try again later, and after some tries leave the decision to a person."""
        delivery_id, kind = work.delivery.id, type(error).__name__
        # Messages of the database quote values; the place in our code is what helps.
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{where.filename}:{where.lineno}"
        sqlstate = getattr(error, "sqlstate", None)
        log.error(
            "delivery_failed", delivery=str(delivery_id), error=kind, sqlstate=sqlstate, at=place
        )
        failures = await progress.note_failure(conn, delivery_id, _BACKOFF.delay(1))
        if failures >= progress.MAX_FAILURES:
            detail = f"Processing failed {failures} times ({kind}); release to try again."
            with suppress(DeliveryGone):
                await progress.hold(conn, delivery_id, Explanation("processing_failed", detail))

    async def _tidy(self) -> None:
        async with self._db.begin() as session:
            uploads = await body.purge_abandoned(await driver(session))
        if uploads:
            log.info("abandoned_uploads_deleted", uploads=uploads)


_WAITING = """
    select register from (
        select distinct on (register) register, created_at, id, retry_at from delivery
        where state in ('received', 'validating', 'applying') and register = any ($1)
        order by register, created_at, id) first
    where (retry_at is null or retry_at <= now())
      and not exists (  -- claimed by this worker or another: no need to connect and find out
        select from pg_locks l
        where l.locktype = 'advisory' and l.classid = $2::bigint::oid
          and l.objid = (hashtext(register)::bigint & 4294967295)::oid
          and l.database = (select oid from pg_database where datname = current_database()))
    order by created_at, id
"""
