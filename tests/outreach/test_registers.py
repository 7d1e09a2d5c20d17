"""The register of visits, as other systems push it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import msgspec
import pytest

from services.outreach.models import JOURNAL
from services.outreach.registers.visits import VisitRow
from tests.outreach.arena import Arena, visit_row

Answer = dict[str, Any]


def counted(delivery: Answer) -> dict[str, int]:
    """Return the counts of a delivery that are not zero."""
    return {name: count for name, count in delivery["counts"].items() if count}


async def test_visits_are_pushed_corrected_and_retracted(arena: Arena) -> None:
    rows = [
        visit_row("guidance:b-1", women=3, men=2),
        visit_row("guidance:b-2", women=1, men=0, venue="bla-huset"),
        visit_row("kv:17", sex="men", ageGroup="20-24", venue=None),
    ]
    first = await arena.push("visits", rows)
    assert first["state"] == "applied"
    assert counted(first) == {"rows": 3, "created": 3}
    old = await arena.basis()
    before = await arena.figure("visits", "2024", by="sex,district", basis=old)
    assert before["total"] == 7
    assert before["source"]["lastDelivery"]["id"] == first["id"]

    again = await arena.push("visits", rows)
    assert counted(again) == {"rows": 3, "unchanged": 3}

    corrections = [
        visit_row("guidance:b-1", women=4, men=2),
        {"op": "retract", "sourceKey": "guidance:b-2", "reason": "Fel arena"},
        rows[2],
    ]
    second = await arena.push("visits", corrections)
    assert counted(second) == {"rows": 3, "changed": 1, "unchanged": 1, "retracted": 1}
    assert await arena.total("visits", "2024") == 7
    assert await arena.total("visits", "2024", sex="women") == 4
    assert await arena.figure("visits", "2024", by="sex,district", basis=old) == before

    back = await arena.push("visits", [rows[1]])
    assert counted(back) == {"rows": 1, "changed": 1}
    assert await arena.total("visits", "2024") == 8
    assert await arena.drifting() == {}

    (tally,) = [t for t in (await arena.read("/visit-tallies"))["items"] if t["women"] == 4]
    refused = await arena.refused(
        "PATCH", f"/visit-tallies/{tally['id']}", {"women": 5, "reason": "Fem"}, version=2
    )
    assert refused == "409 owned_by_source"


async def test_faulty_rows_are_named_and_stop_no_good_ones(arena: Arena) -> None:
    rows = [
        visit_row("guidance:ok", women=1),
        visit_row("guidance:none"),
        visit_row("guidance:both", women=1, sex="men"),
        visit_row("guidance:op", women=1, operation="nothing"),
        visit_row("guidance:venue", women=1, venue="nowhere"),
        visit_row("guidance:early", women=1, heldOn="2018-12-31", venue=None),
        visit_row("guidance:late", women=1, heldOn="2190-01-01"),
        visit_row("guidance:minus", women=-1),
        visit_row("guidance:20200109-2382", women=1),
        visit_row("no-source", women=1),
        visit_row("guidance:twice", women=1),
        visit_row("guidance:twice", women=2),
        {"op": "retract", "sourceKey": "guidance:never", "reason": "Fanns aldrig"},
    ]
    delivery = await arena.push("visits", rows)
    assert delivery["state"] == "applied"
    counts = delivery["counts"]
    assert (counts["rows"], counts["created"], counts["rejected"]) == (13, 2, 11)
    errors = {(row, field): code for row, field, code in await arena.row_errors(delivery)}
    assert errors[2, None] == "nothing_counted"
    assert errors[3, "sex"] == "counted_twice"
    assert errors[4, "operation"] == "unknown_operation"
    assert errors[5, "venue"] == "unknown_venue"
    assert errors[6, "operation"] == "operation_not_in_use"
    assert errors[7, "heldOn"] == "in_the_future"
    assert errors[8, "women"]
    assert errors[9, "sourceKey"]
    assert errors[10, "sourceKey"]
    assert {row for row, _ in errors} == set(range(2, 14)) - {11}
    assert await arena.total("visits", "2024") == 2
    assert "2382" not in str(await arena.read(delivery["_links"]["errors"].split("/v1")[1]))


async def test_a_snapshot_speaks_for_its_own_source_only(arena: Arena) -> None:
    await arena.push("visits", [visit_row("guidance:1", women=1), visit_row("guidance:2", men=1)])
    await arena.push("visits", [visit_row("kv:1", women=1)])
    delivery = await arena.push("visits", [visit_row("guidance:2", men=1)], mode="snapshot")
    assert delivery["counts"]["ended"] == 1
    listed = (await arena.read("/visit-tallies"))["items"]
    ended = {item["sourceKey"]: item["endedOn"] for item in listed}
    assert ended["guidance:1"] is not None
    assert ended["kv:1"] is ended["guidance:2"] is None
    # What the source has let go of still happened.
    assert await arena.total("visits", "2024") == 3
    assert await arena.drifting() == {}

    back = await arena.push("visits", [visit_row("guidance:1", women=1)])
    assert counted(back) == {"rows": 1, "changed": 1}


async def test_a_dry_run_says_what_would_move_and_moves_nothing(arena: Arena) -> None:
    facts = f"select count(*) from {JOURNAL.table}"
    delivery = await arena.push("visits", [visit_row("guidance:1", women=3)], dryRun=True)
    assert delivery["counts"]["created"] == 1
    assert [moved["measure"] for moved in delivery["movedFigures"]] == ["visits"]
    assert await arena.scalar(facts) == 0
    assert (await arena.read("/visit-tallies"))["items"] == []


async def test_an_atomic_delivery_with_one_fault_changes_nothing(arena: Arena) -> None:
    rows = [visit_row("guidance:1", women=3), visit_row("guidance:2")]
    delivery = await arena.push("visits", rows, atomic=True)
    assert delivery["state"] == "rejected"
    assert await arena.total("visits", "2024") == 0


async def test_csv_is_read_like_json(arena: Arena) -> None:
    response = await arena.client.post(
        "/outreach/v1/registers/visits/deliveries",
        content="sourceKey;operation;venue;unit;heldOn;women;men\n"
        "guidance:1;guidance;tensta-library;jobbtorg-unga-jarva;2024-03-05;3;2\n",
        headers={
            **arena.issuer.headers("registers:push"),
            "Idempotency-Key": uuid4().hex,
            "Content-Type": "text/csv",
        },
    )
    assert response.status_code == 202
    await arena.push("visits", [visit_row("guidance:2", sex="women")])
    assert await arena.total("visits", "2024") == 6


def test_a_row_cannot_count_more_than_a_tally_could() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(visit_row("guidance:1", women=100_001), VisitRow)
