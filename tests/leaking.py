"""Where people could be seen although they are not asked for: logs, queues, tables."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import redis.asyncio as redis
import structlog

from shared import logs
from shared.db import Database, driver


@contextmanager
def logged(service: str) -> Iterator[io.StringIO]:
    """Return everything that is logged meanwhile."""
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    logs.configure(service, "DEBUG", stream)
    yield stream
    structlog.reset_defaults()
    root.handlers, root.level = before, level
    logging.getLogger("uvicorn.access").disabled = False


async def everything_in(redis_url: str) -> str:
    """Return every key of the Valkey database, and what it holds."""
    client = redis.Redis.from_url(redis_url)
    parts = []
    async for key in client.scan_iter():
        parts.append(repr(key))
        match await client.type(key):
            case b"string":
                parts.append(repr(await client.get(key)))
            case b"stream":
                parts.append(repr(await client.xrange(key)))
            case b"zset":
                parts.append(repr(await client.zrange(key, 0, -1)))
            case b"hash":
                parts.append(repr(await client.hgetall(key)))
            case b"list":
                parts.append(repr(await client.lrange(key, 0, -1)))
            case b"set":
                parts.append(repr(await client.smembers(key)))
            case other:
                raise AssertionError(other)
    await client.aclose()
    return "\n".join(parts)


async def rows_of(db: Database, tables: Iterable[str]) -> str:
    """Return every row of tables as text."""
    async with db.read() as session:
        conn = await driver(session)
        rows = [
            row for table in tables for row in await conn.fetch(f"select t::text from {table} t")
        ]
    return "\n".join(row["t"] for row in rows)
