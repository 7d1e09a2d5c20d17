"""Files that real programs wrote, through the register: booked and reconciled, or refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from shared.money import to_decimal_string
from tests.budget.sie_books import Books
from tests.budget.sie_files import REAL, needs_real, stated_in

if TYPE_CHECKING:
    from shared.db import Database
    from tests.conftest import NewDatabase, OpenDatabase

pytestmark = needs_real

BROKEN_YEAR = date(2009, 7, 1)
ACCEPTED = {
    "BL0001_typ4.SE": (2010, BROKEN_YEAR, 83),
    "BL0001_typ4I.SI": (2011, None, 1),
    "SIE4_Exempelfil_med_underdim.SE": (2021, None, 295),
    "sie4_with_checksum.se": (2010, None, 286),
    "transaktioner_ovnbolag.se": (2011, None, 163),
}
"""Year, its first day, and vouchers with amounts (one of the first file's has none)."""


@pytest.fixture
def books(budget_db: Database) -> Books:
    return Books(budget_db)


@pytest.mark.parametrize("name", ACCEPTED)
async def test_real_file_is_booked_and_every_account_is_what_it_states(
    books: Books, name: str
) -> None:
    year, first_day, vouchers = ACCEPTED[name]
    content = (REAL / name).read_bytes()
    await books.open_year(year, first_day)
    delivery = await books.accepted(content)
    assert delivery.counts.rejected == 0
    assert len(await books.vouchers(year)) == vouchers
    booked = await books.balances(year)
    booked.pop("20", None)  # what equity took of an opening that did not sum to zero
    expected = stated_in(content)
    if expected:
        print(f"{name}: {len(expected)} accounts, stated and booked")  # noqa: T201  seen with -s
        for account, ore in sorted(expected.items()):
            both = to_decimal_string(ore), to_decimal_string(booked.get(account, 0))
            print(f"  {account:6} {both[0]:>16} {both[1]:>16}")  # noqa: T201  same
        assert booked == expected


@pytest.mark.parametrize("name", ACCEPTED)
async def test_same_real_file_again_changes_nothing(books: Books, name: str) -> None:
    year, first_day, _ = ACCEPTED[name]
    await books.open_year(year, first_day)
    first = await books.accepted((REAL / name).read_bytes())
    again = await books.accepted((REAL / name).read_bytes())
    assert (again.counts.unchanged, again.counts.rows) == (first.counts.rows, first.counts.rows)


@pytest.mark.parametrize("name", ACCEPTED)
async def test_real_file_is_exported_and_read_back_to_an_equal_ledger(
    books: Books, new_database: NewDatabase, open_database: OpenDatabase, name: str
) -> None:
    year, first_day, _ = ACCEPTED[name]
    await books.open_year(year, first_day)
    await books.accepted((REAL / name).read_bytes())
    exported = await books.export(year)
    others = Books(open_database(await new_database("budget")))
    await others.open_year(year, first_day)
    await others.accepted(exported)
    assert await others.balances(year) == await books.balances(year)
    assert await others.opening(year) == await books.opening(year)
    assert await others.vouchers(year) == await books.vouchers(year)
    assert await others.names() == await books.names()


async def test_file_with_an_unbalanced_voucher_is_refused_for_that_voucher(books: Books) -> None:
    await books.open_year(2011)
    delivery = await books.deliver((REAL / "transaktioner_ovnbolag-bad-balance.se").read_bytes())
    assert delivery.state == "rejected"
    errors = await books.errors(delivery)
    assert [(e["row_no"], e["key"], e["code"], e["difference"]) for e in errors] == [
        (3905, "B 1", "voucher_unbalanced", "-12771.00")
    ]
    assert await books.value("select count(*) from posting") == 0
    assert await books.value("select count(*) from account where code = '1910'") == 0


async def test_opening_that_does_not_sum_to_zero_is_booked_with_a_warning(books: Books) -> None:
    await books.open_year(2011)
    delivery = await books.accepted((REAL / "transaktioner_ovnbolag.se").read_bytes())
    assert delivery.explanation is not None
    assert delivery.explanation.code == "opening_not_balanced"
    assert "1151678.15" in delivery.explanation.detail
    assert (await books.balances(2011))["20"] == -115_167_815
