"""The worker's part: registers side by side, deliveries of one register in order of arrival."""

from __future__ import annotations

import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from shared.db import driver
from shared.deliveries import body, progress, staging
from shared.deliveries.progress import DeliveryGone
from shared.deliveries.verdicts import Explanation
from shared.deliveries.work import DeliveryRun
from shared.worker import Loop

if TYPE_CHECKING:
    from shared.db import Connection, Database
    from shared.deliveries.progress import Work
    from shared.deliveries.work import Registers
    from shared.worker import WorkerContext

SIDE_BY_SIDE = 2
"""Registers that one worker process works on at a time."""

_LOOK_EVERY = 0.2
_TIDY_EVERY = 600.0
_LOCK_CLASS = 7_315_001

log = structlog.get_logger(__name__)


def deliveries_loops(registers: Registers) -> tuple[Loop, ...]:
    """Return the loops that a service's `WorkerSpec` runs to work off its deliveries."""

    async def work(context: WorkerContext) -> bool:
        worked = await DeliveryWorker(context.db, registers).step()
        if worked:
            context.committed()
            context.delivered()
        return worked

    async def tidy(context: WorkerContext) -> bool:
        async with context.db.begin() as session:
            uploads = await body.purge_abandoned(await driver(session))
        if uploads:
            log.info("abandoned_uploads_deleted", uploads=uploads)
        return False

    side_by_side = (
        Loop(f"deliveries-{number}", work, every=_LOOK_EVERY)
        for number in range(1, SIDE_BY_SIDE + 1)
    )
    return (*side_by_side, Loop("abandoned-uploads", tidy, every=_TIDY_EVERY))


class DeliveryWorker:
    """Works on deliveries of one service's registers, one delivery a step.

    A register is claimed by a session advisory lock on a connection of its own. Whatever
    kills the worker closes that connection, which frees the register at once; the next worker
    continues at the cursor.
    """

    def __init__(self, db: Database, registers: Registers) -> None:
        self._db = db
        self._registers = registers

    async def step(self) -> bool:
        """Work on the first delivery whose register is free; return whether there was one."""
        for register in await self._waiting():
            if await self._work_on(register):
                return True
        return False

    async def run_until_idle(self) -> None:
        """Work off everything that is waiting and due."""
        while await self.step():
            pass

    async def _waiting(self) -> list[str]:
        """Return free registers with a delivery that is due, the longest waiting first."""
        async with self._db.read() as session:
            conn = await driver(session)
            rows = await conn.fetch(_WAITING, list(self._registers.by_name), _LOCK_CLASS)
        return [row["register"] for row in rows]

    async def _work_on(self, register: str) -> bool:
        conn = await self._db.connect()
        try:
            await staging.prepare_session(conn)
            if not await conn.fetchval(
                "select pg_try_advisory_lock($1, hashtext($2))", _LOCK_CLASS, register
            ):
                return False
            work = await progress.next_work(conn, register)
            if work is not None:
                await self._one(conn, work)
            await conn.execute("select pg_advisory_unlock($1, hashtext($2))", _LOCK_CLASS, register)
            return work is not None
        finally:
            # By force, as closing may never wait: with the connection goes whatever it holds.
            conn.terminate()

    async def _one(self, conn: Connection, work: Work) -> None:
        delivery_id = work.delivery.id
        try:
            await DeliveryRun(conn, self._registers, work).run()
        except DeliveryGone:
            log.info("delivery_gone", delivery=str(delivery_id))
        except Exception as error:
            if conn.is_closed():
                raise  # no fault of the delivery: PostgreSQL or the network went away
            await self._note_failure(conn, work, error)

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
        failures = await progress.note_failure(conn, delivery_id)
        if failures >= progress.MAX_FAILURES:
            detail = f"Processing failed {failures} times ({kind}); release to try again."
            with suppress(DeliveryGone):
                await progress.hold(conn, delivery_id, Explanation("processing_failed", detail))


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
