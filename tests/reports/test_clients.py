"""Whatever a provider answers, it costs its own sections and never the report."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.reports.clients import AskedBy
from services.reports.domain.planning import FigureQuery
from services.reports.gathering import ProviderFailed
from shared.auth import ALL, Caller
from shared.http import Limits, ServiceClient

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
QUERY = FigureQuery("exits", "2024", (), ())


@asynccontextmanager
async def asked(answer: Callable[[Request], Awaitable[Response]]) -> AsyncIterator[AskedBy]:
    """Give a provider whose every answer is the one given."""
    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    transport = httpx2.ASGITransport(app)
    caller = Caller("anna", frozenset(), ALL)
    async with ServiceClient("budget", "http://budget", Limits(), transport) as client:
        yield AskedBy(client, caller)


def always(status: int, content: object) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        return JSONResponse(content, status)

    return answer


async def test_what_a_provider_settles_and_answers_is_read() -> None:
    async with asked(always(200, {"settledAt": "2025-03-01T12:00:00Z"})) as provider:
        assert await provider.settled_at() == NOW
    async with asked(always(200, {"answers": [{"name": "exits"}]})) as provider:
        assert await provider.figures([QUERY], NOW) == [{"name": "exits"}]


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        {"settledAt": "yesterday", "answers": "none"},
        {"settledAt": "2025-03-01T12:00:00", "answers": [1]},
        {"settledAt": None, "answers": [{}, {}]},
    ],
)
async def test_an_answer_of_another_shape_is_the_providers_failure(content: object) -> None:
    async with asked(always(200, content)) as provider:
        with pytest.raises(ProviderFailed, match="unreadable_answer"):
            await provider.settled_at()
        with pytest.raises(ProviderFailed, match="unreadable_answer"):
            await provider.figures([QUERY], NOW)


async def test_only_a_basis_that_is_not_settled_is_asked_again() -> None:
    times = 0

    async def settling(_request: Request) -> Response:
        nonlocal times
        times += 1
        if times == 1:
            return JSONResponse({"code": "basis_not_settled"}, 409)
        return JSONResponse({"code": "period_closed"}, 409)

    async with asked(settling) as provider:
        with pytest.raises(ProviderFailed, match="period_closed"):
            await provider.statement("balance-sheet", "2020-T2", NOW)
    assert times == 2
