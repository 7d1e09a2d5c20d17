"""The ledger as a SIE file: everything in it, at a basis, and back again to an equal ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from services.budget import code_parts, dimensions, vouchers
from services.budget.code_parts import Naming
from services.budget.dimensions import DimensionNaming, ObjectNaming
from services.budget.domain.chart import Part
from services.budget.domain.sie.records import PBUDGET, Balance, Voucher
from services.budget.domain.vouchers import Draft, Entry
from shared.db import driver
from tests.budget.books import booked, draft, open_books
from tests.budget.sie_books import Books
from tests.budget.sie_files import LEDGER, records_in

if TYPE_CHECKING:
    from shared.db import Database
    from tests.budget.calling import Clerk
    from tests.conftest import NewDatabase, OpenDatabase

YEAR = 2031
SINCE = date(2000, 1, 1)


@pytest.fixture
async def books(budget_db: Database) -> Books:
    async with budget_db.begin() as session:
        conn = await driver(session)
        await open_books(conn, year=YEAR)
        undivided = Naming("0", "Ej uppdelad på motpart", SINCE)
        await code_parts.ensure(conn, Part.COUNTERPART, [undivided], by="tests")
        namings = [DimensionNaming(7, "Anställd"), DimensionNaming(61, "Delprojekt", 6)]
        await dimensions.ensure_dimensions(conn, namings, by="tests")
        for number, code in ((1, "J1"), (6, "P 1"), (21, "451"), (7, 'A"7'), (61, "D1")):
            naming = ObjectNaming(code, f"Namn på {code}", SINCE)
            await dimensions.ensure(conn, number, [naming], by="tests")
    return Books(budget_db)


@pytest.fixture
async def others(new_database: NewDatabase, open_database: OpenDatabase) -> Books:
    """A second ledger, empty but for its open year."""
    books = Books(open_database(await new_database("budget")))
    await books.open_year(YEAR)
    return books


def _everything() -> list[Draft]:
    """Return vouchers with whatever a voucher can say."""
    march = YEAR * 100 + 3
    divided = Entry(
        "5010",
        "87",
        100_001,
        project="P 1",
        responsibility="J1",
        activity="451",
        objects={"7": 'A"7', "61": "D1"},
        text='Lön "mars" \\ 100 %',
    )
    whole = Draft(march, date(YEAR, 3, 31), "Löner", [divided, Entry("1510", "0", -100_001)])
    return [
        whole,
        replace(whole, text="Sen faktura", period=march + 2),
        replace(whole, text="Bokslut", period=YEAR * 100 + 13, happened_on=date(YEAR, 12, 31)),
        replace(whole, text="Omföring", period=YEAR * 100 + 14, happened_on=date(YEAR, 12, 31)),
        replace(whole, text="Tertial", period=YEAR * 100 + 8, covers_from=YEAR * 100 + 5,
                happened_on=date(YEAR, 8, 31)),
        replace(whole, text="Ingående", period=YEAR * 100, happened_on=date(YEAR, 1, 1)),
        Draft(march, date(YEAR, 3, 1), "Öre", [Entry("1510", "55", 1), Entry("2010", "11", -1)]),
    ]  # fmt: skip


async def test_everything_that_a_voucher_says_comes_back(books: Books, others: Books) -> None:
    made = await booked(books.db, *_everything())
    async with books.db.begin() as session:
        await vouchers.reverse(
            await driver(session),
            made[0],
            reason="Fel konto",
            period=YEAR * 100 + 4,
            happened_on=date(YEAR, 4, 2),
            by="tests",
        )
    exported = await books.export(YEAR)
    await others.accepted(exported)
    assert await others.vouchers(YEAR) == await books.vouchers(YEAR)
    assert len(await others.vouchers(YEAR)) == 7
    assert await others.opening(YEAR) == await books.opening(YEAR)
    assert await others.balances(YEAR) == await books.balances(YEAR)
    assert await others.names() == await books.names()
    assert await _parts(others) == await _parts(books)


async def _parts(books: Books) -> list[tuple[object, ...]]:
    """Return what each period comes to per account and counterpart class."""
    rows = await books.rows(
        "select period, account, counterpart_class, sum(amount)::bigint as amount from posting"
        " where period % 100 > 0 group by 1, 2, 3 having sum(amount) <> 0 order by 1, 2, 3"
    )
    return [tuple(row) for row in rows]


async def test_second_copy_exports_the_same_balances_again(books: Books, others: Books) -> None:
    await booked(books.db, *_everything())
    first = await books.export(YEAR)
    await others.accepted(first)
    second = await others.export(YEAR)
    balances = [
        [replace(r, line=0) for r in records_in(content)[0] if isinstance(r, Balance)]
        for content in (first, second)
    ]
    assert balances[0] == balances[1]
    assert len(balances[0]) > 10


async def test_period_that_the_day_does_not_tell_stands_in_the_series(books: Books) -> None:
    await booked(books.db, *_everything())
    records, faults, _ = records_in(await books.export(YEAR))
    assert faults == []
    assert {r.text: r.series for r in records if isinstance(r, Voucher)} == {
        "Löner": "A",
        "Sen faktura": "A.05",
        "Bokslut": "A.13",
        "Omföring": "A.14",
        "Tertial": "A.08-05",
        "Öre": "A",
    }


async def test_series_with_a_point_is_only_read_so_in_a_file_of_ours(books: Books) -> None:
    await books.accepted(LEDGER.replace("#VER A 2", "#VER A.13 2"))
    periods = await books.rows("select source_key, period from voucher where period % 100 > 0")
    assert {row["source_key"]: row["period"] for row in periods} == {
        "2031:A:1": 203101,
        "2031:A.13:2": 203102,
    }


async def test_broken_year_comes_back(
    budget_db: Database, new_database: NewDatabase, open_database: OpenDatabase
) -> None:
    text = LEDGER.replace("20310101 20311231", "20300701 20310630").replace("20310115", "20300715")
    ledgers = [Books(budget_db), Books(open_database(await new_database("budget")))]
    for ledger in ledgers:
        await ledger.open_year(YEAR, date(2030, 7, 1))
    await ledgers[0].accepted(text)
    await ledgers[1].accepted(await ledgers[0].export(YEAR))
    assert await ledgers[1].vouchers(YEAR) == await ledgers[0].vouchers(YEAR)
    assert [voucher[0] for voucher in await ledgers[1].vouchers(YEAR)] == [203101, 203108]


async def test_year_before_stands_beside_and_agrees_with_the_ledger(
    books: Books, others: Books
) -> None:
    """So the warning of an import that compares them has nothing to say."""
    await others.open_year(YEAR + 1)
    await books.open_year(YEAR + 1)
    await books.accepted(LEDGER)
    await books.accepted(LEDGER.replace("2031", "2032").replace("2030", "2031"))
    exported = await books.export(YEAR + 1)
    records, _, _ = records_in(exported)
    before = [r for r in records if isinstance(r, Balance) and r.year == -1]
    assert {(b.label, b.account): b.amount for b in before} == {
        ("#IB", "1510"): 100_000,
        ("#IB", "2010"): -100_000,
        ("#UB", "1510"): 80_000,
        ("#UB", "1910"): -15_050,
        ("#UB", "2010"): -100_000,
        ("#RES", "3510"): -100_000,
        ("#RES", "5010"): 135_050,
    }
    for year in (YEAR, YEAR + 1):
        assert (await others.accepted(await books.export(year))).explanation is None


async def test_own_file_pushed_back_would_count_twice_and_is_refused(books: Books) -> None:
    await books.accepted(LEDGER)
    delivery = await books.deliver(await books.export(YEAR))
    assert [fault[2] for fault in await books.faults(delivery)] == ["vouchers_lost"]


async def test_budget_by_account_comes_back(books: Books, others: Books) -> None:
    stated = '#PBUDGET 0 203101 5010 {} 1000\n#PBUDGET 0 203101 5010 {6 "P1"} 400\n'
    await books.accepted(LEDGER + stated)
    exported = await books.export(YEAR)
    budget = [r for r in records_in(exported)[0] if isinstance(r, Balance) and r.label == PBUDGET]
    assert {b.objects: b.amount for b in budget} == {(): 100_000, (("6", "P1"),): 40_000}
    await others.accepted(exported)
    assert await others.value("select count(*) from account_budget_line") == 2


async def test_file_is_served_with_its_name_and_kept_under_its_tag(clerk: Clerk) -> None:
    async with clerk.db.begin() as session:
        await open_books(await driver(session), year=YEAR)
    await booked(clerk.db, draft(12_345))
    await clerk.settled()
    path = f"/budget/v1/sie-files/{YEAR}"
    answer = await clerk.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-sie"
    assert answer.headers["content-disposition"] == 'attachment; filename="2031.se"'
    _, faults, reader = records_in(answer.content)
    assert faults == []
    assert reader.headings["#FNAMN"] == "Arbetsmarknadsnämnden, Stockholms stad"
    again = await clerk.http.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code in {200, 304}


async def test_file_at_an_earlier_basis_lacks_what_was_booked_since(clerk: Clerk) -> None:
    async with clerk.db.begin() as session:
        await open_books(await driver(session), year=YEAR)
    await booked(clerk.db, draft(12_345))
    await clerk.settled()
    basis = (await clerk.get("/ties", period=f"{YEAR}"))["basis"]
    path = f"/budget/v1/sie-files/{YEAR}"
    first = await clerk.http.get(path, params={"basis": basis})
    await booked(clerk.db, draft(777))
    await clerk.settled()
    kept = await clerk.http.get(path, params={"basis": basis})
    newer = await clerk.http.get(path)
    assert kept.content == first.content
    assert [
        len([r for r in records_in(one.content)[0] if isinstance(r, Voucher)])
        for one in (kept, newer)
    ] == [1, 2]
    unchanged = await clerk.http.get(
        path, params={"basis": basis}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert unchanged.status_code == 304


async def test_year_that_was_never_opened_has_no_file(clerk: Clerk) -> None:
    await clerk.get("/sie-files/2044", status=404)


async def test_file_is_pushed_and_served_over_http(clerk: Clerk) -> None:
    await clerk.post("/fiscal-years", {"year": YEAR})
    headers = {"Idempotency-Key": uuid4().hex, "Content-Type": "application/x-sie"}
    path = "/budget/v1/registers/sie/deliveries"
    sent = await clerk.http.post(path, content=LEDGER.encode("cp437"), headers=headers)
    assert sent.status_code == 202, sent.text
    headers |= {"Idempotency-Key": uuid4().hex, "Content-Type": "text/csv"}
    refused = await clerk.http.post(path, content=b"key\n1\n", headers=headers)
    assert refused.status_code == 415
