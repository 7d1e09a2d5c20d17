"""What a handler can ask for by type; `shared.routing` shows them in use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Header, Request

from shared import idempotency
from shared.auth import Caller
from shared.db import ReadSession, WriteSession
from shared.unit import Accessed, RequestUnit, expected_version

UNIT = "jarva.unit"


def unit_of(request: Request) -> RequestUnit:
    """Return the request's unit of work."""
    unit: RequestUnit = request.scope[UNIT]
    return unit


async def transaction(request: Request) -> WriteSession:
    return await unit_of(request).write()


async def opening(request: Request) -> Callable[[], Awaitable[WriteSession]]:
    return unit_of(request).open_late


async def reading(request: Request) -> ReadSession:
    return await unit_of(request).read()


async def caller(request: Request) -> Caller:
    return unit_of(request).known_caller()


async def accessed(request: Request) -> Accessed:
    return Accessed(unit_of(request))


async def idempotency_key(
    key: Annotated[
        str | None,
        Header(
            alias=idempotency.HEADER,
            description="Chosen by the client; the same key gives the same answer for 7 days",
        ),
    ] = None,
) -> str:
    if not key:
        raise idempotency.IdempotencyKeyMissing
    return key


async def if_match(
    tag: Annotated[
        str | None,
        Header(alias="If-Match", description='ETag of the version that was read, `"v17"`'),
    ] = None,
) -> int:
    return expected_version(tag)


Transaction = Annotated[WriteSession, Depends(transaction)]
Opening = Annotated[Callable[[], Awaitable[WriteSession]], Depends(opening)]
"""Opens the request's transaction when the handler asks: once others have answered it."""
Reading = Annotated[ReadSession, Depends(reading)]
CallerDep = Annotated[Caller, Depends(caller)]
AccessedDep = Annotated[Accessed, Depends(accessed)]
IdempotencyKey = Annotated[str, Depends(idempotency_key)]
IfMatch = Annotated[int, Depends(if_match)]
"""The version number that the client read; compare it with `shared.unit.require_version`."""
