"""Ledger files: registering what they name, and keeping what they state."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from services.budget import code_parts, dimensions
from services.budget.code_parts import Naming
from services.budget.dimensions import DimensionNaming, ObjectNaming
from services.budget.domain.chart import GROUP_NAMES, Part, group_of
from services.budget.domain.counterparts import WHOLE_CLASS_NAMES, class_of
from services.budget.domain.dimensions import NAMED_BY_THE_STANDARD
from services.budget.trial_balances import SINCE_ALWAYS
from shared.db import Connection
from shared.deliveries import Delivery

_ACCOUNTS = """
    with named as (
        select code from batch where kind = 'account' union
        select unnest(accounts) from batch where kind = 'voucher')
    select n.code, s.text as name from named n
    left join staging s on s.kind = 'account' and s.code = n.code
    where not exists (select from account a where a.code = n.code)
"""

_COUNTERPARTS = """
    with named as (
        select code from batch where kind = 'counterpart' union
        select unnest(counterparts) from batch where kind = 'voucher')
    select n.code, max(s.text) as name from named n
    left join staging s on s.kind = 'counterpart' and s.code = n.code
    where not exists (select from counterpart c where c.code = n.code) group by n.code
"""

_USED = """
    select number, code from batch where kind = 'object' union
    select 1, unnest(responsibilities) from batch where kind = 'voucher' union
    select 6, unnest(projects) from batch where kind = 'voucher' union
    select 21, unnest(activities) from batch where kind = 'voucher' union
    select o.key::int, o.value
    from (select distinct unnest(objects) as objects from batch where kind = 'voucher') b
    cross join lateral jsonb_each_text(b.objects::jsonb) o
"""

_DIMENSIONS = f"""
    with named as (
        select number from batch where kind = 'dimension' union
        select number from ({_USED}) used (number, code) where code <> '')
    select n.number, s.text as name, s.parent from named n
    left join staging s on s.kind = 'dimension' and s.number = n.number
    where not exists (select from dimension d where d.number = n.number)
"""

_OBJECTS = f"""
    select u.number, u.code, max(s.text) as name from ({_USED}) u (number, code)
    left join staging s on s.kind = 'object' and (s.number, s.code) = (u.number, u.code)
    where u.code <> '' and not exists (
        select from dimension_object o where (o.number, o.code) = (u.number, u.code))
    group by u.number, u.code order by u.number, u.code
"""


async def register_code_parts(conn: Connection, *, by: str) -> None:
    """Register every account, counterpart, dimension and object in ``batch`` that is missing.

    They hold since always, because a file says nothing of when, and under the file's names. One
    that the file uses without naming it is called by its code.
    """
    accounts = [
        Naming(row["code"], row["name"] or _group_name(row["code"]), SINCE_ALWAYS)
        for row in await conn.fetch(_ACCOUNTS)
    ]
    counterparts = [
        Naming(row["code"], row["name"] or WHOLE_CLASS_NAMES[class_of(row["code"])], SINCE_ALWAYS)
        for row in await conn.fetch(_COUNTERPARTS)
    ]
    for part, namings in ((Part.ACCOUNT, accounts), (Part.COUNTERPART, counterparts)):
        if namings:
            await code_parts.ensure(conn, part, namings, by=by)
    missing = [
        DimensionNaming(row["number"], row["name"] or _dimension_name(row["number"]), row["parent"])
        for row in await conn.fetch(_DIMENSIONS)
    ]
    if missing:
        await dimensions.ensure_dimensions(conn, missing, by=by)
    await _register_objects(conn, await conn.fetch(_OBJECTS), by=by)


async def _register_objects(conn: Connection, rows: Sequence[asyncpg.Record], *, by: str) -> None:
    for number in sorted({row["number"] for row in rows}):
        namings = [
            ObjectNaming(row["code"], row["name"] or row["code"], SINCE_ALWAYS)
            for row in rows
            if row["number"] == number
        ]
        await dimensions.ensure(conn, number, namings, by=by)


def _group_name(account: str) -> str:
    return GROUP_NAMES.get(group_of(account), account)


def _dimension_name(number: int) -> str:
    return NAMED_BY_THE_STANDARD.get(number, f"Dimension {number}")


_KEEP_FILE = """
    insert into sie_file (year, version, variety, opening_net, delivery_id, by, recorded_at)
    select s.number, coalesce(h.version, 0) + 1, s.code, s.amounts[1], $1, $2,
           greatest(now(), h.recorded_at + interval '1 microsecond')
    from staging s left join lateral (
        select version, recorded_at from sie_file where year = s.number
        order by version desc limit 1) h on true
    where s.kind = 'file' and s.number is not null and s.code <> '4I'
    returning id
"""

_KEEP_BUDGET = """
    insert into account_budget (year, version, delivery_id, by, recorded_at)
    select s.number, coalesce(h.version, 0) + 1, $1, $2,
           greatest(now(), h.recorded_at + interval '1 microsecond')
    from staging s left join lateral (
        select version, recorded_at from account_budget where year = s.number
        order by version desc limit 1) h on true
    where s.kind = 'file' and exists (select from staging b where b.kind = 'budget')
    returning id
"""

_DIVIDED = """
    accounts[1], period, counterparts[1], projects[1], responsibilities[1], activities[1],
    objects[1]::jsonb, amounts[1]
"""

_COLUMNS = "account, period, counterpart, project, responsibility, activity, objects, amount"


async def keep(conn: Connection, delivery: Delivery) -> None:
    """Keep what the staged file states: the whole of it, as the year's newest.

    A file without a budget leaves the year's budget as it is.

    Raises:
        asyncpg.CheckViolationError: the register has not booked what the file states
            (``sie_file_agrees``, when constraints are checked).

    """
    file_id = await conn.fetchval(_KEEP_FILE, delivery.id, delivery.by)
    if file_id is not None:
        await conn.execute(
            f"insert into sie_balance (sie_file_id, key, label, {_COLUMNS})"
            f" select $1, key, label, {_DIVIDED} from staging where kind = 'balance'",
            file_id,
        )
    budget_id = await conn.fetchval(_KEEP_BUDGET, delivery.id, delivery.by)
    if budget_id is not None:
        await conn.execute(
            f"insert into account_budget_line (account_budget_id, key, {_COLUMNS})"
            f" select $1, key, {_DIVIDED} from staging where kind = 'budget'",
            budget_id,
        )
