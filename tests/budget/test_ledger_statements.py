"""What the ledger checks a statement at a time, attacked through SQL as the service's role."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from services.budget import dimensions
from services.budget.dimensions import DimensionNaming, ObjectNaming
from services.budget.domain.vouchers import Entry
from services.budget.errors import VoucherInAnotherYear
from shared.db import driver
from tests.budget.attacks import (
    MARCH,
    POSTING,
    VOUCHER,
    VOUCHER_KEY,
    name_of,
    numbers,
    taken_back,
)
from tests.budget.books import BY, YEAR, booked, draft, open_books

if TYPE_CHECKING:
    from shared.db import Database


async def test_vouchers_of_a_transaction_are_checked_together_and_each_is_named(
    attacker: asyncpg.Connection[Any],
) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="voucher A 2 misses zero by 1 ore"):
        async with attacker.transaction():
            await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
            for number, credit in ((1, -500), (2, -499), (3, -500)):
                voucher_id = await attacker.fetchval(VOUCHER, MARCH, number)
                for amount in (500, credit):
                    await attacker.execute(POSTING, voucher_id, amount)
    assert await attacker.fetchval("select count(*) from voucher") == 0


@pytest.mark.parametrize("order", ["immediate", "immediate, then deferred"])
async def test_checked_voucher_takes_no_posting_in_its_own_transaction(
    attacker: asyncpg.Connection[Any], order: str
) -> None:
    """Having the balance checked early opens no door for what comes after."""
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        async with attacker.transaction():
            await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
            voucher_id = await attacker.fetchval(VOUCHER, MARCH, 1)
            for amount in (500, -500):
                await attacker.execute(POSTING, voucher_id, amount)
            for mode in order.split(", then "):
                await attacker.execute(f"set constraints all {mode}")
            await attacker.execute(POSTING, voucher_id, 700)
    assert name_of(refused.value) == "posting_sealed"
    assert await attacker.fetchval("select count(*) from posting") == 0


@pytest.mark.parametrize(
    "statement",
    ["update booking set checked = true", "delete from booking", "truncate booking"],
)
async def test_what_is_to_be_checked_cannot_be_struck_out(
    attacker: asyncpg.Connection[Any], statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with attacker.transaction():
            await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
            await attacker.fetchval(VOUCHER, MARCH, 1)
            await attacker.execute(statement)


async def test_invented_bookings_neither_hide_a_voucher_nor_block_a_number(
    books: Database, attacker: asyncpg.Connection[Any]
) -> None:
    invented = """
        insert into booking (series, year, first_number, last_number, checked)
        values ('A', $1, 1, 9, true), ('A', $1, 1, 9, false)
    """
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        async with attacker.transaction():
            await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
            voucher_id = await attacker.fetchval(VOUCHER, MARCH, 1)
            await attacker.execute(POSTING, voucher_id, 500)
            await attacker.execute(POSTING, voucher_id, -499)
            await attacker.execute(invented, YEAR)
    assert name_of(refused.value) == "voucher_balance"
    await attacker.execute(invented, YEAR)
    await booked(books, draft(), draft())
    assert await numbers(books) == [1, 2]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"'5010'": "'5999'"}, "posting_account_fkey"),
        ({"'87'": "'9999'"}, "posting_counterpart_fkey"),
        ({"select id, period": "select id, period + 1"}, VOUCHER_KEY),
        ({"happened_on, '5010'": "happened_on + 1, '5010'"}, VOUCHER_KEY),
        ({"select id, period": "select uuidv7(), period"}, VOUCHER_KEY),
        ({"'5010', '87', $2": "'5010', '87', 0 * $2"}, "posting_amount_check"),
    ],
)
async def test_posting_names_only_what_exists(
    attacker: asyncpg.Connection[Any], changed: dict[str, str], rule: str
) -> None:
    """No foreign key holds these any more; the statement's own check does, under their names."""
    statement = POSTING
    for old, new in changed.items():
        assert old in statement
        statement = statement.replace(old, new)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        async with attacker.transaction():
            await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
            voucher_id = await attacker.fetchval(VOUCHER, MARCH, 1)
            await attacker.execute(POSTING, voucher_id, -500)
            await attacker.execute(statement, voucher_id, 500)
    assert name_of(refused.value) == rule


_OBJECTS = """
    insert into posting (voucher_id, period, happened_on, account, counterpart, amount,
                         project, responsibility, activity, objects)
    select id, period, happened_on, '5010', '87', $2, $3, $4, $5, $6::text::jsonb
    from voucher where id = $1
"""
_NO_OBJECTS = ("", "", "", "{}")


@pytest.mark.parametrize(
    ("named", "rule"),
    [
        (("P1", "", "", "{}"), None),
        (("P1", "", "", '{"7": "A12"}'), None),
        (("P2", "", "", "{}"), "posting_object_fkey"),
        (("", "P1", "", "{}"), "posting_object_fkey"),
        (("", "", "P1", "{}"), "posting_object_fkey"),
        (("", "", "", '{"7": "A13"}'), "posting_object_fkey"),
        (("", "", "", '{"8": "A12"}'), "posting_object_fkey"),
        (("", "", "", '{"seven": "A12"}'), "posting_object_fkey"),
        (("", "", "", '{"6": "P1"}'), "posting_objects_check"),
        (("", "", "", '{"7": 12}'), "posting_objects_check"),
        (("", "", "", '["7"]'), "posting_objects_check"),
    ],
)
async def test_posting_names_only_objects_that_exist(
    books: Database,
    attacker: asyncpg.Connection[Any],
    named: tuple[str, str, str, str],
    rule: str | None,
) -> None:
    async with books.begin() as session:
        conn = await driver(session)
        await dimensions.register_dimension(conn, DimensionNaming(7, "Anställd"), by=BY)
        for number, code in ((6, "P1"), (7, "A12")):
            naming = ObjectNaming(code, code, date(2000, 1, 1))
            await dimensions.register(conn, number, naming, by=BY)
    failed: str | None = None
    try:
        async with attacker.transaction():
            await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
            voucher_id = await attacker.fetchval(VOUCHER, MARCH, 1)
            await attacker.execute(_OBJECTS, voucher_id, -500, *_NO_OBJECTS)
            await attacker.execute(_OBJECTS, voucher_id, 500, *named)
    except asyncpg.IntegrityConstraintViolationError as error:
        failed = name_of(error)
    assert failed == rule


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("make_date($1 / 100, 3, 15)", "make_date($1 / 100 + 1, 1, 1)", "voucher_day"),
        ("make_date($1 / 100, 3, 15)", "make_date($1 / 100 - 1, 12, 31)", "voucher_day"),
        ("text, by", "text, by, reversal_of, reason", "voucher_reversal_of_fkey"),
        ("text, by", "text, by, source, source_key", "voucher_source_check"),
    ],
)
async def test_voucher_names_only_what_exists(
    attacker: asyncpg.Connection[Any], old: str, new: str, rule: str
) -> None:
    values = {"reversal_of": "uuidv7(), 'Fel'", "source,": "'vouchers', 'A12'"}
    more = next((value for name, value in values.items() if name in new), None)
    statement = VOUCHER.replace(old, new)
    statement = statement.replace("'x')", f"'x', {more})") if more else statement
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        async with attacker.transaction():
            await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
            await attacker.fetchval(statement, MARCH, 1)
    assert name_of(refused.value) == rule


async def test_key_of_a_sender_is_booked_once_a_version(attacker: asyncpg.Connection[Any]) -> None:
    statement = VOUCHER.replace(
        "text, by", "text, by, source, source_key, source_version, source_digest"
    )
    statement = statement.replace("'x')", "'x', 'vouchers', 'A12', 1, '')")
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        async with attacker.transaction():
            await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
            for number in (1, 2):
                voucher_id = await attacker.fetchval(statement, MARCH, number)
                for amount in (500, -500):
                    await attacker.execute(POSTING, voucher_id, amount)
    assert name_of(refused.value) == "voucher_source_version_key"


@pytest.mark.parametrize(
    "statement",
    [
        "delete from account where code = '5010'",
        "update counterpart set code = '99' where code = '87'",
        "delete from dimension_object",
        "update fiscal_year set first_day = '2030-07-01'",
        "delete from ledger_period",
        "delete from voucher_series",
        "delete from booking",
    ],
)
async def test_owner_cannot_remove_what_postings_name(
    books: Database, owner: asyncpg.Connection[Any], statement: str
) -> None:
    await booked(books, draft())
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await owner.execute(statement)


async def test_broken_year_takes_its_own_days(budget_db: Database) -> None:
    """A year of others: 2009-07-01 to 2010-06-30 is 2010, and its first month is period 01."""
    async with budget_db.begin() as session:
        await open_books(await driver(session), year=2010, first_day=date(2009, 7, 1))
    first = replace(draft(period=201001), happened_on=date(2009, 7, 1))
    await booked(budget_db, first, replace(first, happened_on=date(2010, 6, 30)))
    for outside in (date(2009, 6, 30), date(2010, 7, 1)):
        with pytest.raises(VoucherInAnotherYear):
            await booked(budget_db, replace(first, happened_on=outside))


async def test_reversal_by_sql_must_mirror_the_objects_too(
    books: Database, attacker: asyncpg.Connection[Any]
) -> None:
    async with books.begin() as session:
        conn = await driver(session)
        await dimensions.register_dimension(conn, DimensionNaming(7, "Anställd"), by=BY)
        await dimensions.register(conn, 7, ObjectNaming("A1", "A1", date(2000, 1, 1)), by=BY)
    entries = [Entry("5010", "87", 5, objects={"7": "A1"}), Entry("1510", "87", -5)]
    (voucher_id,) = await booked(books, replace(draft(), entries=entries))
    reversal = VOUCHER.replace("text, by", "text, by, reversal_of, reason").replace(
        "'x')", "'x', $3, 'Fel')"
    )
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        async with attacker.transaction():
            await attacker.fetchval("select reserve_voucher_numbers('A', $1)", YEAR)
            second = await attacker.fetchval(reversal, MARCH, 2, voucher_id)
            await attacker.execute(POSTING, second, -5)
            await attacker.execute(POSTING.replace("'5010'", "'1510'"), second, 5)
    assert name_of(refused.value) == "voucher_mirror"
    await taken_back(books, voucher_id)
