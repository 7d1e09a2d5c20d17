"""What a delivery does to the register, and that its counts tell exactly that."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from shared.deliveries.resource import CountsOut

if TYPE_CHECKING:
    from tests.shared.deliveries.conftest import Pushing

from tests.shared.deliveries.conftest import item

BOOKED = "select coalesce(sum(amount), 0)::int from item_fact"
HELD = "select coalesce(sum(women + men), 0)::int from item where not retracted"


def counts(rows: int, **some: int) -> CountsOut:
    nothing = dict.fromkeys(
        ("created", "changed", "unchanged", "retracted", "rejected", "remaining", "ended"), 0
    )
    return CountsOut(**(nothing | {"rows": rows} | some))


async def test_first_delivery_creates_every_row(pushing: Pushing) -> None:
    out = await pushing.push([item(n) for n in range(100)])
    assert out.state == "applied"
    assert out.counts == counts(100, created=100)
    assert await pushing.value("select count(*) from item") == 100
    assert await pushing.value(BOOKED) == await pushing.value(HELD)


async def test_new_records_get_unique_ids_in_order_of_time(pushing: Pushing) -> None:
    await pushing.push([item(n) for n in range(25_000)])
    shown = await pushing.row(
        """select count(distinct id) as ids, bool_and(uuid_extract_version(id) = 7) as seventh,
                  min(uuid_extract_timestamp(id)) > now() - interval '5 minutes' as recent,
                  max(uuid_extract_timestamp(id)) <= clock_timestamp() as past,
                  count(distinct right(id::text, 15)) as endings from item"""
    )
    assert tuple(shown) == (25_000, True, True, True, 25_000)
    falling = """
        select count(*) from (
            select id < lead(id) over (order by substr(code, 3)::integer) as rising from item) ids
        where not rising
    """
    assert await pushing.value(falling) == 0
    await pushing.push([item(100_000)])
    assert await pushing.value("select code from item order by id desc limit 1") == "B-100000"


async def test_equal_rows_write_nothing(pushing: Pushing) -> None:
    rows = [item(n) for n in range(3000)]
    await pushing.push(rows)
    before = await pushing.rows("select xmin::text, * from item order by id")
    out = await pushing.push(rows)
    assert out.counts == counts(3000, unchanged=3000)
    assert await pushing.rows("select xmin::text, * from item order by id") == before
    assert await pushing.value("select count(*) from record_version") == 0


async def test_only_differences_are_applied(pushing: Pushing) -> None:
    rows = [item(n) for n in range(200)]
    await pushing.push(rows)
    rows[5] |= {"women": 99}
    rows[150] |= {"heldOn": "2025-01-01"}
    out = await pushing.push([*rows, item(500)])
    assert out.counts == counts(201, created=1, changed=2, unchanged=198)
    assert await pushing.value("select count(*) from record_version") == 2
    assert await pushing.value("select women from item where code = 'B-5'") == 99
    assert await pushing.value(BOOKED) == await pushing.value(HELD)


async def test_row_errors_leave_good_rows_alone(pushing: Pushing) -> None:
    out = await pushing.push(
        [item(1), item(2, women=-1), item(3, place="atlantis"), item(4, place="nowhere"), item(5)]
    )
    assert out.state == "applied"
    assert out.counts == counts(5, created=2, rejected=3)
    assert await pushing.errors(out.id) == [
        {"row_no": 2, "key": "B-2", "field": "women", "code": "out_of_range", "difference": None},
        {"row_no": 3, "key": "B-3", "field": "place", "code": "unknown_place", "difference": None},
        {"row_no": 4, "key": "B-4", "field": "place", "code": "closed_place", "difference": None},
    ]


async def test_later_rows_with_a_key_are_refused(pushing: Pushing) -> None:
    out = await pushing.push([item(1), item(2), item(1, women=50), item(1), item(3)])
    assert out.counts == counts(5, created=3, rejected=2)
    found = await pushing.rows(
        "select row_no, code, detail from delivery_error where delivery_id = $1 order by 1", out.id
    )
    assert [tuple(row) for row in found] == [
        (3, "duplicate_key", "The same key stands in row 1."),
        (4, "duplicate_key", "The same key stands in row 1."),
    ]
    assert await pushing.value("select women from item where code = 'B-1'") == item(1)["women"]


async def test_snapshot_ends_what_is_absent_on_its_date(pushing: Pushing) -> None:
    await pushing.push([item(n) for n in range(100)])
    out = await pushing.push([item(n) for n in range(90)], mode="snapshot", day=date(2025, 2, 3))
    assert out.counts == counts(90, unchanged=90, ended=10)
    assert await pushing.value("select count(*) from item where ended_on = '2025-02-03'") == 10
    again = await pushing.push([item(n) for n in range(90)], mode="snapshot")
    assert again.counts == counts(90, unchanged=90)


async def test_delta_ends_nothing(pushing: Pushing) -> None:
    await pushing.push([item(n) for n in range(10)])
    out = await pushing.push([item(1)])
    assert out.counts == counts(1, unchanged=1)


async def test_refused_row_does_not_end_its_record(pushing: Pushing) -> None:
    await pushing.push([item(n) for n in range(10)])
    faulty = [item(n) for n in range(5)] + [item(5, women="many"), item(6, place="atlantis")]
    out = await pushing.push(faulty, mode="snapshot")
    assert out.counts == counts(7, unchanged=5, rejected=2, ended=3)
    ended = await pushing.rows("select code from item where ended_on is not null order by 1")
    assert [row["code"] for row in ended] == ["B-7", "B-8", "B-9"]


async def test_snapshot_with_an_unreadable_key_ends_nothing(pushing: Pushing) -> None:
    await pushing.push([item(n) for n in range(10)])
    body = b'{"code": "B-1", "place"\n' + b'{"oops": 1}\n'
    out = await pushing.push(body, mode="snapshot")
    assert out.counts == counts(2, rejected=2)
    assert out.explanation is not None
    assert out.explanation.code == "nothing_ended"
    assert {error["code"] for error in await pushing.errors(out.id)} == {
        "malformed_row",
        "unknown_field",
    }


async def test_retraction_takes_facts_back_and_ending_does_not(pushing: Pushing) -> None:
    await pushing.push([item(1), item(2)])
    out = await pushing.push(
        [
            {"op": "retract", "code": "B-1", "reason": "registered twice"},
            {"op": "retract", "code": "B-77", "reason": "never was"},
            {"op": "retract", "code": "B-2"},
            item(3),
        ]
    )
    assert out.counts == counts(4, created=1, retracted=1, rejected=2)
    assert [(e["row_no"], e["code"], e["field"]) for e in await pushing.errors(out.id)] == [
        (2, "unknown_key", None),
        (3, "missing", "reason"),
    ]
    assert await pushing.value(BOOKED) == await pushing.value(HELD)
    again = await pushing.push([{"op": "retract", "code": "B-1", "reason": "registered twice"}])
    assert again.counts == counts(1, unchanged=1)
    await pushing.push([item(2)], mode="snapshot")
    assert await pushing.value(BOOKED) == await pushing.value(HELD)


async def test_retraction_in_a_snapshot_is_refused(pushing: Pushing) -> None:
    await pushing.push([item(1)])
    out = await pushing.push([{"op": "retract", "code": "B-1", "reason": "no"}], mode="snapshot")
    assert out.counts == counts(1, rejected=1)
    assert (await pushing.errors(out.id))[0]["code"] == "retraction_not_allowed"


async def test_key_both_sent_and_retracted_is_a_duplicate(pushing: Pushing) -> None:
    await pushing.push([item(1)])
    out = await pushing.push([item(1), {"op": "retract", "code": "B-1", "reason": "no"}])
    assert out.counts == counts(2, unchanged=1, rejected=1)
    assert (await pushing.errors(out.id))[0]["code"] == "duplicate_key"


async def test_atomic_delivery_with_a_faulty_row_applies_nothing(pushing: Pushing) -> None:
    out = await pushing.push([item(1), item(2, women=-1)], atomic=True)
    assert out.state == "rejected"
    assert out.counts == counts(2, rejected=2)
    assert await pushing.value("select count(*) from item") == 0
    good = await pushing.push([item(1), item(2)], atomic=True)
    assert good.counts == counts(2, created=2)


async def test_row_that_only_the_database_refuses_is_named(pushing: Pushing) -> None:
    rows = [item(n) for n in range(500)]
    rows[123] |= {"women": 90_000, "men": 90_000}
    rows[321] |= {"women": 90_000, "men": 90_000}
    out = await pushing.push(rows)
    assert out.counts == counts(500, created=498, rejected=2)
    assert [(e["row_no"], e["code"], e["key"]) for e in await pushing.errors(out.id)] == [
        (124, "too_many_visitors", "B-123"),
        (322, "too_many_visitors", "B-321"),
    ]
    assert await pushing.value("select count(*) from seen_effect") == 498


async def test_atomic_delivery_that_the_database_refuses_applies_nothing(pushing: Pushing) -> None:
    rows = [item(n) for n in range(50)]
    rows[12] |= {"women": 90_000, "men": 90_000}
    out = await pushing.push(rows, atomic=True)
    assert (out.state, out.counts) == ("rejected", counts(50, rejected=50))
    assert await pushing.value("select count(*) from item") == 0
    assert [e["row_no"] for e in await pushing.errors(out.id)] == [13]


async def test_whole_delivery_rule_names_every_row_and_explains(pushing: Pushing) -> None:
    rows = [item(1, women=5, men=5), item(2, women=1, men=3), item(3, women=2, men=9)]
    out = await pushing.push(rows, register="totals")
    assert out.state == "rejected"
    assert out.atomic
    assert out.explanation is not None
    assert out.explanation.code == "columns_swapped"
    assert out.counts == counts(3, rejected=3)
    assert [(e["row_no"], e["field"], e["difference"]) for e in await pushing.errors(out.id)] == [
        (2, "women", "-2"),
        (3, "women", "-7"),
    ]
    assert await pushing.value("select count(*) from item") == 0


async def test_applied_delivery_lets_its_body_go_and_records_its_event(pushing: Pushing) -> None:
    out = await pushing.push([item(n) for n in range(10)])
    assert await pushing.value("select count(*) from delivery_body") == 0
    assert len(out.sha256) == 64
    event = await pushing.row("select type, subject from outbox")
    assert event["type"].startswith("sample.delivery.applied")
    assert str(out.id) in event["subject"]


@pytest.mark.parametrize("state", ["applied", "rejected"])
async def test_database_refuses_counts_that_do_not_add_up(pushing: Pushing, state: str) -> None:
    out = await pushing.push([item(1), item(2)])
    with pytest.raises(Exception, match="delivery_counts"):
        await pushing.rows(
            "update delivery set state = $2, created = created - 1 where id = $1", out.id, state
        )
