"""How a body comes in: accepted whole or not at all, once per key, in constant memory."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from secrets import token_bytes
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from typing_extensions import override

from shared.crypto import SealBroken, Sealer
from shared.db import Database, WriteSession, driver
from shared.deliveries import body, intake
from shared.deliveries.errors import DeliveryKeyReused, EmptyBody
from shared.deliveries.work import Registers
from tests.shared.deliveries.conftest import DEFAULT, Pushing, in_pieces, item, ndjson
from tests.shared.deliveries.items import ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable

BODIES = "select count(*) from delivery_body"
DELIVERIES = "select count(*) from delivery"
ROWS = [item(n) for n in range(50)]


async def test_same_key_and_content_is_the_same_delivery(pushing: Pushing) -> None:
    first = await pushing.receipt(ROWS, key="k-1")
    second = await pushing.receipt(ROWS, key="k-1")
    await pushing.work()
    third = await pushing.receipt(ROWS, key="k-1")
    assert [first.replayed, second.replayed, third.replayed] == [False, True, True]
    assert first.row["id"] == second.row["id"] == third.row["id"]
    assert await pushing.value(DELIVERIES) == 1
    assert await pushing.value(BODIES) == 0


@pytest.mark.parametrize(
    "other",
    [
        {"mode": "snapshot"},
        {"dry_run": True},
        {"atomic": True},
        {"content_type": "application/json"},
        {"day": date(2001, 1, 1)},
    ],
)
async def test_same_key_with_other_terms_is_refused(
    pushing: Pushing, other: dict[str, Any]
) -> None:
    await pushing.receipt(ROWS, key="k-1")
    with pytest.raises(DeliveryKeyReused):
        await pushing.receipt(ROWS, key="k-1", **other)


async def test_same_key_with_other_content_is_refused(pushing: Pushing) -> None:
    await pushing.receipt(ROWS, key="k-1")
    with pytest.raises(DeliveryKeyReused):
        await pushing.receipt(ROWS[:-1], key="k-1")
    assert await pushing.value(DELIVERIES) == 1


async def test_keys_belong_to_a_sender_and_a_register(pushing: Pushing) -> None:
    await pushing.receipt(ROWS, key="k-1")
    await pushing.receipt(ROWS[:3], key="k-1", by="another")
    await pushing.receipt(ROWS[:3], key="k-1", register="totals")
    assert await pushing.value(DELIVERIES) == 3


async def test_two_uploads_at_once_with_one_key_are_one_delivery(pushing: Pushing) -> None:
    receipts = await asyncio.gather(*(pushing.receipt(ROWS, key="k-1") for _ in range(6)))
    assert len({receipt.row["id"] for receipt in receipts}) == 1
    assert [receipt.replayed for receipt in receipts].count(False) == 1
    assert await pushing.value("select count(distinct delivery_id) from delivery_body") == 1
    different = [pushing.receipt([item(n)], key="k-2") for n in range(6)]
    outcomes = await asyncio.gather(*different, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(DeliveryKeyReused) == 5
    assert await pushing.value("select count(distinct delivery_id) from delivery_body") == 2


class Cut(Exception):
    """The sender's connection broke."""


async def broken(content: bytes, after: int) -> AsyncIterator[bytes]:
    async for piece in in_pieces(content[:after]):
        yield piece
    raise Cut


async def test_upload_that_breaks_off_leaves_nothing_and_may_be_sent_again(
    pushing: Pushing,
) -> None:
    content = ndjson(item(n) for n in range(30_000))
    assert len(content) > 2 * body.PIECE
    said = replace(DEFAULT, key="k-1")
    with pytest.raises(Cut):
        await intake.receive(pushing.db, None, said, broken(content, len(content) - 10))
    assert await pushing.value(BODIES) == 0
    assert await pushing.value(DELIVERIES) == 0
    out = await pushing.push(content, key="k-1")
    assert out.counts.created == 30_000


async def test_cancelled_upload_leaves_nothing(pushing: Pushing) -> None:
    content = ndjson(item(n) for n in range(30_000))
    stored = asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        async for piece in in_pieces(content):
            yield piece
        stored.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(intake.receive(pushing.db, None, DEFAULT, hanging()))
    await stored.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await pushing.value(BODIES) == 0


class Cutting(Database):
    """A database whose answer to the commit of an acceptance is lost on the way."""

    @override
    @asynccontextmanager
    async def begin(self) -> AsyncIterator[WriteSession]:
        async with super().begin() as session:
            yield session
            accepted = await (await driver(session)).fetchval(DELIVERIES)
        if accepted:
            raise ConnectionResetError


async def test_accepted_delivery_keeps_its_body_when_the_commits_answer_is_lost(
    pushing: Pushing,
) -> None:
    cutting = Cutting(pushing.urls.app, application_name="cutting")
    said = replace(DEFAULT, key="k-1")
    try:
        with pytest.raises(ConnectionResetError):
            await intake.receive(cutting, None, said, in_pieces(ndjson(ROWS)))
    finally:
        await cutting.close()
    again = await pushing.receipt(ROWS, key="k-1")
    assert again.replayed
    await pushing.work()
    assert (await pushing.look(again.row["id"])).counts.created == len(ROWS)


async def test_pieces_of_a_killed_upload_are_tidied_away_later(pushing: Pushing) -> None:
    accepted = await pushing.send(ROWS)
    abandoned, running = uuid4(), uuid4()
    for upload, age in ((abandoned, 2), (abandoned, 3), (running, 0), (running, 5)):
        await pushing.rows(
            """insert into delivery_body values ($1, $2, '', now() - make_interval(hours => $2))""",
            upload,
            age,
        )
    await pushing.rows(
        "update delivery_body set stored_at = now() - interval '9 hours' where delivery_id = $1",
        accepted,
    )
    async with pushing.db.begin() as session:
        assert await body.purge_abandoned(await driver(session)) == 1
    left = await pushing.rows("select distinct delivery_id from delivery_body")
    assert {row["delivery_id"] for row in left} == {accepted, running}


async def test_empty_body_is_refused(pushing: Pushing) -> None:
    with pytest.raises(EmptyBody):
        await pushing.receipt(b"")
    assert await pushing.value(DELIVERIES) == 0


async def test_long_upload_does_not_hold_the_basis_back(pushing: Pushing) -> None:
    """No transaction of ours is older than one piece while a body is still coming in."""
    content = ndjson(item(n) for n in range(30_000))
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        async for piece in in_pieces(content[: 2 * body.PIECE + 10]):
            yield piece
        reached.set()
        await go_on.wait()
        yield content[2 * body.PIECE + 10 :]

    task = asyncio.create_task(intake.receive(pushing.db, None, DEFAULT, slow()))
    await reached.wait()
    while await pushing.value(BODIES) < 2:
        await asyncio.sleep(0.01)
    oldest = await pushing.value(
        """select count(*) from pg_stat_activity where datname = current_database()
           and pid <> pg_backend_pid() and xact_start is not null"""
    )
    go_on.set()
    await task
    assert oldest == 0


async def test_body_at_rest_is_sealed_and_bound_to_its_place(pushing: Pushing) -> None:
    sealer = Sealer({1: token_bytes(32)})
    pushing.registers = Registers.of(ITEMS, sealer=sealer)
    delivery_id = await pushing.send(ROWS)
    data = await pushing.value("select data from delivery_body")
    assert body.unpack(data, sealer, delivery_id, 0) == ndjson(ROWS)
    with pytest.raises(SealBroken):
        body.unpack(data, sealer, uuid4(), 0)
    await pushing.work()
    assert (await pushing.look(delivery_id)).counts.created == 50


async def test_memory_does_not_grow_with_the_body(pushing: Pushing) -> None:
    """A body of 30 MB and one of 3 MB need the same few pieces; the control holds it all."""
    line = ndjson([item(1, place="p" * 40)])
    block = line * (65_536 // len(line))

    async def stream(blocks: int) -> AsyncIterator[bytes]:
        for _ in range(blocks):
            yield block

    async def peak(work: Callable[[], Any]) -> int:
        tracemalloc.start()
        await work()
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    async def send(blocks: int) -> None:
        said = replace(DEFAULT, key=uuid4().hex)
        await intake.receive(pushing.db, None, said, stream(blocks))

    async def hold_it_all() -> None:
        held = b"".join([piece async for piece in stream(450)])
        assert len(held) > 25_000_000

    small = await peak(lambda: send(45))
    large = await peak(lambda: send(450))
    assert large < small + 2 * body.PIECE
    assert await peak(hold_it_all) > 5 * large
    applied = await peak(pushing.work)
    assert applied < 60_000_000
