"""Trial balances with invented amounts: booked, corrected, continued, refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from services.budget import periods
from shared.db import driver
from tests.budget.books import booked, draft, open_books
from tests.budget.pushing import as_csv

if TYPE_CHECKING:
    from tests.budget.pushing import Pushing

YEAR = 2033
T1, T2 = f"{YEAR}01-{YEAR}04", f"{YEAR}01-{YEAR}08"


def _income(period: str, **amounts: tuple[str, str]) -> list[dict[str, str]]:
    """Return rows of groups with (external, internal) amounts."""
    return [
        {
            "statement": "income-statement",
            "period": period,
            "line": f"{group.removeprefix('g')} Namn",
            "external": external,
            "internal": internal,
        }
        for group, (external, internal) in amounts.items()
    ]


def _balance(period: str, **amounts: tuple[str, str]) -> list[dict[str, str]]:
    """Return rows of groups with (opening, closing external) amounts."""
    return [
        {
            "statement": "balance-sheet",
            "period": period,
            "line": group.removeprefix("g"),
            "opening": opening,
            "external": closing,
            "total": closing,
        }
        for group, (opening, closing) in amounts.items()
    ]


INCOME_T1 = _income(T1, g35=("-40.00", "0.00"), g50=("100.00", "20.00"))
INCOME_T2 = _income(T2, g35=("-90.00", "0.00"), g50=("250.00", "20.00"))
BALANCE_T1 = _balance(T1, g15=("500.00", "620.00"), g20=("-500.00", "-620.00"))


@pytest.fixture
async def year(pushing: Pushing) -> Pushing:
    await pushing.open_year(YEAR)
    return pushing


async def _ledger(pushing: Pushing) -> dict[tuple[int, str, str], int]:
    """Return the net of every cell that is not zero."""
    rows = await pushing.rows(
        """
        select period, account, counterpart_class, sum(amount)::bigint as net from posting
        group by 1, 2, 3 having sum(amount) <> 0 order by 1, 2, 3
        """
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


@pytest.mark.parametrize("order", [(INCOME_T1, BALANCE_T1), (BALANCE_T1, INCOME_T1)])
async def test_both_forms_give_one_ledger_in_either_order(
    year: Pushing, order: tuple[list[dict[str, str]], ...]
) -> None:
    for rows in order:
        assert (await year.push(as_csv(rows))).state == "applied"
    opening, april = YEAR * 100, YEAR * 100 + 4
    assert await _ledger(year) == {
        (opening, "15", "undivided"): 50_000,
        (opening, "20", "undivided"): -50_000,
        (april, "15", "external"): 62_000,
        (april, "15", "undivided"): -50_000,
        (april, "20", "external"): -62_000 - 8_000,
        (april, "20", "undivided"): 50_000,
        (april, "35", "external"): -4_000,
        (april, "50", "external"): 10_000,
        (april, "50", "internal"): 2_000,
    }


async def test_later_table_books_only_what_the_earlier_did_not(year: Pushing) -> None:
    await year.push(as_csv(INCOME_T1))
    await year.push(as_csv(INCOME_T2))
    ledger = await _ledger(year)
    assert ledger[YEAR * 100 + 8, "50", "external"] == 15_000
    assert ledger[YEAR * 100 + 8, "35", "external"] == -5_000
    assert (YEAR * 100 + 8, "50", "internal") not in ledger
    covers = await year.value("select covers_from from voucher where period = $1", YEAR * 100 + 8)
    assert covers == YEAR * 100 + 5


async def test_equal_table_writes_nothing(year: Pushing) -> None:
    first = await year.push(as_csv(INCOME_T1))
    again = await year.push(as_csv(INCOME_T1))
    assert (first.counts.created, again.counts.unchanged) == (2, 2)
    assert await year.value("select count(*) from voucher") == 1


async def test_corrected_row_reverses_and_books_anew_later_tables_too(year: Pushing) -> None:
    for rows in (INCOME_T1, INCOME_T2):
        await year.push(as_csv(rows))
    corrected = await year.push(as_csv(_income(T1, g50=("130.00", "20.00"))))
    assert (corrected.counts.changed, corrected.counts.created) == (1, 0)
    ledger = await _ledger(year)
    assert ledger[YEAR * 100 + 4, "50", "external"] == 13_000
    assert ledger[YEAR * 100 + 8, "50", "external"] == 12_000
    reversals = await year.rows("select reason from voucher where reversal_of is not null")
    assert [row["reason"] for row in reversals] == [f"Ersatt av leverans {corrected.id}"] * 2
    numbers = await year.rows("select number from voucher order by number")
    assert [row["number"] for row in numbers] == [1, 2, 3, 4, 5, 6]


async def test_dry_run_books_nothing_and_says_what_it_would_move(year: Pushing) -> None:
    extra = _income(T1, g51=("7.00", "0.00"))
    await year.push(as_csv(INCOME_T1))
    delivery = await year.push(as_csv(extra), dry_run=True)
    assert (delivery.state, delivery.counts.created) == ("applied", 1)
    moved = {found.measure: found.amount for found in delivery.moved_figures or []}
    assert moved == {"outcome/20": -700, "outcome/51": 700}
    assert await year.value("select count(*) from trial_balance") == 1
    assert await year.value("select count(*) from voucher") == 1


async def test_account_rows_below_the_group_are_kept_as_accounts(year: Pushing) -> None:
    rows = _income(T1, g5010=("60.00", "0.00"), g5020=("40.00", "20.00"))
    section = {
        "statement": "income-statement",
        "period": T1,
        "line": "Verksamhetens kostnader",
        "external": "100.00",
        "internal": "20.00",
    }
    assert (await year.push(as_csv([*rows, section]))).state == "applied"
    accounts = await year.rows("select code from account where account_group = '50' order by 1")
    assert [row["code"] for row in accounts] == ["5010", "5020"]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"line": "Summa äpplen"}, "line", "unknown_line"),
        ({"line": "15 Kundfordringar"}, "line", "unknown_line"),
        ({"period": f"{YEAR}02-{YEAR}04"}, "period", "not_from_january"),
        ({"period": f"{YEAR}01-{YEAR + 1}04"}, "period", "not_a_period"),
        ({"opening": "1.00"}, "opening", "not_on_this_form"),
        ({"external": "", "internal": ""}, "total", "amount_missing"),
        ({"external": "1,00"}, "external", "pattern"),
        ({"period": "199101-199104"}, "period", "unknown_period"),
        ({"total": "119.99"}, "total", "classes_do_not_sum_to_total"),
    ],
)
async def test_faulty_row_refuses_the_whole_table(
    year: Pushing, change: dict[str, str], field: str, code: str
) -> None:
    rows = [INCOME_T1[0], INCOME_T1[1] | change]
    delivery = await year.push(as_csv(rows))
    assert delivery.state == "rejected"
    errors = await year.errors(delivery)
    assert field in {error["field"] for error in errors}
    assert any(code in error["code"] for error in errors), errors
    assert await year.value("select count(*) from voucher") == 0


async def test_balance_sheet_that_misses_zero_is_refused(year: Pushing) -> None:
    rows = _balance(T1, g15=("500.00", "620.00"), g20=("-500.00", "-619.99"))
    delivery = await year.push(as_csv(rows))
    assert delivery.state == "rejected"
    assert {error["code"] for error in await year.errors(delivery)} == {"does_not_balance"}


async def test_balance_sheet_without_totals_must_balance_too(year: Pushing) -> None:
    rows = _balance(T1, g15=("500.00", "620.00"), g20=("-500.00", "-619.99"))
    for row in rows:
        del row["total"]
    delivery = await year.push(as_csv(rows))
    assert delivery.state == "rejected"
    assert [error["code"] for error in await year.errors(delivery)] == ["does_not_balance"]


async def test_closed_period_refuses_the_table_and_its_correction(year: Pushing) -> None:
    await year.push(as_csv(INCOME_T1))
    async with year.db.begin() as session:
        await periods.close(await driver(session), period=YEAR * 100 + 4, by="tests")
    delivery = await year.push(as_csv(_income(T1, g50=("130.00", "20.00"))))
    assert delivery.state == "rejected"
    assert [error["code"] for error in await year.errors(delivery)] == ["period_closed"]


async def test_table_beside_vouchers_leaves_them_alone(year: Pushing) -> None:
    async with year.db.begin() as session:
        await open_books(await driver(session), year=YEAR + 1)
    await booked(year.db, draft(7_700, period=(YEAR + 1) * 100 + 3))
    await year.push(as_csv(INCOME_T1))
    ledger = await _ledger(year)
    assert ledger[(YEAR + 1) * 100 + 3, "5010", "external"] == 7_700
