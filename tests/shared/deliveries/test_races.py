"""Somebody else writes the same records while a delivery is being applied."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from shared.db import driver
from shared.deliveries.register import Batch
from shared.deliveries.work import Registers
from tests.shared.deliveries.conftest import Pushing, item
from tests.shared.deliveries.items import ITEMS
from tests.shared.deliveries.test_effects import counts

if TYPE_CHECKING:
    from shared.db import Connection

CLERK = """insert into item (code, place, held_on, women, men)
           values ($1, $2, $3::text::date, $4, $5)"""


async def record_by_hand(pushing: Pushing, number: int, **changed: object) -> None:
    row = item(number, **changed)
    await pushing.rows(CLERK, row["code"], row["place"], row["heldOn"], row["women"], row["men"])


@pytest.mark.parametrize(
    ("by_hand", "expected"),
    [({}, {"created": 99, "unchanged": 1}), ({"women": 1}, {"created": 99, "changed": 1})],
)
async def test_record_made_by_hand_after_the_comparison_is_compared_again(
    pushing: Pushing, by_hand: dict[str, int], expected: dict[str, int]
) -> None:
    calls = 0

    async def apply_after_a_clerk(conn: Connection, batch: Batch) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            await record_by_hand(pushing, 42, **by_hand)
        await ITEMS.apply(conn, batch)

    pushing.registers = Registers.of(replace(ITEMS, apply=apply_after_a_clerk))
    out = await pushing.push([item(n) for n in range(100)])
    assert calls == 2
    assert out.counts == counts(100, **expected)
    assert await pushing.value("select women from item where code = 'B-42'") == item(42)["women"]


WAITING = """
    select exists (select from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock')
"""
"""Whether somebody waits for a lock, in the test's own database and no parallel one's."""


async def test_locked_record_is_waited_for(pushing: Pushing) -> None:
    await pushing.push([item(n) for n in range(10)])
    delivery_id = await pushing.send([item(3, women=9)])
    async with pushing.db.begin() as session:
        conn = await driver(session)
        await conn.execute("select from item where code = 'B-3' for update")
        working = asyncio.create_task(pushing.work())
        async with asyncio.timeout(30):
            while not await pushing.value(WAITING):
                await asyncio.sleep(0.01)
            # Until the first try has met its lock timeout and a second one waits.
            while await pushing.value(WAITING):
                await asyncio.sleep(0.01)
    await working
    assert (await pushing.look(delivery_id)).counts == counts(1, changed=1)


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
async def test_batch_that_crossed_another_writer_is_tried_again(
    pushing: Pushing, sqlstate: str
) -> None:
    calls = 0

    async def crossing(conn: Connection, batch: Batch) -> None:
        nonlocal calls
        calls += 1
        await ITEMS.apply(conn, batch)
        if calls < 3:
            await conn.execute(
                f"do $$ begin raise exception 'crossed' using errcode = '{sqlstate}'; end $$"
            )

    pushing.registers = Registers.of(replace(ITEMS, apply=crossing))
    out = await pushing.push([item(n) for n in range(50)])
    assert calls == 3
    assert out.counts == counts(50, created=50)
    assert await pushing.value("select count(*) from seen_effect") == 50
    assert await pushing.value("select failures from delivery") == 0
