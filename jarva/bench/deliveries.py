"""A delivery over HTTP, against the same rows staged and merged by SQL alone."""

from __future__ import annotations

import io
import time
from datetime import date, timedelta
from uuid import uuid4

import asyncpg

from jarva.bench.measuring import Line
from jarva.demo.loading import Target, finished, post_all
from jarva.running import Running

_OPERATION = {"code": "bench-visits", "name": "Mätning", "counts": "visitors"}
_FIRST_TARGET, _AGAIN_TARGET = 1 / 0.60, 1 / 0.50
_HEAD = "sourceKey,operation,unit,heldOn,women,men"

_LIMIT_TABLES = """
    drop table if exists limit_visit, limit_history, limit_staging;
    create table limit_visit (id uuid primary key default uuidv7(), source_key text unique,
        operation text, unit text, held_on date, women integer, men integer,
        version integer not null default 1, recorded_at timestamptz not null default now());
    create table limit_history (id bigint generated always as identity primary key,
        record_id uuid, amount bigint, sex text, held_on date,
        recorded_at timestamptz not null default now());
    create unlogged table limit_staging (source_key text, operation text, unit text,
        held_on date, women integer, men integer);
"""
_LIMIT_CREATE = """
    with made as (
        insert into limit_visit (source_key, operation, unit, held_on, women, men)
        select s.* from limit_staging s
        where not exists (select from limit_visit v where v.source_key = s.source_key)
        returning id, held_on, women, men)
    insert into limit_history (record_id, amount, sex, held_on)
    select id, women, 'women', held_on from made where women > 0
    union all select id, men, 'men', held_on from made where men > 0
"""
_LIMIT_CHANGE = """
    update limit_visit v set women = s.women, men = s.men, version = version + 1
    from limit_staging s where v.source_key = s.source_key
    and (v.operation, v.unit, v.held_on, v.women, v.men)
        is distinct from (s.operation, s.unit, s.held_on, s.women, s.men)
"""


async def visits_delivery(running: Running, database_url: str, *, rows: int) -> list[Line]:
    """Measure a first delivery, the same again, and one with a hundredth changed."""
    operation = _OPERATION | {"validFrom": "2015-01-01"}
    target = Target(
        running.urls, running.token(["outreach:read", "outreach:write", "registers:push"])
    )
    with target.client("outreach") as client:
        post_all(client, "/operations", [operation], key=("code",))
    conn = await asyncpg.connect(database_url)
    try:
        await conn.execute(_LIMIT_TABLES)
        source = uuid4().hex[:8]
        runs = [
            ("first delivery", _body(source, rows), _FIRST_TARGET),
            ("the same again", _body(source, rows), _AGAIN_TARGET),
            ("one in a hundred changed", _body(source, rows, changed=100), _AGAIN_TARGET),
        ]
        lines = []
        for name, body, aim in runs:
            product = _pushed(target, body)
            limit = await _merged(conn, body)
            name_of = f"delivery of {rows:,} visits: {name}".replace(",", " ")
            note = "COPY to staging, anti-join and history in SQL alone, no checks"
            lines.append(Line(name_of, product * 1e3, limit * 1e3, "ms", aim, note))
        return lines
    finally:
        await conn.close()


def _body(source: str, rows: int, *, changed: int = 0) -> bytes:
    first = date(2024, 1, 1)
    lines = (
        f"bench:{source}-{number},bench-visits,jobbtorg-unga-jarva,"
        f"{first + timedelta(days=number % 360)},"
        f"{number % 7 + (1 if changed and number % changed == 0 else 0)},{number % 5}"
        for number in range(rows)
    )
    return "\n".join([_HEAD, *lines, ""]).encode()


def _pushed(target: Target, body: bytes) -> float:
    """Return the seconds from sending the body until it is applied."""
    with target.client("outreach") as client:
        began = time.perf_counter()
        answer = client.post(
            "/registers/visits/deliveries",
            content=body,
            headers={"Content-Type": "text/csv", "Idempotency-Key": str(uuid4())},
        )
        answer.raise_for_status()
        delivery = finished(client, answer.headers["Location"])
        if delivery["state"] == "held":
            raise RuntimeError("the guard held the delivery; it would change too much")
        return time.perf_counter() - began


async def _merged(conn: asyncpg.Connection[asyncpg.Record], body: bytes) -> float:
    began = time.perf_counter()
    await conn.execute("truncate limit_staging")
    await conn.copy_to_table("limit_staging", source=io.BytesIO(body), format="csv", header=True)
    async with conn.transaction():
        await conn.execute(_LIMIT_CREATE)
        await conn.execute(_LIMIT_CHANGE)
    return time.perf_counter() - began
