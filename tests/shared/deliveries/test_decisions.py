"""Holding, releasing, cancelling, and finding out beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from shared.db import driver
from shared.deliveries import decisions
from shared.deliveries.errors import (
    DeliveryNotCancellable,
    DeliveryNotFound,
    DeliveryNotHeld,
    DeliveryOvertaken,
)
from shared.deliveries.register import Batch, Delivery, Guard
from shared.deliveries.verdicts import Verdict
from shared.deliveries.work import Registers
from tests.shared.deliveries.conftest import Pushing, item
from tests.shared.deliveries.items import ITEMS, REGISTERS, record_applied
from tests.shared.deliveries.test_effects import BOOKED, HELD, counts

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection

STATE = "select state from delivery where id = $1"


async def release(pushing: Pushing, delivery_id: UUID, *, by: str = "anna") -> None:
    async with pushing.db.begin() as session:
        conn = await driver(session)
        await decisions.release(conn, "items", delivery_id, reason="agreed", by=by)


async def cancel(pushing: Pushing, delivery_id: UUID, *, of: str | None = "vera") -> None:
    async with pushing.db.begin() as session:
        await decisions.cancel(await driver(session), "items", delivery_id, by="vera", of=of)


@pytest.fixture
async def filled(pushing: Pushing) -> Pushing:
    """A register of 300 records: more than 60 of them are a fifth."""
    await pushing.push([item(n) for n in range(300)])
    return pushing


def changed(rows: int) -> list[dict[str, Any]]:
    return [item(n, women=77) for n in range(rows)]


async def test_delivery_that_changes_too_much_is_held(filled: Pushing) -> None:
    out = await filled.push(changed(61))
    assert out.state == "held"
    assert out.explanation is not None
    assert out.explanation.code == "guard_share_exceeded"
    assert out.planned is not None
    assert (out.planned.changed, out.planned.size) == (61, 300)
    assert out.counts == counts(61, remaining=61)
    assert await filled.value("select count(*) from item where women = 77") == 0


async def test_delivery_within_the_share_is_not_held(filled: Pushing) -> None:
    assert (await filled.push(changed(60))).state == "applied"


async def test_few_changes_of_a_small_register_are_not_held(pushing: Pushing) -> None:
    await pushing.push([item(n) for n in range(50)])
    assert (await pushing.push(changed(50))).state == "applied"


async def test_new_rows_alone_are_never_held(filled: Pushing) -> None:
    assert (await filled.push([item(n) for n in range(1000, 2000)])).state == "applied"


async def test_snapshot_that_ends_too_much_is_held(filled: Pushing) -> None:
    out = await filled.push([item(n) for n in range(200)], mode="snapshot")
    assert out.state == "held"
    assert out.planned is not None
    assert out.planned.ended == 100
    empty = await filled.push(b"[]", mode="snapshot", content_type="application/json")
    assert empty.state == "held"


async def test_negative_control_without_a_guard_it_is_applied(filled: Pushing) -> None:
    filled.registers = Registers.of(replace(ITEMS, guard=Guard(share=1.0)))
    out = await filled.push([item(n) for n in range(10)], mode="snapshot")
    assert (out.state, out.counts.ended) == ("applied", 290)


async def test_release_applies_on_a_named_persons_word(filled: Pushing) -> None:
    held = await filled.push([*changed(100), item(7, women=-1)])
    await release(filled, held.id)
    await filled.work()
    out = await filled.look(held.id)
    assert out.state == "applied"
    assert out.counts == counts(101, changed=100, rejected=1)
    assert out.released is not None
    assert (out.released.by, out.released.reason) == ("anna", "agreed")
    assert out.explanation is None
    assert await filled.value(BOOKED) == await filled.value(HELD)
    assert len(await filled.errors(held.id)) == 1


async def test_release_of_what_is_not_held_is_refused(filled: Pushing) -> None:
    out = await filled.push([item(1)])
    with pytest.raises(DeliveryNotHeld):
        await release(filled, out.id)
    with pytest.raises(DeliveryNotFound):
        await release(filled, uuid4())


async def test_held_delivery_that_was_overtaken_cannot_be_released(filled: Pushing) -> None:
    held = await filled.push(changed(100))
    dry = await filled.push([item(5, women=1)], dry_run=True)
    assert dry.state == "applied"
    later = await filled.push([item(5, women=66)])
    assert later.state == "applied"
    with pytest.raises(DeliveryOvertaken):
        await release(filled, held.id)


async def test_cancelled_delivery_is_never_applied(filled: Pushing) -> None:
    waiting = await filled.send([item(900)])
    held = await filled.push(changed(100))
    assert held.state == "held"
    fresh = await filled.send([item(901)])
    await cancel(filled, fresh)
    await cancel(filled, held.id)
    await filled.work()
    assert await filled.value(STATE, fresh) == "cancelled"
    assert (await filled.look(held.id)).cancelled is not None
    assert await filled.value("select count(*) from item where code = 'B-901'") == 0
    assert await filled.value("select count(*) from delivery_body") == 0
    assert await filled.value(STATE, waiting) == "applied"
    with pytest.raises(DeliveryNotCancellable):
        await cancel(filled, waiting)
    with pytest.raises(DeliveryNotFound):
        await cancel(filled, held.id, of="somebody else")


async def test_delivery_cancelled_during_validation_stops(pushing: Pushing) -> None:
    delivery_id = await pushing.send([item(1)])

    async def cancel_meanwhile(_conn: Connection, _delivery: Delivery) -> Verdict:
        await cancel(pushing, delivery_id)
        return Verdict()

    pushing.registers = Registers.of(replace(ITEMS, check_all=cancel_meanwhile))
    await pushing.work()
    assert await pushing.value(STATE, delivery_id) == "cancelled"
    assert await pushing.value("select count(*) from item") == 0


async def test_dry_run_changes_nothing_and_tells_what_it_would_move(filled: Pushing) -> None:
    tables = ("item", "item_fact", "record_version", "outbox", "seen_effect")
    before = {name: await filled.rows(f"select xmin::text, * from {name}") for name in tables}
    rows = [
        item(1, women=item(1)["women"] + 5),
        item(2, heldOn="2025-03-01"),
        item(700, heldOn="2026-01-01", women=3, men=0),
        item(3),
        item(4, women=-1),
        {"op": "retract", "code": "B-9", "reason": "double"},
    ]
    out = await filled.push(rows, dry_run=True)
    assert (out.state, out.dry_run) == ("applied", True)
    assert out.counts == counts(6, created=1, changed=2, unchanged=1, retracted=1, rejected=1)
    for name in tables:
        assert await filled.rows(f"select xmin::text, * from {name}") == before[name], name
    assert out.moved_figures is not None
    moved = {(m.measure, m.year): m.amount for m in out.moved_figures}
    two, nine = item(2), item(9)
    assert moved == {
        ("women", 2024): 5 - two["women"] - nine["women"],
        ("women", 2025): two["women"],
        ("women", 2026): 3,
        ("men", 2024): -two["men"] - nine["men"],
        ("men", 2025): two["men"],
    }
    assert len(await filled.errors(out.id)) == 1


async def test_dry_run_tells_exactly_what_the_real_run_then_moves(filled: Pushing) -> None:
    rows = [item(n, women=n % 40, heldOn="2023-05-05") for n in range(55)]
    sums = """select measure, extract(year from happened_on)::int, sum(amount)::int
              from item_fact group by 1, 2"""
    before = {(r[0], r[1]): r[2] for r in await filled.rows(sums)}
    dry = await filled.push(rows, dry_run=True)
    assert {(r[0], r[1]): r[2] for r in await filled.rows(sums)} == before
    real = await filled.push(rows)
    after = {(r[0], r[1]): r[2] for r in await filled.rows(sums)}
    moved = {
        cell: after.get(cell, 0) - before.get(cell, 0)
        for cell in after.keys() | before.keys()
        if after.get(cell, 0) != before.get(cell, 0)
    }
    assert {(m.measure, m.year): m.amount for m in dry.moved_figures or []} == moved
    assert dry.counts == real.counts


async def test_dry_run_leaves_out_what_others_record_meanwhile(filled: Pushing) -> None:
    async def apply_beside_another(conn: Connection, batch: Batch) -> None:
        async with filled.db.begin() as session:
            other = await driver(session)
            await other.execute(
                """insert into item_fact (measure, happened_on, amount, record_kind, record_id,
                                          reason, place)
                   values ('women', '2024-01-01', 1000, 'item', uuidv7(), 'other', 'p')"""
            )
        await ITEMS.apply(conn, batch)

    filled.registers = Registers.of(replace(ITEMS, apply=apply_beside_another))
    out = await filled.push([item(1, women=item(1)["women"] + 1)], dry_run=True)
    assert [(m.measure, m.amount) for m in out.moved_figures or []] == [("women", 1)]


async def test_dry_run_is_not_held_but_says_it_would_be(filled: Pushing) -> None:
    out = await filled.push(changed(200), dry_run=True)
    assert out.state == "applied"
    assert out.explanation is not None
    assert out.explanation.code == "guard_share_exceeded"
    assert out.counts == counts(200, changed=200)


async def test_dry_run_names_rows_that_only_the_database_refuses(filled: Pushing) -> None:
    rows = [item(800), item(801, women=90_000, men=90_000)]
    out = await filled.push(rows, dry_run=True)
    assert out.counts == counts(2, created=1, rejected=1)
    assert [e["code"] for e in await filled.errors(out.id)] == ["too_many_visitors"]
    atomic = await filled.push(rows, dry_run=True, atomic=True)
    assert atomic.state == "rejected"


async def test_delivery_whose_work_keeps_failing_is_put_before_a_person(pushing: Pushing) -> None:
    async def fail(_conn: Connection, _batch: Batch) -> None:
        raise RuntimeError("20200101-2384")

    broken = replace(ITEMS, apply=fail)
    pushing.registers = Registers.of(broken, on_applied=record_applied)
    delivery_id = await pushing.send([item(1)])
    for _ in range(5):
        await pushing.rows("update delivery set retry_at = null")
        await pushing.work()
    out = await pushing.look(delivery_id)
    assert out.state == "held"
    assert out.explanation is not None
    assert out.explanation.code == "processing_failed"
    assert "20200101" not in out.explanation.detail
    pushing.registers = Registers.of(ITEMS, on_applied=record_applied)
    await release(pushing, delivery_id)
    await pushing.work()
    done = await pushing.look(delivery_id)
    assert (done.counts, done.explanation) == (counts(1, created=1), None)


async def test_release_after_failures_before_there_was_a_plan_leaves_the_guard_on(
    filled: Pushing,
) -> None:
    filled.registers = Registers.of(replace(ITEMS, checks=("select from no_such_table",)))
    delivery_id = await filled.send(changed(100))
    for _ in range(5):
        await filled.rows("update delivery set retry_at = null")
        await filled.work()
    failed = await filled.look(delivery_id)
    assert failed.explanation is not None
    assert failed.explanation.code == "processing_failed"
    filled.registers = REGISTERS
    await release(filled, delivery_id)
    await filled.work()
    out = await filled.look(delivery_id)
    assert out.state == "held"
    assert out.explanation is not None
    assert out.explanation.code == "guard_share_exceeded"
    await release(filled, delivery_id)
    await filled.work()
    assert (await filled.look(delivery_id)).counts.changed == 100


async def test_failing_delivery_waits_and_is_not_overtaken(pushing: Pushing) -> None:
    async def fail(_conn: Connection, _batch: Batch) -> None:
        raise RuntimeError

    pushing.registers = Registers.of(replace(ITEMS, apply=fail))
    first = await pushing.send([item(1, women=1)])
    second = await pushing.send([item(1, women=2)])
    await pushing.work()
    assert await pushing.value(STATE, first) == "applying"
    assert await pushing.value(STATE, second) == "received"
