"""`/live`, `/ready` and `/metrics`: what an operator's probes ask.

Live means the event loop turns, and depends on nothing. Ready means this process can answer:
the database responds within half a second, the schema is the one this code was written for,
and the process has not been told to stop. Redis away is reported and does not make it unready:
writes are recorded and their events wait.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import msgspec
import redis.asyncio as redis
import sqlalchemy.exc
from starlette.responses import Response
from starlette.routing import Route

from shared.db import driver
from shared.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

    from shared.context import ServiceContext

DATABASE_WITHIN = 0.5
REDIS_WITHIN = 0.3
_AWAY = (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


def health_routes() -> Sequence[Route]:
    """Return the probes, to be placed at the root beside the service's own API."""
    return [
        Route("/live", live, methods=["GET"]),
        Route("/ready", ready, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
    ]


async def live(_request: Request) -> Response:
    """Answer that the process turns."""
    return _json({"status": "live"})


async def ready(request: Request) -> Response:
    """Answer 200 when this process can serve, 503 with what is missing otherwise."""
    context: ServiceContext = request.app.state.services
    database, queue = await asyncio.gather(_database(context), _queue(context))
    good = database == "ok" and not context.draining
    degraded = good and queue != "ok"
    body = {
        "status": "degraded" if degraded else "ready" if good else "not_ready",
        "database": database,
        "queue": queue,
        "draining": context.draining,
    }
    return _json(body, 200 if good else 503)


async def metrics(request: Request) -> Response:
    """Answer every metric of this process in Prometheus' format."""
    context: ServiceContext = request.app.state.services
    return Response(context.metrics.render(), media_type=CONTENT_TYPE)


async def _database(context: ServiceContext) -> str:
    try:
        async with asyncio.timeout(DATABASE_WITHIN), context.db.read() as session:
            conn = await driver(session)
            if context.schema_head is None:
                await conn.fetchval("select 1")
                return "ok"
            present = await conn.fetchval("select version_num from alembic_version")
    except asyncpg.UndefinedTableError:
        return "schema_missing"
    except (*_AWAY, sqlalchemy.exc.SQLAlchemyError):
        return "unreachable"
    return "ok" if present == context.schema_head else "schema_not_at_head"


async def _queue(context: ServiceContext) -> str:
    client = redis.Redis.from_url(
        context.settings.redis_url.get_secret_value(),
        socket_timeout=REDIS_WITHIN,
        socket_connect_timeout=REDIS_WITHIN,
    )
    try:
        async with asyncio.timeout(REDIS_WITHIN):
            await client.ping()
    except (TimeoutError, OSError, redis.RedisError):
        return "unreachable"
    finally:
        await client.aclose()
    return "ok"


def _json(body: Mapping[str, object], status: int = 200) -> Response:
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )
