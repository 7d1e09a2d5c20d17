"""The city's printed tables of August 2020, pushed as they read and as they should."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from tests.budget.pushing import BALANCE, INCOME, PRINTED, as_csv, needs_printed, printed

if TYPE_CHECKING:
    from tests.budget.pushing import Pushing

pytestmark = needs_printed

TEN = ["57", "61", "62", "63", "64", "65", "66", "68", "69", "70"]


async def _nothing_booked(pushing: Pushing) -> bool:
    tables = ("posting", "voucher", "trial_balance", "account", "voucher_series")
    return not any([await pushing.value(f"select count(*) from {name}") for name in tables])


async def test_printed_income_statement_is_refused_with_every_failing_cell(
    pushing: Pushing,
) -> None:
    await pushing.open_year(2020)
    rows = printed("income_statement_202008_as_printed.csv", "income-statement", INCOME)
    delivery = await pushing.push(as_csv(rows))
    assert delivery.state == "rejected"
    errors = await pushing.errors(delivery)
    crossing = [e for e in errors if e["code"] == "classes_do_not_sum_to_total"]
    assert [e["key"].rpartition("|")[2] for e in crossing] == TEN
    assert {e["field"] for e in crossing} == {"total"}
    assert crossing[0]["difference"] == "-22059.00"
    columns = [e for e in errors if e["code"] == "rows_do_not_sum_to_stated_sum"]
    assert [(e["key"].rpartition("|")[2], e["field"], e["difference"]) for e in columns] == [
        ("costs", "total", "-25060329.63")
    ]
    assert len(errors) == 11
    assert await _nothing_booked(pushing)


async def test_slide_is_offered_as_the_reason(pushing: Pushing) -> None:
    await pushing.open_year(2020)
    rows = printed("income_statement_202008_as_printed.csv", "income-statement", INCOME)
    explanation = (await pushing.push(as_csv(rows))).explanation
    assert explanation is not None
    assert explanation.code == "columns_slid"
    assert "slid one row down in rows 57-70" in explanation.detail
    assert "municipalCompany in rows" in explanation.detail
    assert "internal in rows 57-69" in explanation.detail
    assert "total in rows 57-70" in explanation.detail
    assert "9 of 10 failing rows foot; row 57 does not" in explanation.detail
    assert "70 total 1131796.62" in explanation.detail
    assert "With these cells the whole table foots" in explanation.detail


async def test_printed_balance_sheet_is_refused_for_row_29(pushing: Pushing) -> None:
    await pushing.open_year(2020)
    rows = printed("balance_sheet_202008_as_printed.csv", "balance-sheet", BALANCE)
    delivery = await pushing.push(as_csv(rows))
    assert delivery.state == "rejected"
    found = {
        (e["key"].rpartition("|")[2], e["field"]): e["difference"]
        for e in await pushing.errors(delivery)
    }
    assert found == {
        ("29", "total"): "4.00",
        ("short-term-debt", "change"): "-596.00",
        ("short-term-debt", "external"): "-600.00",
        ("short-term-debt", "total"): "-600.00",
    }
    assert delivery.explanation is not None
    assert delivery.explanation.code == "row_misread"
    for cell in ("change 11845399.53", "external -150858758.40", "total -158054926.94"):
        assert cell in delivery.explanation.detail
    assert await _nothing_booked(pushing)


async def test_corrected_tables_are_booked_and_balance(pushing: Pushing) -> None:
    await pushing.open_year(2020)
    for name, statement, columns in (
        ("income_statement_202008.csv", "income-statement", INCOME | {"total": "total"}),
        ("balance_sheet_202008.csv", "balance-sheet", BALANCE),
    ):
        delivery = await pushing.push(as_csv(_corrected(name, statement, columns)))
        assert delivery.state == "applied", await pushing.errors(delivery)
    assert await pushing.value("select sum(amount)::bigint from posting") == 0
    by_group = dict(
        await pushing.rows(
            "select account_group, sum(amount)::bigint from posting where period > 202000"
            " group by 1"
        )
    )
    assert by_group["12"] == -304210272
    assert by_group["20"] == -70566845892
    assert sum(v for k, v in by_group.items() if k[0] in "345678") == 55865512757
    opening = await pushing.value(
        "select sum(abs(amount))::bigint from posting where period = 202000"
    )
    assert opening == 59862427830


def _corrected(name: str, statement: str, columns: dict[str, str]) -> list[dict[str, str]]:
    with (PRINTED / name).open(encoding="utf-8") as file:
        return [
            {
                "statement": statement,
                "period": "202001-202008",
                "line": f"{row['account_group']} {row['name']}",
            }
            | {ours: row[theirs] for theirs, ours in columns.items() if theirs in row}
            for row in csv.DictReader(file)
        ]
