"""Programme periods and their rules, as they were known at a basis."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from services.budget.claim_errors import ProgrammePeriodNotFound
from services.budget.domain.programmes import (
    AccountRule,
    FlatRate,
    HourlyRate,
    RateKind,
    Rules,
)
from shared.db import Connection

_VERSION = """
    select p.code, v.version, v.name, v.first_day, v.last_day, v.hours_per_year, v.hours_per_day,
           v.whole_hours, v.source, v.by, v.recorded_at
    from programme_period p join lateral (
        select * from programme_period_version
        where code = p.code and recorded_at <= $1 order by version desc limit 1) v on true
"""

_RECORDED = "where programme_period = $1 and recorded_at <= $2"


async def programme_periods(
    conn: Connection, basis: datetime, *, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """Return a page of programme periods in their newest version, the newest first."""
    rows = await conn.fetch(
        f"{_VERSION} order by v.first_day desc, p.code limit $2 offset $3", basis, limit, offset
    )
    total = await conn.fetchval(f"select count(*) from ({_VERSION}) known", basis)
    return rows, total


async def programme_period(conn: Connection, code: str, basis: datetime) -> asyncpg.Record:
    """Return one programme period.

    Raises:
        ProgrammePeriodNotFound: there was none at the basis.

    """
    row: asyncpg.Record | None = await conn.fetchrow(f"{_VERSION} where p.code = $2", basis, code)
    if row is None:
        raise ProgrammePeriodNotFound
    return row


async def cost_types(conn: Connection, code: str, basis: datetime) -> list[asyncpg.Record]:
    return await conn.fetch(
        f"select code, name, source, by, recorded_at from cost_type {_RECORDED} order by code",
        code,
        basis,
    )


async def account_rules(conn: Connection, code: str, basis: datetime) -> list[asyncpg.Record]:
    """Return which accounts feed which cost type, in the order it was recorded."""
    return await conn.fetch(
        "select id, prefix, cost_type, valid_from, source, by, recorded_at"
        f" from cost_type_account {_RECORDED} order by id",
        code,
        basis,
    )


async def flat_rates(conn: Connection, code: str, basis: datetime) -> list[asyncpg.Record]:
    """Return flat rates in the order they were recorded."""
    return await conn.fetch(
        "select id, code, name, share, on_cost_types, replaces, valid_from, source, by,"
        f" recorded_at from flat_rate {_RECORDED} order by id",
        code,
        basis,
    )


async def hourly_rates(conn: Connection, code: str, basis: datetime) -> list[asyncpg.Record]:
    """Return unit costs an hour in the order they were recorded."""
    return await conn.fetch(
        "select id, kind, code, name, cost_type, amount, valid_from, source, by, recorded_at"
        f" from hourly_rate {_RECORDED} order by id",
        code,
        basis,
    )


async def rules_of(conn: Connection, code: str, basis: datetime) -> Rules:
    """Return everything a programme period said at a basis.

    Raises:
        ProgrammePeriodNotFound: there was none.

    """
    version = await programme_period(conn, code, basis)
    return Rules(
        code=code,
        hours_per_year=version["hours_per_year"],
        whole_hours=version["whole_hours"],
        accounts=[
            AccountRule(row["prefix"], row["cost_type"], row["valid_from"])
            for row in await account_rules(conn, code, basis)
        ],
        flat_rates=[
            FlatRate(
                id=row["id"],
                code=row["code"],
                share=row["share"],
                on_cost_types=frozenset(row["on_cost_types"]),
                replaces=frozenset(row["replaces"]),
                valid_from=row["valid_from"],
            )
            for row in await flat_rates(conn, code, basis)
        ],
        hourly_rates=[
            HourlyRate(
                kind=RateKind(row["kind"]),
                code=row["code"],
                cost_type=row["cost_type"],
                amount=row["amount"],
                valid_from=row["valid_from"],
            )
            for row in await hourly_rates(conn, code, basis)
        ],
    )
