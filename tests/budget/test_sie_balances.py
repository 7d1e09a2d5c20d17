"""Balances that a SIE file states: they must add up, and types 1-3 are booked from them alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from services.budget.domain.vouchers import Draft, Entry
from tests.budget.books import booked
from tests.budget.sie_books import Books
from tests.budget.sie_files import HEAD, LEDGER

if TYPE_CHECKING:
    from shared.db import Database

YEAR = 2031


@pytest.fixture
async def books(budget_db: Database) -> Books:
    books = Books(budget_db)
    await books.open_year(YEAR)
    return books


FLIPPED = {
    "closing balance": ("#UB 0 1910 -150.50", "#UB 0 1910 -150.51", (22, "#UB amount", "0.01")),
    "opening balance of an account": (
        "#IB 0 1510 1000.00\n#IB 0 2010 -1000.00",
        "#IB 0 1510 999.00\n#IB 0 2010 -999.00",
        (21, "#UB amount", "-1.00"),
    ),
    "result": ("#RES 0 5010 1350.5", "#RES 0 5010 1351", (25, "#RES amount", "-0.50")),
    "object's closing balance": (
        "#RES 0 5010",
        '#OUB 0 5010 {6 "P1"} 1350.49\n#RES 0 5010',
        (25, "#OUB amount", "0.01"),
    ),
    "object of two dimensions": (
        "#RES 0 5010",
        '#OUB 0 5010 {1 J1 6 "P1"} 1350.51\n#RES 0 5010',
        (25, "#OUB amount", "-0.01"),
    ),
    "balance of a month": (
        "#RES 0 5010",
        "#PSALDO 0 203102 5010 {} 1350.50\n#RES 0 5010",
        (25, "#PSALDO amount", "-1350.50"),
    ),
}


@pytest.mark.parametrize("case", FLIPPED)
async def test_balance_that_the_vouchers_do_not_lead_to_refuses_the_file(
    books: Books, case: str
) -> None:
    good, bad, (line, where, difference) = FLIPPED[case]
    delivery = await books.deliver(LEDGER.replace(good, bad, 1))
    assert delivery.state == "rejected"
    assert (line, where, "balance_differs", difference) in await books.faults(delivery)
    assert await books.value("select count(*) from voucher") == 0


async def test_balances_that_agree_are_accepted_in_every_form(books: Books) -> None:
    """The control of the test before it: the same records with the right amounts."""
    await books.accepted(
        LEDGER.replace(
            "#RES 0 5010",
            '#OUB 0 5010 {6 "P1"} 1350.50\n#OUB 0 5010 {1 J1 6 "P1"} 1350.5\n'
            "#PSALDO 0 203101 5010 {} 1350.50\n#PSALDO 0 203101 5010 {6 P1} 1350.50\n#RES 0 5010",
        )
    )
    assert await books.value("select count(*) from sie_balance") == 11


async def test_account_without_its_closing_balance_is_named(books: Books) -> None:
    delivery = await books.deliver(LEDGER.replace("#UB 0 1910 -150.50\n", "#X\n"))
    errors = await books.errors(delivery)
    assert [(e["key"], e["code"], e["difference"]) for e in errors] == [
        ("1910", "balance_missing", "-150.50")
    ]


async def test_months_that_do_not_make_up_the_year_are_named(books: Books) -> None:
    delivery = await books.deliver(
        LEDGER.replace("#RES 0 3510", "#PSALDO 0 203101 1910 {} -1350.50\n#RES 0 3510")
    )
    assert await books.faults(delivery) == [
        (24, "#PSALDO amount", "months_do_not_sum_to_year", "1200.00")
    ]


async def test_file_that_has_lost_a_voucher_is_refused(books: Books) -> None:
    """The tail cut between two vouchers: every record is fine, the sum is not."""
    delivery = await books.deliver(LEDGER[: LEDGER.index("#VER A 2")])
    assert delivery.state == "rejected"
    assert {code for _, _, code, _ in await books.faults(delivery)} == {"balance_differs"}


async def test_previous_years_balances_are_compared_with_the_ledger_if_it_has_that_year(
    books: Books,
) -> None:
    previous = "#UB -1 1510 800\n#UB -1 1910 -150.50\n#UB -1 2010 -1000\n#RES -1 3510 -1000\n"
    following = LEDGER.replace("2031", "2032").replace("2030", "2031") + previous
    await books.open_year(YEAR + 1)
    assert (await books.accepted(following)).explanation is None  # 2031 is not here yet
    await books.accepted(LEDGER)
    assert (await books.accepted(following)).explanation is None
    changed = following.replace("#UB -1 1510 800", "#UB -1 1510 801")
    delivery = await books.accepted(changed)
    assert delivery.explanation is not None
    assert delivery.explanation.code == "previous_year_differs"
    assert "1 konton: 1510." in delivery.explanation.detail


BALANCES = """\
#RAR 0 20310101 20311231
#KONTO 1510 Kundfordringar
#KONTO 2010 "Eget kapital"
#KONTO 3510 Bidrag
#IB 0 1510 1000
#IB 0 2010 -1000
#UB 0 1510 {closing}
#UB 0 2010 -1000
#RES 0 3510 -{result}
"""

MONTHS = """\
#PSALDO 0 203101 1510 {} 300
#PSALDO 0 203101 3510 {} -300
#PSALDO 0 203103 1510 {} 200
#PSALDO 0 203103 3510 {} -200
"""

YEAR_FILE = HEAD.format(type=1) + BALANCES.format(closing=1500, result=500)
MONTHS_FILE = HEAD.format(type=2) + BALANCES.format(closing=1500, result=500) + MONTHS
OBJECTS_FILE = MONTHS_FILE.replace("#SIETYP 2", "#SIETYP 3") + (
    "#OIB 0 1510 {6 P1} 400\n#PSALDO 0 203103 3510 {6 P1} -150\n#OUB 0 3510 {6 P1} -150\n"
)


async def _moved(books: Books) -> dict[tuple[int, str], int]:
    rows = await books.rows(
        "select period, account, sum(amount)::bigint as amount from posting"
        " where period % 100 > 0 group by 1, 2 having sum(amount) <> 0"
    )
    return {(row["period"], row["account"]): row["amount"] for row in rows}


async def test_balances_of_a_year_are_booked_in_its_last_month_for_all_of_it(books: Books) -> None:
    await books.accepted(YEAR_FILE)
    assert await _moved(books) == {(203112, "1510"): 50_000, (203112, "3510"): -50_000}
    assert await books.value("select covers_from from voucher where period = 203112") == 203101


async def test_balances_of_months_are_booked_month_by_month(books: Books) -> None:
    await books.accepted(MONTHS_FILE)
    assert await _moved(books) == {
        (203101, "1510"): 30_000,
        (203101, "3510"): -30_000,
        (203103, "1510"): 20_000,
        (203103, "3510"): -20_000,
    }


async def test_balances_of_objects_are_booked_within_their_accounts(books: Books) -> None:
    await books.accepted(OBJECTS_FILE)
    rows = await books.rows(
        "select period, sum(amount)::bigint as amount from posting where project = 'P1'"
        " group by period order by period"
    )
    assert [tuple(row) for row in rows] == [(203100, 40_000), (203103, -15_000)]
    assert (await _moved(books))[203103, "3510"] == -20_000


async def test_later_file_of_balances_replaces_what_the_earlier_one_booked(books: Books) -> None:
    await books.accepted(MONTHS_FILE)
    assert (await books.accepted(MONTHS_FILE)).counts.created == 0
    moved = MONTHS_FILE.replace("203103", "203104")
    delivery = await books.accepted(moved)
    assert delivery.counts.retracted == 1  # March
    assert {period for period, _ in await _moved(books)} == {203101, 203104}
    await books.accepted(YEAR_FILE)
    assert await _moved(books) == {(203112, "1510"): 50_000, (203112, "3510"): -50_000}
    await books.accepted(MONTHS_FILE)
    assert {period for period, _ in await _moved(books)} == {203101, 203103}


async def test_months_that_do_not_balance_are_refused(books: Books) -> None:
    delivery = await books.deliver(MONTHS_FILE.replace("3510 {} -300", "3510 {} -299"))
    assert (16, "#PSALDO amount", "movement_unbalanced", "1.00") in await books.faults(delivery)


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (LEDGER, YEAR_FILE, "year_has_vouchers"),
        (LEDGER, MONTHS_FILE, "year_has_vouchers"),
        (MONTHS_FILE, LEDGER, "year_has_balances"),
    ],
)
async def test_vouchers_and_balances_of_one_year_would_count_twice(
    books: Books, first: str, second: str, code: str
) -> None:
    await books.accepted(first)
    before = await books.balances(YEAR)
    delivery = await books.deliver(second)
    assert delivery.state == "rejected"
    assert code in [fault[2] for fault in await books.faults(delivery)]
    assert await books.balances(YEAR) == before


async def test_year_that_others_have_booked_in_is_told_of(books: Books) -> None:
    await books.accepted(LEDGER)
    by_hand = Draft(
        YEAR * 100 + 5,
        date(YEAR, 5, 2),
        "För hand",
        [Entry("5010", "0", 1_000), Entry("1910", "0", -1_000)],
    )
    await booked(books.db, by_hand)
    delivery = await books.accepted(LEDGER)
    assert delivery.explanation is not None
    assert delivery.explanation.code == "year_has_other_vouchers"
    assert "1 verifikationer" in delivery.explanation.detail
