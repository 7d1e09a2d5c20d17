"""Schedules: each slot once, whoever is up, and those missed in downtime afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import STOCKHOLM, local_day
from shared.db import Database, WriteSession, driver
from shared.schedules import Daily, Every, Schedule, run_next
from tests.conftest import ScratchDatabase
from tests.shared.messages import TABLES

HOURLY = Every(timedelta(hours=1))
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
async def db(scratch_database: ScratchDatabase) -> Database:
    database, _ = await scratch_database(TABLES)
    return database


async def note(session: WriteSession, slot: datetime) -> None:
    """Leave one row for a slot; nothing keeps a second one out."""
    await (await driver(session)).execute(
        "INSERT INTO effect (subject, number) VALUES ('slot', $1)", int(slot.timestamp())
    )


async def noted(db: Database) -> list[datetime]:
    async with db.read() as session:
        rows = await (await driver(session)).fetch("SELECT number FROM effect ORDER BY position")
    return [datetime.fromtimestamp(row["number"], UTC) for row in rows]


def at(instant: datetime) -> Callable[[], datetime]:
    return lambda: instant


async def run_all(db: Database, schedule: Schedule, now: datetime) -> None:
    while await run_next(db, schedule, now=at(now)):
        pass


async def test_the_first_run_is_of_the_newest_slot_only(db: Database) -> None:
    await run_all(db, Schedule("note", HOURLY, note), NOON + timedelta(minutes=5))
    assert await noted(db) == [NOON]


async def test_slots_missed_in_downtime_run_afterwards_in_order(db: Database) -> None:
    schedule = Schedule("note", HOURLY, note)
    await run_all(db, schedule, NOON)
    await run_all(db, schedule, NOON + timedelta(hours=3, minutes=59))
    assert await noted(db) == [NOON + timedelta(hours=hours) for hours in range(4)]


async def test_a_schedule_that_does_not_catch_up_runs_the_newest_slot(db: Database) -> None:
    schedule = Schedule("note", HOURLY, note, catch_up=False)
    await run_all(db, schedule, NOON)
    await run_all(db, schedule, NOON + timedelta(hours=3))
    assert await noted(db) == [NOON, NOON + timedelta(hours=3)]


async def test_several_workers_run_a_slot_once(db: Database) -> None:
    async def slowly(session: WriteSession, slot: datetime) -> None:
        await note(session, slot)
        await (await driver(session)).execute("SELECT pg_sleep(0.05)")

    schedule = Schedule("note", HOURLY, slowly)
    await asyncio.gather(*(run_all(db, schedule, NOON) for _ in range(8)))
    assert await noted(db) == [NOON]


async def test_control_without_the_claim_several_workers_run_a_slot_each(db: Database) -> None:
    async def forgetful(session: WriteSession, slot: datetime) -> None:
        await note(session, slot)
        await (await driver(session)).execute("DELETE FROM scheduled_run")

    schedule = Schedule("note", HOURLY, forgetful)
    for _ in range(3):
        await run_next(db, schedule, now=at(NOON))
    assert await noted(db) == [NOON] * 3


async def test_a_run_that_fails_leaves_its_slot_due(db: Database) -> None:
    async def fail(session: WriteSession, slot: datetime) -> None:
        await note(session, slot)
        raise LookupError

    with pytest.raises(LookupError):
        await run_next(db, Schedule("note", HOURLY, fail), now=at(NOON))
    assert await noted(db) == []
    await run_all(db, Schedule("note", HOURLY, note), NOON)
    assert await noted(db) == [NOON]


async def test_schedules_do_not_claim_each_others_slots(db: Database) -> None:
    await run_all(db, Schedule("one", HOURLY, note), NOON)
    await run_all(db, Schedule("two", HOURLY, note), NOON)
    assert await noted(db) == [NOON, NOON]


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2026, 1, 15), datetime(2026, 1, 15, 1, 30, tzinfo=UTC)),
        (date(2026, 7, 15), datetime(2026, 7, 15, 0, 30, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # 02:30 does not exist
        (date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # 02:30 exists twice
    ],
)
def test_a_daily_slot_is_a_time_of_day_in_stockholm(day: date, utc: datetime) -> None:
    daily = Daily(time(2, 30))
    evening = datetime.combine(day, time(23, 0), tzinfo=STOCKHOLM)
    assert daily.at_or_before(evening) == utc


@settings(deadline=None, max_examples=50)
@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  made aware below
    of_day=st.times(),
)
def test_every_calendar_day_has_exactly_one_slot(start: datetime, of_day: time) -> None:
    daily = Daily(of_day)
    slot = daily.at_or_before(start.replace(tzinfo=UTC))
    assert slot <= start.replace(tzinfo=UTC)
    for _ in range(400):
        following = daily.after(slot)
        assert local_day(following) - local_day(slot) == timedelta(days=1)
        assert daily.at_or_before(following) == following
        assert daily.at_or_before(following - timedelta(microseconds=1)) == slot
        slot = following
