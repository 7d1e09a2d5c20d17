"""What files have stated against what the ledger says: held by the database, shown as a tie."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import pytest

from services.budget import figures
from services.budget.domain.periods import PeriodRange
from services.budget.domain.vouchers import Draft, Entry
from services.budget.queries.sie_files import account_budget_of
from shared.basis import reading_at, wait_until_settled
from shared.db import driver
from shared.journal.snapshots import take_snapshot
from tests.budget.books import booked
from tests.budget.sie_books import Books
from tests.budget.sie_files import LEDGER

if TYPE_CHECKING:
    from shared.db import Database
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls

YEAR = 2031


@pytest.fixture
async def books(budget_db: Database) -> Books:
    books = Books(budget_db)
    await books.open_year(YEAR)
    return books


async def _delivered(clerk: Clerk) -> dict[str, Any]:
    await clerk.settled()
    ties = await clerk.get("/ties", period=f"{YEAR}")
    return next(tie for tie in ties["ties"] if tie["code"] == "ledger-is-as-delivered")


async def test_tie_holds_after_import_and_names_accounts_that_were_booked_on_since(
    clerk: Clerk,
) -> None:
    books = Books(clerk.db)
    await books.open_year(YEAR)
    await books.accepted(LEDGER)
    assert (await _delivered(clerk))["holds"] is True
    by_hand = Draft(
        YEAR * 100 + 5,
        date(YEAR, 5, 2),
        "För hand",
        [Entry("5010", "0", 1_000), Entry("1910", "0", -1_000)],
    )
    made = await booked(clerk.db, by_hand)
    tie = await _delivered(clerk)
    assert tie["holds"] is False
    assert tie["culprits"] == ["sie-file 1910 #UB", "sie-file 5010 #RES"]
    await clerk.post(f"/vouchers/{made[0]}/reversals", {"reason": "Fel ledger"})
    assert (await _delivered(clerk))["holds"] is True


async def test_tie_looks_at_the_file_as_it_was_at_the_basis(clerk: Clerk) -> None:
    books = Books(clerk.db)
    await books.open_year(YEAR)
    await books.accepted(LEDGER)
    await clerk.settled()
    basis = (await clerk.get("/ties", period=f"{YEAR}"))["basis"]
    await books.accepted(
        LEDGER.replace("1350.50", "1400")
        .replace("#UB 0 1910 -150.50", "#UB 0 1910 -200")
        .replace("#RES 0 5010 1350.5", "#RES 0 5010 1400")
    )
    await clerk.settled()
    for params in ({"basis": basis}, {}):
        ties = await clerk.get("/ties", period=f"{YEAR}", **params)
        tie = next(tie for tie in ties["ties"] if tie["code"] == "ledger-is-as-delivered")
        assert tie["holds"] is True


async def test_tie_counts_what_equity_took_of_an_unbalanced_opening(clerk: Clerk) -> None:
    books = Books(clerk.db)
    await books.open_year(YEAR)
    await books.accepted(
        LEDGER.replace("#IB 0 2010 -1000.00", "#IB 0 2010 -900").replace(
            "#UB 0 2010 -1000", "#UB 0 2010 -900"
        )
    )
    assert (await _delivered(clerk))["holds"] is True


async def test_tie_counts_the_ledger_from_a_snapshot_as_from_its_rows(clerk: Clerk) -> None:
    books = Books(clerk.db)
    await books.open_year(YEAR)
    await books.accepted(LEDGER)
    await clerk.settled()
    async with clerk.db.begin() as session:
        assert await take_snapshot(await driver(session), figures.LEDGER) is not None
    assert (await _delivered(clerk))["holds"] is True


# A file that states the ledger's own balances, and one that states an öre more for 1910.
_FILE = """
    with file as (
        insert into sie_file (year, version, variety, opening_net, delivery_id, by)
        values (2031, 7, '4E', 0, $1, 'attack') returning id)
    insert into sie_balance (sie_file_id, key, label, account, objects, amount)
    select file.id, b.key, b.label, b.account, '{}',
           b.amount + case when b.key = $2 then 1 else 0 end
    from file, sie_balance b
"""


@pytest.mark.parametrize("attacked", ["#UB 1910 {}", "#RES 5010 {}", "#UB 2010 {}"])
async def test_database_refuses_a_file_that_states_what_was_not_booked(
    books: Books, attacked: str
) -> None:
    await books.accepted(LEDGER)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await books.rows(_FILE, uuid4(), attacked)
    assert refused.value.constraint_name == "sie_file_agrees"
    assert await books.value("select count(*) from sie_file") == 1


async def test_database_keeps_a_file_that_states_what_was_booked(books: Books) -> None:
    """The control of the attack."""
    await books.accepted(LEDGER)
    await books.rows(_FILE, uuid4(), "")
    assert await books.value("select count(*) from sie_file") == 2


@pytest.mark.parametrize(
    "table", ["sie_file", "sie_balance", "account_budget", "account_budget_line"]
)
@pytest.mark.parametrize("verb", ["update {} set {} = {}", "delete from {}", "truncate {} cascade"])
async def test_what_files_have_stated_is_never_changed_by_anybody(
    books: Books, budget_urls: DatabaseUrls, table: str, verb: str
) -> None:
    await books.accepted(LEDGER + "#PBUDGET 0 203101 5010 {} 1000\n")
    column = "year" if table in {"sie_file", "account_budget"} else "amount"
    sql = verb.format(table, column, column)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await books.rows(sql)
    owner = await asyncpg.connect(budget_urls.owner)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError) as refused:
            await owner.execute(sql)
    finally:
        await owner.close()
    assert str(refused.value.constraint_name).endswith("_append_only")


async def _budget(books: Books, first: int, last: int) -> dict[str, int] | None:
    await wait_until_settled(books.db)
    async with reading_at(books.db, None) as (session, basis):
        of = PeriodRange(YEAR * 100 + first, YEAR * 100 + last)
        return await account_budget_of(await driver(session), of, basis)


BUDGET = """\
#PBUDGET 0 203101 5010 {} 1000.50
#PBUDGET 0 203101 5010 {6 "P1"} 400
#PBUDGET 0 203102 5010 {} 1000
#PBUDGET 0 203102 3510 {} -700
#PBUDGET -1 203002 3510 {} -9999
"""


async def test_budget_by_account_is_summed_per_group_without_its_objects(books: Books) -> None:
    assert await _budget(books, 1, 12) is None
    await books.accepted(LEDGER + BUDGET)
    assert await _budget(books, 1, 1) == {"50": 100_050}
    assert await _budget(books, 1, 12) == {"50": 200_050, "35": -70_000}


async def test_budget_of_objects_alone_is_made_up_of_those_of_one_dimension(books: Books) -> None:
    await books.accepted(
        LEDGER
        + "#PBUDGET 0 203101 5010 {6 P1} 400\n#PBUDGET 0 203101 5010 {6 P2} 600\n"
        + "#PBUDGET 0 203101 5010 {1 J1} 1000\n#PBUDGET 0 203101 3510 {7 A} -5\n"
    )
    assert await _budget(books, 1, 1) == {"50": 100_000, "35": -500}


async def test_budget_is_replaced_as_a_whole_by_the_next_file_that_has_one(books: Books) -> None:
    await books.accepted(LEDGER + BUDGET)
    await books.accepted(LEDGER.replace("#VER A 2", "#PROSA x\n#VER A 2"))
    assert await _budget(books, 1, 1) == {"50": 100_050}
    await books.accepted(LEDGER + "#PBUDGET 0 203103 5010 {} 5\n")
    assert await _budget(books, 1, 12) == {"50": 500}
    assert await books.value("select count(*) from account_budget") == 2
