"""Whatever a provider answers, it costs its own sections and never the report."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeAlias

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.reports.clients import AskedBy
from services.reports.domain.planning import FigureQuery, Reading
from services.reports.errors import ProgrammeNotFound
from services.reports.gathering import REFUSED, ProviderFailed
from shared.auth import ALL, Caller
from shared.clock import rfc3339
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
            await provider.statements(["balance-sheet"], "2020-T2", NOW)
    assert times == 2


Statements: TypeAlias = "list[dict[str, object]]"
LEDGER: Statements = [
    {"statement": name, "rows": []} for name in ("income-statement", "balance-sheet")
]


def budget(paths: list[str], ledger: Statements) -> Callable[[Request], Awaitable[Response]]:
    """Answer as budget does, and note which paths are asked for."""

    async def answer(request: Request) -> Response:
        paths.append(request.url.path)
        assert dict(request.query_params) == {"period": "2020-T2", "basis": rfc3339(NOW)}
        if request.url.path == "/statements":
            return JSONResponse({"hold": True, "statements": ledger})
        return JSONResponse({"form": request.url.path})

    return answer


async def test_statements_of_the_ledger_are_asked_for_in_one_call() -> None:
    paths: list[str] = []
    names = ["project-appendix", "balance-sheet", "income-statement"]
    async with asked(budget(paths, LEDGER)) as provider:
        found = await provider.statements(names, "2020-T2", NOW)
    assert sorted(paths) == ["/statements", "/statements/project-appendix"]
    assert list(found) == names
    assert found["project-appendix"] == {"form": "/statements/project-appendix"}
    assert [found["income-statement"], found["balance-sheet"]] == LEDGER


async def test_a_form_alone_is_asked_for_without_the_ledger() -> None:
    paths: list[str] = []
    async with asked(budget(paths, LEDGER)) as provider:
        await provider.statements(["project-appendix"], "2020-T2", NOW)
    assert paths == ["/statements/project-appendix"]


@pytest.mark.parametrize("ledger", [LEDGER[:1], [{"rows": []}], []])
async def test_a_statement_that_is_not_among_the_ledgers_is_the_providers_failure(
    ledger: Statements,
) -> None:
    async with asked(budget([], ledger)) as provider:
        with pytest.raises(ProviderFailed, match="unreadable_answer"):
            await provider.statements(["balance-sheet"], "2020-T2", NOW)


FIGURES = [FigureQuery(figure, "2024", ("age_group",), ()) for figure in ("a", "b", "c", "d")]


def refusing(*names: str) -> Callable[[Request], Awaitable[Response]]:
    """Answer figures but for some, which it refuses one by one as the services do."""

    async def answer(request: Request) -> Response:
        queries = (await request.json())["queries"]
        assert all(query["by"] == ["ageGroup"] for query in queries)
        for place, query in enumerate(queries):
            if query["figure"] in names:
                return JSONResponse({"code": "unknown_code", "query": place}, 422)
        return JSONResponse({"answers": [{"name": query["figure"]} for query in queries]})

    return answer


@pytest.mark.parametrize("refused", ["", "a", "bd", "abcd"])
async def test_a_figure_that_is_refused_costs_no_other(refused: str) -> None:
    async with asked(refusing(*refused)) as provider:
        answers = await provider.figures(FIGURES, NOW)
    assert answers == [
        {REFUSED: "unknown_code"} if query.figure in refused else {"name": query.figure}
        for query in FIGURES
    ]


@pytest.mark.parametrize("query", [None, -1, 4, "2"])
async def test_a_refusal_that_names_no_question_is_of_them_all(query: object) -> None:
    async with asked(always(403, {"code": "scope_missing", "query": query})) as provider:
        with pytest.raises(ProviderFailed, match="scope_missing"):
            await provider.figures(FIGURES, NOW)


async def test_a_table_is_asked_for_with_every_value_and_the_basis() -> None:
    asked_for: list[tuple[str, list[tuple[str, str]]]] = []

    async def answer(request: Request) -> Response:
        asked_for.append((request.url.path, request.query_params.multi_items()))
        return JSONResponse({"rates": []})

    reading = Reading(
        "follow-up-rates",
        "/follow-ups/rates",
        (("period", "2024"), ("unit", "å & ä"), ("unit", "b")),
    )
    async with asked(answer) as provider:
        assert await provider.reading(reading, NOW) == {"rates": []}
    params = [("period", "2024"), ("unit", "å & ä"), ("unit", "b"), ("basis", rfc3339(NOW))]
    assert asked_for == [("/follow-ups/rates", params)]


@pytest.mark.parametrize(
    ("content", "project"),
    [({"projectReference": "6"}, "6"), ({"projectReference": None}, None), ({}, None)],
)
async def test_a_programmes_project_is_asked_of_participants(
    content: dict[str, object], project: str | None
) -> None:
    async with asked(always(200, content)) as provider:
        assert await provider.project_of("yfi") == project


async def test_a_programme_that_does_not_exist_is_the_callers_mistake() -> None:
    async with asked(always(404, {"code": "not_found"})) as provider:
        with pytest.raises(ProgrammeNotFound, match="yfi"):
            await provider.project_of("yfi")
    async with asked(always(403, {"code": "scope_missing"})) as provider:
        with pytest.raises(ProviderFailed, match="scope_missing"):
            await provider.project_of("yfi")
