"""Deliveries of vouchers beside people who book, take back and close at the same time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from services.budget import periods
from services.budget.errors import PeriodClosed
from services.budget.events import ROUTES, VoucherPosted
from shared.db import driver
from tests.budget.attacks import taken_back
from tests.budget.books import BY, YEAR, booked, draft, open_books
from tests.budget.pushing import Pushing

if TYPE_CHECKING:
    from shared.db import Database
    from shared.deliveries.resource import DeliveryOut

HEAD = "key,period,happenedOn,text,account,counterpart,amount\n"


@pytest.fixture
async def db(budget_db: Database) -> Database:
    async with budget_db.begin() as session:
        conn = await driver(session)
        for year in (YEAR, YEAR + 1):
            await open_books(conn, year=year)
    return budget_db


async def _push(db: Database, vouchers: int, *, amount: int) -> DeliveryOut:
    """Send vouchers of two years, each in a month of its own."""
    lines = [
        f"K{n},{year}{n % 12 + 1:02},{year}-03-15,Prov,{account},87,{sign}{amount}.00\n"
        for n in range(vouchers)
        for year in (YEAR + n % 2,)
        for account, sign in (("5010", ""), ("1510", "-"))
    ]
    body = (HEAD + "".join(lines)).encode()
    return await Pushing(db).push(body, register="vouchers", atomic=False)


async def _close(db: Database, period: int) -> None:
    async with db.begin() as session:
        await periods.close(await driver(session), period=period, by=BY)


async def test_nobody_waits_for_ever_and_no_number_is_lost(db: Database) -> None:
    """By hand in the delivery's own series, too, in both years and in either order."""
    (first,) = await booked(db, draft())
    by_hand = [
        booked(db, draft(period=(YEAR + at % 2) * 100 + at % 12 + 1), series=series)
        for at in range(24)
        for series in ("VER", "A")
    ]
    pushing = [_push(db, 600, amount=5)]
    outcomes = await asyncio.gather(
        *by_hand, *pushing, taken_back(db, first), return_exceptions=True
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, BaseException)] == []
    gaps = await Pushing(db).rows(
        """select series, year from voucher group by series, year
           having count(*) <> max(number) or min(number) <> 1"""
    )
    assert gaps == []
    assert await Pushing(db).value("select count(*) from voucher where source is not null") == 600


async def test_period_closed_meanwhile_refuses_its_rows_and_no_others(db: Database) -> None:
    """Whichever comes first: what is booked was booked before the closing."""
    closing = [_close(db, YEAR * 100 + part) for part in (1, 3, 5)]
    delivery, _ = await asyncio.gather(_push(db, 600, amount=5), asyncio.gather(*closing))
    assert delivery.state == "applied"
    errors = await Pushing(db).errors(delivery)
    assert {(error["field"], error["code"]) for error in errors} <= {("period", "period_closed")}
    booked_rows = await Pushing(db).value("select count(*) from voucher")
    assert booked_rows == delivery.counts.created == 600 - len(errors)
    with pytest.raises(PeriodClosed):
        await booked(db, draft(period=YEAR * 100 + 3))


def test_nobody_waits_for_an_event_of_each_voucher() -> None:
    """Bulk booking tells of no single voucher; whoever comes to want that finds out here."""
    assert ROUTES[VoucherPosted] == ()
