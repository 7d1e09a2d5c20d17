"""Months that were closed before closings were told become known, once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from services.budget import periods
from shared.db import driver

if TYPE_CHECKING:
    from shared.db import Database

YEAR = 2035
JANUARY, FEBRUARY, MARCH = 203501, 203502, 203503


@pytest.fixture
async def upgraded(budget_db: Database) -> Database:
    """A year as an earlier version left it: two months closed, one of them reopened, none told."""
    async with budget_db.begin() as session:
        conn = await driver(session)
        await periods.open_year(conn, year=YEAR, by="old")
    for action, month in (
        ("closed", JANUARY),
        ("closed", FEBRUARY),
        ("reopened", FEBRUARY),
        ("closed", MARCH),
    ):
        async with budget_db.begin() as session:
            await (await driver(session)).execute(
                "insert into period_event (period, action, reason, by) values ($1, $2, $3, 'old')",
                month,
                action,
                "En faktura kom sent" if action == "reopened" else None,
            )
    assert await told(budget_db) == []
    return budget_db


async def told(db: Database) -> list[tuple[str, int]]:
    """Return what has been told, in its order: which event, about which month."""
    async with db.read() as session:
        rows = await (await driver(session)).fetch(
            """select split_part(type, '.', 3) as news, (data ->> 'period')::int as period
               from outbox where type like '%period%' and consumer = 'reports' order by position"""
        )
    return [(row["news"], row["period"]) for row in rows]


async def test_what_is_closed_is_told_once(upgraded: Database) -> None:
    assert await periods.tell_untold(upgraded)
    assert await told(upgraded) == [("closed", JANUARY), ("closed", MARCH)]
    assert not await periods.tell_untold(upgraded)
    assert len(await told(upgraded)) == 2


async def test_many_workers_that_start_at_once_tell_once(upgraded: Database) -> None:
    await asyncio.gather(*(periods.tell_untold(upgraded) for _ in range(6)))
    assert sorted(await told(upgraded)) == [("closed", JANUARY), ("closed", MARCH)]


async def test_what_was_told_is_not_told_again_when_the_outbox_has_forgotten_it(
    upgraded: Database,
) -> None:
    await periods.tell_untold(upgraded)
    async with upgraded.begin() as session:
        await (await driver(session)).execute("delete from outbox")
    assert not await periods.tell_untold(upgraded)


async def test_what_is_closed_and_reopened_meanwhile_tells_of_itself(upgraded: Database) -> None:
    async with upgraded.begin() as session:
        conn = await driver(session)
        await periods.reopen(conn, period=MARCH, reason="En faktura kom sent", by="new")
        assert await periods.tell_untold(upgraded), "January, and nothing of what is being changed"
    assert not await periods.tell_untold(upgraded)
    assert sorted(await told(upgraded)) == [("closed", JANUARY), ("reopened", MARCH)]


async def test_without_the_locks_an_open_period_would_be_told_closed(
    upgraded: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the last that is told of March is then not what is true of it."""
    unlocked = "select period from unnest($1::int[]) period"
    monkeypatch.setattr(periods, "_TRIED", unlocked)
    async with upgraded.begin() as session:
        conn = await driver(session)
        await periods.reopen(conn, period=MARCH, reason="En faktura kom sent", by="new")
        telling = asyncio.create_task(periods.tell_untold(upgraded))
        await waits(upgraded)
    await telling
    assert (await told(upgraded))[-1] == ("closed", MARCH)


async def waits(db: Database) -> None:
    """Return when somebody waits for a lock of somebody else."""
    async with asyncio.timeout(10):
        while True:
            async with db.read() as session:
                waiting = await (await driver(session)).fetchval(
                    "select count(*) from pg_locks where not granted"
                )
            if waiting:
                return
            await asyncio.sleep(0.01)
