"""Vouchers pushed by the system that keeps the city's ledger: booked, corrected, taken back."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from services.budget import code_parts, dimensions, periods
from services.budget.code_parts import Naming
from services.budget.dimensions import DimensionNaming, ObjectNaming
from services.budget.domain.chart import Part
from shared.db import driver
from tests.budget.books import BY, YEAR, open_books

if TYPE_CHECKING:
    from shared.deliveries.resource import DeliveryOut
    from tests.budget.pushing import Pushing

NDJSON, CSV = "application/x-ndjson", "text/csv"
SINCE = date(2000, 1, 1)


@pytest.fixture
async def ledger(pushing: Pushing) -> Pushing:
    async with pushing.db.begin() as session:
        conn = await driver(session)
        await open_books(conn)
        undivided = Naming("0", "Ej uppdelad", SINCE)
        await code_parts.ensure(conn, Part.COUNTERPART, [undivided], by=BY)
        await dimensions.register_dimension(conn, DimensionNaming(7, "Anställd"), by=BY)
        for number, code in ((1, "4711"), (6, "P1"), (21, "V5"), (7, "A12"), (7, "A13")):
            naming = ObjectNaming(code, code, SINCE)
            await dimensions.register(conn, number, naming, by=BY)
    return pushing


def posting(account: str, amount: str, **named: object) -> dict[str, object]:
    return {"account": account, "amount": amount} | named


def voucher(key: str, amount: str = "100.00", **changed: object) -> dict[str, Any]:
    return {
        "key": key,
        "happenedOn": f"{YEAR}-03-15",
        "text": "Hyra",
        "postings": [posting("5010", amount, counterpart="87"), posting("1510", f"-{amount}")],
    } | changed


async def push(
    ledger: Pushing,
    *rows: dict[str, Any] | str,
    atomic: bool = False,
    dry_run: bool = False,
) -> DeliveryOut:
    """Send vouchers as NDJSON, or lines as CSV."""
    if isinstance(rows[0], str):
        body, content_type = "\n".join([*map(str, rows), ""]).encode(), CSV
    else:
        body, content_type = b"".join(json.dumps(r).encode() + b"\n" for r in rows), NDJSON
    return await ledger.push(
        body,
        register="vouchers",
        content_type=content_type,
        atomic=atomic,
        dry_run=dry_run,
    )


async def heads(ledger: Pushing) -> list[tuple[Any, ...]]:
    rows = await ledger.rows(
        "select series, number, period, source_key, source_version, reversal_of is not null,"
        " text from voucher order by series, number"
    )
    return [tuple(row) for row in rows]


async def balances(ledger: Pushing) -> dict[str, int]:
    rows = await ledger.rows("select account, sum(amount)::bigint from posting group by account")
    return {account: net for account, net in rows if net}


async def test_vouchers_are_booked_in_a_series_of_their_own(ledger: Pushing) -> None:
    delivery = await push(ledger, voucher("A12"), voucher("A13", "7.50", period=YEAR * 100 + 13))
    assert (delivery.state, delivery.counts.created) == ("applied", 2)
    assert await heads(ledger) == [
        ("VER", 1, YEAR * 100 + 3, "A12", 1, False, "Hyra"),
        ("VER", 2, YEAR * 100 + 13, "A13", 1, False, "Hyra"),
    ]
    assert await balances(ledger) == {"5010": 10_750, "1510": -10_750}
    found = await ledger.rows("select account, counterpart, counterpart_class from posting")
    assert {tuple(row) for row in found} == {
        ("5010", "87", "external"),
        ("1510", "0", "undivided"),
    }


async def test_same_voucher_again_writes_nothing_in_whatever_form(ledger: Pushing) -> None:
    full = voucher(
        "A12",
        postings=[
            posting("5010", "100.00", counterpart="87", responsibility="4711", project="P1"),
            posting("5010", "5", activity="V5", objects={"7": "A12"}, text="Rest"),
            posting("1510", "-105.00", counterpart="0"),
        ],
    )
    lines = (
        "key;happenedOn;text;account;counterpart;amount;responsibility;project;activity;objects;postingText",
        f"A12;{YEAR}-03-15;Hyra;5010;87;100.00;4711;P1;;;",
        "A12;;;5010;;5;;;V5;7=A12;Rest",
        f"A12;{YEAR}-03-15;Hyra;1510;0;-105.00;;;;;",
    )
    first = await push(ledger, full)
    again = [await push(ledger, full), await push(ledger, *lines)]
    stated = await push(ledger, full | {"period": YEAR * 100 + 3})
    assert first.counts.created == 1
    assert [each.counts.unchanged for each in (*again, stated)] == [1, 1, 1]
    assert await ledger.value("select count(*) from voucher") == 1
    rows = await ledger.rows(
        "select responsibility, project, activity, objects::text, text from posting order by id"
    )
    assert [tuple(row) for row in rows] == [
        ("4711", "P1", "", "{}", ""),
        ("", "", "V5", '{"7": "A12"}', "Rest"),
        ("", "", "", "{}", ""),
    ]


async def test_changed_voucher_is_taken_back_and_booked_anew(ledger: Pushing) -> None:
    await push(ledger, voucher("A12"), voucher("A13"))
    delivery = await push(ledger, voucher("A12", "90.00"), voucher("A13"))
    assert (delivery.counts.changed, delivery.counts.unchanged) == (1, 1)
    assert await balances(ledger) == {"5010": 19_000, "1510": -19_000}
    assert [head[1:6] for head in await heads(ledger)] == [
        (1, YEAR * 100 + 3, "A12", 1, False),
        (2, YEAR * 100 + 3, "A13", 1, False),
        (3, YEAR * 100 + 3, None, None, True),
        (4, YEAR * 100 + 3, "A12", 2, False),
    ]
    reason = await ledger.value("select reason from voucher where reversal_of is not null")
    assert reason == f"Ersatt av leverans {delivery.id}"


async def test_retracted_voucher_is_taken_back_and_may_come_again(ledger: Pushing) -> None:
    await push(ledger, voucher("A12"))
    retraction = {"op": "retract", "key": "A12", "reason": "Fel bolag"}
    delivery = await push(ledger, retraction)
    assert delivery.counts.retracted == 1
    assert await balances(ledger) == {}
    assert await ledger.value("select reason from voucher where number = 2") == "Fel bolag"
    assert (await push(ledger, retraction)).counts.unchanged == 1
    assert (await push(ledger, voucher("A12"))).counts.created == 1
    assert (await heads(ledger))[-1][3:5] == ("A12", 2)
    by_line = await push(ledger, "key;op;reason", "A12;retract;Fel igen", "A99;retract;Okänd")
    assert (by_line.counts.retracted, by_line.counts.rejected) == (1, 1)
    assert [error["code"] for error in await ledger.errors(by_line)] == ["unknown_key"]


async def test_faulty_voucher_is_refused_by_name_and_no_other(ledger: Pushing) -> None:
    async with ledger.db.begin() as session:
        conn = await driver(session)
        await periods.close(conn, period=YEAR * 100 + 2, by=BY)
        ended = Naming("3510", "Bidrag", SINCE, date(YEAR, 3, 14))
        await code_parts.rename(conn, Part.ACCOUNT, ended, by=BY)
    faulty = [
        voucher("unbalanced", postings=[posting("5010", "5.00"), posting("1510", "-4.25")]),
        voucher("small", postings=[posting("5010", "5.00")]),
        voucher("zero", postings=[posting("5010", "0.00"), posting("1510", "0.00")]),
        voucher("closed", period=YEAR * 100 + 2),
        voucher("unopened", happenedOn="2044-01-01"),
        voucher("no-period", period=YEAR * 100 + 17),
        voucher("other-year", period=YEAR * 100 + 3, happenedOn=f"{YEAR + 1}-01-01"),
        voucher("account", postings=[posting("5999", "5.00"), posting("1510", "-5.00")]),
        voucher("ended", postings=[posting("3510", "5.00"), posting("1510", "-5.00")]),
        voucher("counterpart", postings=[posting("5010", "5.00", counterpart="99"),
                                         posting("1510", "-5.00")]),
        voucher("object", postings=[posting("5010", "5.00", objects={"7": "A14"}),
                                    posting("1510", "-5.00")]),
        voucher("project", postings=[posting("5010", "5.00", project="4711"),
                                     posting("1510", "-5.00")]),
        voucher("float", postings=[posting("5010", "5.005"), posting("1510", "-5.005")]),
    ]  # fmt: skip
    delivery = await push(ledger, *faulty, voucher("good"))
    errors = {e["key"]: (e["field"], e["code"]) for e in await ledger.errors(delivery)}
    assert errors == {
        "unbalanced": ("postings", "voucher_unbalanced"),
        "small": ("postings", "voucher_too_small"),
        "zero": ("postings", "zero_amount"),
        "closed": ("period", "period_closed"),
        "unopened": ("period", "unknown_period"),
        "no-period": ("period", "not_a_period"),
        "other-year": ("happenedOn", "voucher_in_another_year"),
        "account": ("postings.account", "code_part_not_valid"),
        "ended": ("postings.account", "code_part_not_valid"),
        "counterpart": ("postings.counterpart", "code_part_not_valid"),
        "object": ("postings.objects", "code_part_not_valid"),
        "project": ("postings.objects", "code_part_not_valid"),
        "float": ("postings[0].amount", "wrong_pattern"),
    }
    assert (delivery.counts.created, delivery.counts.rejected) == (1, len(faulty))
    unbalanced = (await ledger.errors(delivery))[0]
    assert unbalanced["difference"] == "0.75"
    assert "0.75" in unbalanced["detail"]


async def test_line_at_fault_is_named_and_refuses_its_voucher_alone(ledger: Pushing) -> None:
    day = f"{YEAR}-03-15"
    delivery = await push(
        ledger,
        "key,happenedOn,text,account,amount",
        f"good,{day},Hyra,5010,5.00",
        "good,,,1510,-5.00",
        f"amount,{day},Hyra,5010,5.00",
        "amount,,,1510,-5.0.0",
        f'quoted,{day},"Hyra, i',
        'två rader",5010,5.00',
        "quoted,,,1510,-5.00",
        f"cells,{day},Hyra,5010,5.00",
        "cells,,1510,-5.00",
        f"other,{day},Hyra,5010,5.00",
        f"other,{YEAR}-03-16,,1510,-5.00",
        "headless,,Hyra,5010,5.00",
        "headless,,,1510,-5.00",
        "",
        f"good,{day},Hyra,5010,5.00",
        "good,,,1510,-5.00",
        f"last,{day},Hyra,5010,5.00",
        "last,,,1510,-5.00",
    )
    errors = [(e["row_no"], e["key"], e["field"], e["code"]) for e in await ledger.errors(delivery)]
    assert errors == [
        (4, "amount", "postings[1].amount", "wrong_pattern"),
        (9, "cells", None, "malformed_row"),
        (11, "other", "happenedOn", "contradicts_first_line"),
        (13, "headless", "happenedOn", "missing"),
        (16, "good", None, "duplicate_key"),
    ]
    details = [e["detail"] for e in await ledger.errors(delivery)]
    assert details[0].startswith("Line 5: ")
    assert details[1] == "Line 10 has 4 cells, the header 5."
    assert details[2] == "Line 12 says another happenedOn than line 11."
    counts = delivery.counts
    assert (counts.rows, counts.created, counts.rejected, counts.remaining) == (8, 3, 5, 0)
    texts = await ledger.rows("select source_key, text from voucher order by number")
    assert [tuple(row) for row in texts] == [
        ("good", "Hyra"),
        ("quoted", "Hyra, i\ntvå rader"),
        ("last", "Hyra"),
    ]


async def test_unchanged_voucher_of_a_closed_period_is_no_error(ledger: Pushing) -> None:
    await push(ledger, voucher("A12"), voucher("A13"))
    async with ledger.db.begin() as session:
        await periods.close(await driver(session), period=YEAR * 100 + 3, by=BY)
    moved = voucher("A13", happenedOn=f"{YEAR}-04-15")
    retraction = {"op": "retract", "key": "A12", "reason": "Fel"}
    same = await push(ledger, voucher("A12"), voucher("A13", "1.00"))
    later = await push(ledger, moved, retraction)
    assert (same.counts.unchanged, same.counts.rejected, later.counts.rejected) == (1, 1, 2)
    codes = [(e["key"], e["code"]) for e in await ledger.errors(later)]
    assert codes == [("A13", "period_closed"), ("A12", "period_closed")]
    assert await ledger.value("select count(*) from voucher") == 2


async def test_dry_run_says_by_how_much_each_group_would_move(ledger: Pushing) -> None:
    await push(ledger, voucher("A12"))
    delivery = await push(ledger, voucher("A12", "90.00"), voucher("A13", "5.00"), dry_run=True)
    moved = {figure.measure: figure.amount for figure in delivery.moved_figures or ()}
    assert moved == {"outcome/50": -500, "outcome/15": 500}
    assert await ledger.value("select count(*) from voucher") == 1


async def test_delivery_that_would_change_much_is_held(ledger: Pushing) -> None:
    vouchers = [voucher(f"K{n}") for n in range(100)]
    assert (await push(ledger, *vouchers)).state == "applied"
    delivery = await push(ledger, *(each | {"text": "Ny"} for each in vouchers[:60]))
    assert delivery.state == "held"
    assert (await push(ledger, *(each | {"text": "Ny"} for each in vouchers[60:70]))).state == (
        "applied"
    )


async def test_atomic_delivery_of_many_batches_is_whole_or_nothing(
    ledger: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.deliveries.apply.BATCH", 4)
    vouchers = [voucher(f"K{n}") for n in range(11)]
    spoilt = [*vouchers, voucher("odd", postings=[posting("5010", "1.00")])]
    assert (await push(ledger, *spoilt, atomic=True)).state == "rejected"
    assert await heads(ledger) == []
    delivery = await push(ledger, *vouchers, atomic=True)
    assert (delivery.state, delivery.counts.created) == ("applied", 11)
    assert [head[1] for head in await heads(ledger)] == list(range(1, 12))
