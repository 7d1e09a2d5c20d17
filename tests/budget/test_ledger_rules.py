"""What the database refuses by itself: each rule attacked through SQL as the service's role."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from services.budget import periods, vouchers
from services.budget.domain.vouchers import Entry
from services.budget.errors import (
    AlreadyReversed,
    CodePartNotValid,
    PeriodClosed,
    PeriodNotFound,
    ReversalOfReversal,
    VoucherTooSmall,
    VoucherUnbalanced,
)
from shared.db import driver
from tests.budget.attacks import MARCH, POSTING, VOUCHER, attack, name_of, numbers, taken_back
from tests.budget.books import BY, YEAR, booked, draft

if TYPE_CHECKING:
    from shared.db import Database


async def test_balanced_voucher_by_sql_is_booked(attacker: asyncpg.Connection[Any]) -> None:
    """The negative control of every attack below: the same statements, nothing wrong."""
    await attack(attacker, 500, -500)
    assert await attacker.fetchval("select count(*) from posting") == 2


@pytest.mark.parametrize(
    ("amounts", "rule"),
    [((500, -499), "voucher_balance"), ((500,), "voucher_size"), ((), "voucher_size")],
)
async def test_unbalanced_voucher_is_refused_at_commit(
    attacker: asyncpg.Connection[Any], amounts: tuple[int, ...], rule: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await attack(attacker, *amounts)
    assert name_of(refused.value) == rule
    assert await attacker.fetchval("select count(*) from voucher") == 0


async def test_posting_cannot_join_a_booked_voucher(
    books: Database, attacker: asyncpg.Connection[Any]
) -> None:
    (voucher_id,) = await booked(books, draft())
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        async with attacker.transaction():
            await attacker.execute(POSTING, voucher_id, 700)
            await attacker.execute(POSTING, voucher_id, -700)
    assert name_of(refused.value) == "posting_sealed"


@pytest.mark.parametrize(
    "statement",
    [
        "update posting set amount = amount + 1",
        "delete from posting",
        "truncate posting",
        "update voucher set text = 'x'",
        "delete from voucher",
        "update ledger_period set state = 'open'",
        "update voucher_series set last_number = 7",
        "delete from voucher_series",
        "update account_version set name = 'x'",
        "delete from period_event",
        "update budget_line set amount = 0",
        "update trial_balance_row set total = 0",
        "alter table posting disable trigger all",
        "set session_replication_role = replica",
    ],
)
async def test_role_may_not_change_what_is_recorded(
    books: Database, attacker: asyncpg.Connection[Any], statement: str
) -> None:
    await booked(books, draft())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await attacker.execute(statement)


@pytest.mark.parametrize(
    "statement", ["update posting set amount = amount + 1", "delete from voucher"]
)
async def test_owner_is_refused_too_unless_triggers_are_disabled(
    books: Database, owner: asyncpg.Connection[Any], statement: str
) -> None:
    await booked(books, draft())
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await owner.execute(statement)
    await owner.execute("alter table posting disable trigger user")
    assert await owner.execute("update posting set amount = amount + 1") == "UPDATE 2"


@pytest.mark.parametrize("number", [2, 5, 0, -1])
async def test_gap_in_a_series_is_refused(attacker: asyncpg.Connection[Any], number: int) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await attack(attacker, 500, -500, number=number)
    assert name_of(refused.value) in {"voucher_numbering", "voucher_number_check"}


async def test_number_given_twice_is_refused(
    books: Database, attacker: asyncpg.Connection[Any]
) -> None:
    await booked(books, draft())
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await attack(attacker, 500, -500, number=1)


async def test_series_cannot_be_made_to_begin_later(attacker: asyncpg.Connection[Any]) -> None:
    await attacker.execute("insert into voucher_series values ('B', $1, 41)", YEAR)
    assert await attacker.fetchval("select last_number from voucher_series") == 0


async def test_rolled_back_voucher_gives_its_number_back(books: Database) -> None:
    await booked(books, draft())
    with pytest.raises(ZeroDivisionError):
        async with books.begin() as session:
            await vouchers.book(await driver(session), [draft()], series="A", by=BY)
            raise ZeroDivisionError
    await booked(books, draft(), draft())
    assert await numbers(books) == [1, 2, 3]


async def test_concurrent_bookings_leave_no_gap(books: Database) -> None:
    await asyncio.gather(*(booked(books, draft(amount)) for amount in range(100, 120)))
    assert await numbers(books) == list(range(1, 21))


async def test_closed_period_refuses_by_sql_and_reopened_one_takes(
    books: Database, attacker: asyncpg.Connection[Any]
) -> None:
    async with books.begin() as session:
        await periods.close(await driver(session), period=MARCH, by=BY)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await attack(attacker, 500, -500)
    assert name_of(refused.value) == "voucher_period_open"
    with pytest.raises(PeriodClosed):
        await booked(books, draft())
    async with books.begin() as session:
        await periods.reopen(await driver(session), period=MARCH, reason="Sen faktura", by=BY)
    await attack(attacker, 500, -500)


async def test_closing_waits_for_a_voucher_being_booked(
    books: Database, attacker: asyncpg.Connection[Any]
) -> None:
    """Whoever is first wins; a voucher never lands in a period that was closed before it."""
    transaction = attacker.transaction()
    await transaction.start()
    await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
    voucher_id = await attacker.fetchval(VOUCHER, MARCH, 1)
    for amount in (500, -500):
        await attacker.execute(POSTING, voucher_id, amount)
    other = await books.connect()
    closing = asyncio.ensure_future(
        other.execute(
            "insert into period_event (period, action, by) values ($1, 'closed', 'x')", MARCH
        )
    )
    done, _ = await asyncio.wait([closing], timeout=0.3)
    assert not done, "closing must wait for the open voucher"
    await transaction.commit()
    await closing
    await other.close()
    with pytest.raises(asyncpg.CheckViolationError):
        await attack(attacker, 500, -500, number=2)


@pytest.mark.parametrize("reason", ["", "   ", None])
async def test_reopening_needs_a_reason(
    books: Database, attacker: asyncpg.Connection[Any], reason: str | None
) -> None:
    async with books.begin() as session:
        await periods.close(await driver(session), period=MARCH, by=BY)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await attacker.execute(
            "insert into period_event (period, action, reason, by)"
            " values ($1, 'reopened', $2, 'x')",
            MARCH,
            reason,
        )
    assert name_of(refused.value) == "period_event_reason_check"


async def test_period_begins_open_and_closes_once(attacker: asyncpg.Connection[Any]) -> None:
    await attacker.execute("insert into ledger_period values (203201, 'closed', 'x')")
    close = "insert into period_event (period, action, by) values (203201, 'closed', 'x')"
    await attacker.execute(close)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await attacker.execute(close)
    assert name_of(refused.value) == "period_event_open"


async def test_unknown_period_is_refused(
    books: Database, attacker: asyncpg.Connection[Any]
) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await attack(attacker, 500, -500, period=203203)
    with pytest.raises(PeriodNotFound):
        await booked(books, draft(period=203203))


async def test_back_dated_posting_is_refused(attacker: asyncpg.Connection[Any]) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        async with attacker.transaction():
            await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
            await attacker.execute(
                VOUCHER.replace(", by)", ", by, recorded_at)").replace(
                    "'x')", "'x', now() - interval '1 day')"
                ),
                MARCH,
                1,
            )
    assert name_of(refused.value) == "voucher_back_dated"


async def test_reversal_takes_back_once_and_is_final(books: Database) -> None:
    (voucher_id,) = await booked(books, draft())
    reversal = await taken_back(books, voucher_id)
    async with books.read() as session:
        net = "select coalesce(sum(abs(net)), 0) from (select account, sum(amount) as net"
        total = await (await driver(session)).fetchval(f"{net} from posting group by account) a")
    assert total == 0
    with pytest.raises(AlreadyReversed):
        await taken_back(books, voucher_id)
    with pytest.raises(ReversalOfReversal):
        await taken_back(books, reversal)


@pytest.mark.parametrize(
    ("amounts", "rule"), [((-500, 500), None), ((-400, 400), "voucher_mirror")]
)
async def test_reversal_by_sql_must_be_the_mirror_image(
    attacker: asyncpg.Connection[Any], amounts: tuple[int, int], rule: str | None
) -> None:
    async with attacker.transaction():
        await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
        first = await attacker.fetchval(VOUCHER, MARCH, 1)
        await attacker.execute(POSTING, first, 500)
        await attacker.execute(POSTING.replace("'5010'", "'1510'"), first, -500)
    reversal = VOUCHER.replace(", by)", ", by, reversal_of, reason)").replace(
        "'x')", "'x', $3, 'Fel')"
    )
    failed: str | None = None
    try:
        async with attacker.transaction():
            await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
            second = await attacker.fetchval(reversal, MARCH, 2, first)
            await attacker.execute(POSTING, second, amounts[0])
            await attacker.execute(POSTING.replace("'5010'", "'1510'"), second, amounts[1])
    except asyncpg.CheckViolationError as error:
        failed = name_of(error)
    assert failed == rule


async def test_use_case_says_what_is_wrong_before_the_database_does(books: Database) -> None:
    lopsided = [Entry("5010", "87", 5), Entry("1510", "87", -4)]
    with pytest.raises(VoucherUnbalanced):
        await booked(books, replace(draft(), entries=lopsided))
    with pytest.raises(VoucherTooSmall):
        await booked(books, replace(draft(), entries=[]))
    with pytest.raises(CodePartNotValid):
        await booked(books, draft(debit="5999"))
    with pytest.raises(CodePartNotValid):
        await booked(books, draft(counterpart="99"))
