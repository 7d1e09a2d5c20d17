"""Statements beside last year's, all in one call, and the same with snapshots as without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from services.budget.domain.comparison import beside_account_budget
from services.budget.domain.ledger_sums import Cell, LedgerSums
from services.budget.domain.statements import income_statement
from services.budget.figures import ACCOUNTS
from shared.db import driver
from shared.journal import take_snapshot
from tests.budget.books import YEAR, booked, draft, open_books
from tests.budget.sie_books import Books
from tests.budget.sie_files import LEDGER as LEDGER_FILE

if TYPE_CHECKING:
    from shared.db import Database
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls

MARCH, MARCH_BEFORE = YEAR * 100 + 3, (YEAR - 1) * 100 + 3
COMPARED = ("income-statement", "balance-sheet", "budget-settlement")


@pytest.fixture
async def two_years(clerk: Clerk, budget_db: Database) -> Clerk:
    async with budget_db.begin() as session:
        conn = await driver(session)
        await open_books(conn)
    await clerk.post("/fiscal-years", {"year": YEAR - 1})
    await booked(budget_db, draft(700_00, period=MARCH_BEFORE))
    await booked(budget_db, draft(40_00, period=MARCH))
    await booked(budget_db, draft(-90_00, period=MARCH_BEFORE + 1, debit="3510"))
    await clerk.settled()
    return clerk


def _row(statement: dict[str, Any], code: str) -> dict[str, str]:
    row: dict[str, str] = next(r["amounts"] for r in statement["rows"] if r["code"] == code)
    return row


async def test_income_statement_beside_last_years_same_periods(two_years: Clerk) -> None:
    shown = await two_years.get(
        "/statements/income-statement", period=str(MARCH), compareWith="previous-year"
    )
    costs = _row(shown, "50")
    assert (costs["total"], costs["previousYear"]) == ("40.00", "700.00")
    assert costs["changeFromPreviousYear"] == "-660.00"
    # April of last year is not in March's range, so the group stands there at zero.
    assert _row(shown, "35")["previousYear"] == "0.00"
    assert [column["code"] for column in shown["columns"]][-2:] == [
        "previousYear",
        "changeFromPreviousYear",
    ]


async def test_form_reads_the_same_without_what_it_is_compared_with(two_years: Clerk) -> None:
    for code in COMPARED:
        path, period = f"/statements/{code}", f"{YEAR}-T1"
        plain = await two_years.get(path, period=period)
        beside = await two_years.get(
            path, period=period, basis=plain["basis"], compareWith="previous-year"
        )
        for row, compared in zip(plain["rows"], beside["rows"], strict=True):
            own = {c: compared["amounts"][c] for c in row["amounts"]}
            assert (row["code"], row["amounts"]) == (compared["code"], own)
        assert len(beside["columns"]) == len(plain["columns"]) + 2


async def test_year_that_is_not_in_the_ledger_is_a_note_and_no_zero(two_years: Clerk) -> None:
    shown = await two_years.get(
        "/statements/balance-sheet", period=str(MARCH_BEFORE), compareWith="previous-year"
    )
    assert "previousYear" not in shown["rows"][0]["amounts"]
    assert shown["notes"] == [f"Jämförelse med {YEAR - 2} saknas: året finns inte i redovisningen."]


async def test_first_year_there_can_be_has_none_before_it(clerk: Clerk) -> None:
    shown = await clerk.get("/statements", period="1900", compareWith="previous-year")
    assert shown["statements"][0]["notes"] == [
        "Jämförelse med 1899 saknas: året finns inte i redovisningen."
    ]


async def test_one_call_gives_every_statement_as_its_own_call_does(two_years: Clerk) -> None:
    together = await two_years.get("/statements", period=f"{YEAR}-T1")
    assert together["hold"]
    for one in together["statements"]:
        alone = await two_years.get(
            f"/statements/{one['statement']}", period=f"{YEAR}-T1", basis=together["basis"]
        )
        assert alone == one
    assert len(together["statements"]) == 4


async def _snapshot(database: Database) -> None:
    async with database.begin() as session:
        assert await take_snapshot(await driver(session), ACCOUNTS) is not None


async def test_snapshots_change_no_statement_at_any_basis(
    two_years: Clerk, budget_db: Database
) -> None:
    before = await two_years.get("/statements", period=f"{YEAR}-T1", compareWith="previous-year")
    await _snapshot(budget_db)
    await booked(budget_db, draft(5_00, period=MARCH))
    await booked(budget_db, draft(6_00, period=MARCH_BEFORE))
    await two_years.settled()
    later = await two_years.get("/statements", period=f"{YEAR}-T1", compareWith="previous-year")
    costs = _row(later["statements"][1], "50")
    assert (costs["total"], costs["previousYear"]) == ("45.00", "706.00")
    await _snapshot(budget_db)
    again = await two_years.get(
        "/statements", period=f"{YEAR}-T1", compareWith="previous-year", basis=before["basis"]
    )
    assert again == before
    newest = await two_years.get(
        "/statements", period=f"{YEAR}-T1", compareWith="previous-year", basis=later["basis"]
    )
    assert newest == later


async def test_statement_reads_the_snapshot_and_not_the_postings_before_it(
    two_years: Clerk, budget_db: Database, budget_urls: DatabaseUrls
) -> None:
    """The control of the test above: a snapshot that says something else is seen."""
    await _snapshot(budget_db)
    owner = await asyncpg.connect(budget_urls.owner)
    await owner.execute("update posting_account_sum set amount = amount * 2")
    await owner.close()
    await two_years.settled()
    shown = await two_years.get("/statements/income-statement", period=str(MARCH))
    assert _row(shown, "50")["total"] == "80.00"


_BUDGET = """\
#PBUDGET 0 203103 5010 {} 1500
#PBUDGET 0 203104 5010 {} 9000
#PBUDGET 0 203103 3510 {} -900
#PBUDGET 0 203103 3510 {6 P1} -900
"""


async def test_income_statement_beside_the_budget_that_a_ledger_file_brought(
    clerk: Clerk, budget_db: Database
) -> None:
    await clerk.post("/fiscal-years", {"year": YEAR})
    delivered = await Books(budget_db).accepted(LEDGER_FILE + _BUDGET)
    assert delivered.counts.rejected == 0
    await clerk.settled()
    period = f"{YEAR}01-{YEAR}03"
    shown = await clerk.get("/statements/income-statement", period=period, compareWith="budget")
    costs, revenue = _row(shown, "50"), _row(shown, "35")
    assert (costs["total"], costs["accountBudget"]) == ("1350.50", "1500.00")
    assert costs["deviationFromAccountBudget"] == "149.50"
    (source,) = shown["sources"]
    assert (source["register"], source["vouchers"]) == ("sie", 3)
    assert source["deliveryId"] == str(delivered.id)
    # the row by object divides the account's own amount and is not added to it
    assert (revenue["accountBudget"], revenue["deviationFromAccountBudget"]) == (
        "-900.00",
        "100.00",
    )


async def test_budget_that_nobody_gave_is_a_note_and_no_zero(two_years: Clerk) -> None:
    shown = await two_years.get(
        "/statements/income-statement", period=str(MARCH), compareWith="budget"
    )
    assert "accountBudget" not in shown["rows"][0]["amounts"]
    assert shown["notes"] == [
        f"Jämförelse med budget per konto saknas: ingen är lämnad för {YEAR}."
    ]


def test_income_statement_beside_a_budget_by_account_group() -> None:
    sums = LedgerSums(
        cells=(
            Cell("50", "external", opening=0, before=0, movement=800_00),
            Cell("35", "external", opening=0, before=0, movement=-300_00),
        ),
        names={"35": "Bidrag", "50": "Löner", "60": "Lokaler"},
    )
    shown = beside_account_budget(
        income_statement(sums), sums, {"50": 1000_00, "60": 50_00, "35": -400_00}
    )
    found = {
        code: (
            shown.amount(code, "account_budget"),
            shown.amount(code, "deviation_from_account_budget"),
        )
        for code in ("50", "60", "35", "result")
    }
    # costs below budget are positive, missing revenue negative
    assert found == {
        "50": (1000_00, 200_00),
        "60": (50_00, 50_00),
        "35": (-400_00, -100_00),
        "result": (650_00, 150_00),
    }
