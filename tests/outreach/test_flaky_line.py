"""A drop-in evening is registered in one request, from a telephone whose line breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import uvicorn

from services.outreach.main import create_app
from services.outreach.settings import Settings
from tests.outreach.arena import EVERYTHING, ROOT, Arena
from tests.outreach.test_session_reports import counted, report_body
from tests.tokens import Issuer

CUT_REQUEST, CUT_REPLY, THROUGH = "cut request", "cut reply", "through"


@dataclass
class Line:
    """A line to a server, which does to each connection what is next in its list."""

    server: int
    ahead: list[str]
    seen: list[str] = field(default_factory=list)

    async def carry(self, phone: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        answers, onward = await asyncio.open_connection("127.0.0.1", self.server)
        how = self.ahead.pop(0)
        request = await self._request(phone)
        onward.write(request[: len(request) // 2] if how == CUT_REQUEST else request)
        await onward.drain()
        if how != CUT_REQUEST:
            reply = await answers.read(65536)  # so the server has done what it was asked
            assert reply.startswith(b"HTTP/1.1 20"), reply
            if how == THROUGH:
                back.write(reply)
                await back.drain()
        self.seen.append(how)
        for writer in (onward, back):
            writer.close()

    @staticmethod
    async def _request(phone: asyncio.StreamReader) -> bytes:
        head = await phone.readuntil(b"\r\n\r\n")
        (length,) = (
            int(line.split(b":")[1])
            for line in head.splitlines()
            if line.lower().startswith(b"content-length:")
        )
        return head + await phone.readexactly(length)


@asynccontextmanager
async def flaky_line(settings: Settings, *ahead: str) -> AsyncIterator[tuple[Line, str]]:
    """Serve outreach on a port of its own, behind a line; yield the line and its address."""
    config = uvicorn.Config(create_app(settings), port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    line = Line(server.servers[0].sockets[0].getsockname()[1], list(ahead))
    async with await asyncio.start_server(line.carry, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        yield line, f"http://127.0.0.1:{port}{ROOT}/session-reports"
    server.should_exit = True
    await serving


async def send_until_answered(
    url: str, headers: dict[str, str], body: Callable[[], Any], key: Callable[[], str]
) -> httpx2.Response:
    """Send as a telephone does: again and again, until an answer comes."""
    while True:
        try:
            async with httpx2.AsyncClient() as phone:
                sent = headers | {"Idempotency-Key": key()}
                return await phone.post(url, json=body(), headers=sent)
        except httpx2.TransportError:
            continue


@pytest.mark.parametrize("same_key", [True, False])
async def test_an_evening_sent_three_times_over_a_flaky_line_is_counted_once(
    arena: Arena, settings: Settings, issuer: Issuer, *, same_key: bool
) -> None:
    evening, key = report_body(), uuid4().hex
    async with flaky_line(settings, CUT_REQUEST, CUT_REPLY, THROUGH) as (line, url):
        answer = await send_until_answered(
            url,
            issuer.headers(*EVERYTHING, units=("*",)),
            lambda: evening,
            lambda: key if same_key else uuid4().hex,
        )
    assert line.seen == [CUT_REQUEST, CUT_REPLY, THROUGH]
    assert answer.json()["session"]["id"] == evening["id"]
    assert await counted(arena) == (1, 11, 2)


async def test_control_a_telephone_that_makes_new_ids_counts_twice(
    arena: Arena, settings: Settings, issuer: Issuer
) -> None:
    async with flaky_line(settings, CUT_REQUEST, CUT_REPLY, THROUGH) as (_, url):
        headers = issuer.headers(*EVERYTHING, units=("*",))
        await send_until_answered(url, headers, report_body, lambda: uuid4().hex)
    assert await counted(arena) == (2, 22, 4)
