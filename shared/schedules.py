"""Scheduled work that runs once per slot, whichever worker is up, and catches up after downtime.

A slot is the instant for which a run is due: each multiple of an interval since 1970, or a
time of day in Stockholm. A run claims its slot by a row in ``scheduled_run`` in its own
transaction: effect and claim are committed together or not at all. Which slot is due is asked of
the database's clock: of two workers, the one whose clock is ahead would otherwise claim slots
that have not come, and the others would find nothing to do until they have.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Column, MetaData, Table, Text

from shared.clock import STOCKHOLM, local_day
from shared.db import Connection, Database, WriteSession, driver
from shared.schema import timestamptz

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def define_tables(metadata: MetaData) -> None:
    """Add ``scheduled_run`` to a service's metadata."""
    Table(
        "scheduled_run",
        metadata,
        Column("name", Text, primary_key=True),
        Column("slot", timestamptz("slot").type, primary_key=True),
        timestamptz("ran_at", default_now=True),
    )


@dataclass(frozen=True, slots=True)
class Every:
    """Slots at each multiple of an interval."""

    interval: timedelta

    def at_or_before(self, instant: datetime) -> datetime:
        """Return the newest slot that is not after ``instant``."""
        return _EPOCH + (instant - _EPOCH) // self.interval * self.interval

    def after(self, slot: datetime) -> datetime:
        """Return the slot that follows ``slot``."""
        return self.at_or_before(slot) + self.interval


@dataclass(frozen=True, slots=True)
class Daily:
    """One slot each calendar day, at a time of day in Stockholm.

    On the day clocks go forward a time that does not exist is read with the old offset; on
    the day they go back the first of the two is meant: always exactly one slot a day.
    """

    at: time

    def at_or_before(self, instant: datetime) -> datetime:
        """Return the newest slot that is not after ``instant``."""
        day = local_day(instant)
        slot = self._slot(day.toordinal())
        return slot if slot <= instant else self._slot(day.toordinal() - 1)

    def after(self, slot: datetime) -> datetime:
        """Return the slot of the next calendar day."""
        return self._slot(local_day(slot).toordinal() + 1)

    def _slot(self, ordinal: int) -> datetime:
        day = datetime.fromordinal(ordinal)
        return datetime.combine(day, self.at, tzinfo=STOCKHOLM).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Work to be done for each slot.

    Attributes:
        name: unique in the service, and kept: it is what runs are remembered by.
        when: `Every` or `Daily`.
        run: does the work of one slot inside the given transaction; must do nothing outside.
        catch_up: after downtime, run each slot that was missed, oldest first; otherwise only
            the newest. A schedule that has never run begins with the newest slot.

    """

    name: str
    when: Every | Daily
    run: Callable[[WriteSession, datetime], Awaitable[None]]
    catch_up: bool = True


_LAST = "SELECT max(slot) FROM scheduled_run WHERE name = $1"
_NOW = "SELECT clock_timestamp()"
_ALONE = "SELECT pg_try_advisory_xact_lock(hashtextextended('scheduled_run:' || $1, 0))"
_CLAIM = "INSERT INTO scheduled_run (name, slot) VALUES ($1, $2)"


async def run_next(
    db: Database, schedule: Schedule, *, now: Callable[[], datetime] | None = None
) -> bool:
    """Run the oldest slot that is due and has not run; return whether there was one.

    Args:
        db: the service's database.
        schedule: the work.
        now: another clock than the database's, for tests.

    Raises:
        Exception: whatever the work raised; the slot stays due.

    """
    async with db.begin() as session:
        conn = await driver(session)
        # Another worker is at it: it will find the next slot too.
        if not await conn.fetchval(_ALONE, schedule.name):
            return False
        slot = await _due(conn, schedule, now() if now else await conn.fetchval(_NOW))
        if slot is None:
            return False
        await conn.execute(_CLAIM, schedule.name, slot)
        await schedule.run(session, slot)
    return True


async def _due(conn: Connection, schedule: Schedule, now: datetime) -> datetime | None:
    newest = schedule.when.at_or_before(now)
    last: datetime | None = await conn.fetchval(_LAST, schedule.name)
    if last is None:
        return newest
    if last >= newest:
        return None
    return schedule.when.after(last) if schedule.catch_up else newest
