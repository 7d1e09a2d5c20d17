"""A year of the ledger as a SIE file of type 4E, at a basis.

The file reads back to the same ledger: every voucher with its texts and code parts, reversals
as the vouchers that they are; opening balances per account and per object. The counterpart is
dimension 20 (Motpart), the activity 21 (Verksamhet). A voucher whose period its day does not
tell has the period in its series (`domain.sie.placing.Mark`), closing periods among them.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from services.budget.domain.chart import is_result_group
from services.budget.domain.fiscal_years import FiscalYear
from services.budget.domain.periods import DECEMBER, OPENING, part_of
from services.budget.domain.sie.lexing import Objects
from services.budget.domain.sie.placing import (
    ACTIVITY,
    ACTIVITY_NAME,
    COUNTERPART,
    COUNTERPART_NAME,
    UNDIVIDED,
    CodeParts,
    Mark,
)
from services.budget.domain.sie.records import (
    IB,
    OIB,
    OUB,
    PBUDGET,
    PSALDO,
    RES,
    UB,
    Account,
    Balance,
    Dimension,
    ObjectName,
    Posting,
    Voucher,
)
from services.budget.domain.sie.writing import About, Writer
from services.budget.errors import PeriodNotFound
from services.budget.queries import sie_files
from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose ledger it is, as the file says it."""

    name: str
    organisation_number: str


async def sie_file(conn: Connection, year: int, basis: datetime, owner: Owner) -> bytes:
    """Return the year as a file, with everything recorded at or before the basis.

    Raises:
        PeriodNotFound: the year had not been opened.

    """
    own = await sie_files.fiscal_year(conn, year, basis)
    years = [own]
    with suppress(PeriodNotFound):
        years.append(await sie_files.fiscal_year(conn, year - 1, basis))
    writer = Writer()
    await _write_chart(conn, writer, basis)
    await _write_dimensions(conn, writer, basis)
    for index, each in enumerate(years):
        await _write_balances(conn, writer, each, basis, index=-index)
    await _write_details(conn, writer, own, basis)
    async for rows in sie_files.vouchers(conn, year, basis):
        for row in rows:
            writer.voucher(_voucher(row, own))
    days = tuple((each.first_day, each.last_day) for each in years)
    about = About(basis.date(), owner.name, owner.organisation_number, days)
    return await asyncio.to_thread(writer.finish, about)


async def _write_chart(conn: Connection, writer: Writer, basis: datetime) -> None:
    for row in await sie_files.accounts(conn, basis):
        writer.account(Account(0, row["code"], row["name"]))


async def _write_dimensions(conn: Connection, writer: Writer, basis: datetime) -> None:
    names = {COUNTERPART: COUNTERPART_NAME}
    parents: dict[str, int] = {}
    for row in await sie_files.dimensions(conn, basis):
        names[str(row["number"])] = row["name"]
        if row["parent"] is not None:
            parents[str(row["number"])] = row["parent"]
    names[ACTIVITY] = ACTIVITY_NAME  # its name is what tells a reader of ours where it belongs
    for number in sorted(names, key=int):
        parent = parents.get(number)
        writer.dimension(
            Dimension(0, number, names[number], None if parent is None else str(parent))
        )
    for row in await sie_files.counterparts(conn, basis):
        if row["code"] != UNDIVIDED:
            writer.object(ObjectName(0, COUNTERPART, row["code"], row["name"]))
    for row in await sie_files.objects(conn, basis):
        writer.object(ObjectName(0, str(row["number"]), row["code"], row["name"]))


async def _write_balances(
    conn: Connection, writer: Writer, year: FiscalYear, basis: datetime, *, index: int
) -> None:
    """Write what each account came to in the file's own year (0) or the one before it (-1)."""
    by_account: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for row in await sie_files.sums(conn, year.year, basis):
        by_account[row["account"]][part_of(row["period"])] = row["amount"]
    months = _month_balances(by_account, year) if index == 0 else []
    for balance in (*_account_balances(by_account, index), *months):
        writer.balance(balance)


async def _write_details(
    conn: Connection, writer: Writer, year: FiscalYear, basis: datetime
) -> None:
    """Write the balances of objects, and the budget by account."""
    for row in await sie_files.object_sums(conn, year.year, basis):
        objects: Objects = ((str(row["number"]), row["code"]),)
        for label, amount in ((OIB, row["opening"]), (OUB, row["closing"])):
            if amount:
                writer.balance(Balance(0, label, 0, row["account"], amount, objects))
    for row in await sie_files.budget_lines(conn, year.year, basis):
        month = _month(part_of(row["period"]), year)
        writer.balance(
            Balance(0, PBUDGET, 0, row["account"], row["amount"], _objects_of_budget(row), month)
        )


def _account_balances(by_account: dict[str, dict[int, int]], index: int) -> list[Balance]:
    """Return opening and closing balances, and the result of accounts that belong to it."""
    stated: dict[str, list[Balance]] = {IB: [], UB: [], RES: []}
    for account, parts in sorted(by_account.items()):
        opening, total = parts.get(OPENING, 0), sum(parts.values())
        result = is_result_group(account[:2])
        if opening:
            stated[IB].append(Balance(0, IB, index, account, opening))
        if opening or not result:
            stated[UB].append(Balance(0, UB, index, account, total))
        if result:
            stated[RES].append(Balance(0, RES, index, account, total - opening))
    return [balance for balances in stated.values() for balance in balances]


def _month_balances(by_account: dict[str, dict[int, int]], year: FiscalYear) -> list[Balance]:
    """Return the movement per month; closing periods fall in the last one, as their days do."""
    months: defaultdict[tuple[str, int], int] = defaultdict(int)
    for account, parts in by_account.items():
        for part, amount in parts.items():
            if part != OPENING:
                months[account, _month(part, year)] += amount
    return [
        Balance(0, PSALDO, 0, account, amount, (), month)
        for (account, month), amount in sorted(months.items())
        if amount
    ]


def _month(part: int, year: FiscalYear) -> int:
    first = year.first_day_of(year.year * 100 + min(part, DECEMBER))
    return first.year * 100 + first.month


def _voucher(row: asyncpg.Record, year: FiscalYear) -> Voucher:
    period, covers_from = row["period"], row["covers_from"]
    series = row["series"]
    if period != year.period_of(row["happened_on"]) or covers_from != period:
        covers = None if covers_from == period else part_of(covers_from)
        series += Mark(part_of(period), covers).text
    return Voucher(0, series, str(row["number"]), _day(row), row["text"], list(_postings(row)))


def _day(row: asyncpg.Record) -> date:
    day: date = row["happened_on"]
    return day


def _postings(row: asyncpg.Record) -> Sequence[Posting]:
    known: dict[tuple[str, ...], Objects] = {}
    columns = ("counterparts", "projects", "responsibilities", "activities", "objects")
    postings = []
    for account, amount, text, *parts in zip(
        row["accounts"], row["amounts"], row["texts"], *(row[name] for name in columns), strict=True
    ):
        objects = known.get(tuple(parts))
        if objects is None:
            objects = known[tuple(parts)] = _objects(*parts)
        postings.append(Posting(account, objects, amount, text))
    return postings


def _objects(
    counterpart: str, project: str, responsibility: str, activity: str, free: str
) -> Objects:
    named = tuple(json.loads(free).items())
    return CodeParts(counterpart, project, responsibility, activity, named).objects


def _objects_of_budget(row: asyncpg.Record) -> Objects:
    return _objects(
        row["counterpart"] or UNDIVIDED,
        row["project"] or "",
        row["responsibility"] or "",
        row["activity"] or "",
        row["objects"],
    )
