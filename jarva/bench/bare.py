"""The least a server can do to store one row safely: parse, insert, commit, answer."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import TypedDict

import asyncpg
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class Contact(msgspec.Struct, rename="camel"):
    """What is posted."""

    operation: str
    unit: str
    happened_on: date
    channel: str
    direction: str
    sex: str
    age_group: str
    target_group: str
    district: str | None = None


_DECODE = msgspec.json.Decoder(Contact).decode
_INSERT = """
    insert into bare_contact (operation, unit, happened_on, channel, direction, sex, age_group,
                              target_group, district)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
"""


class State(TypedDict):
    """What the process shares."""

    pool: asyncpg.Pool


async def create(request: Request) -> Response:
    """Store one contact."""
    contact = _DECODE(await request.body())
    made = await request.state.pool.fetchval(_INSERT, *msgspec.structs.astuple(contact))
    return Response(
        msgspec.json.encode({"id": made}), status_code=201, media_type="application/json"
    )


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[State]:
    async with asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], max_size=16) as pool:
        yield {"pool": pool}


def create_app() -> Starlette:
    """Return the application."""
    return Starlette(routes=[Route("/contacts", create, methods=["POST"])], lifespan=_lifespan)
