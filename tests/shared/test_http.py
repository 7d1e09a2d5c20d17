"""Calls to other services: bounded, passed on as the caller, and never leaking a pool slot."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2
import pytest
from typing_extensions import override

from shared.auth import Caller
from shared.http import CalleeUnavailable, Limits, ServiceClient
from shared.trace import leave_trace, resume_trace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"
CALLER = Caller("clerk", frozenset(), "*", token="the-token")


@dataclass
class Server:
    """A real HTTP server on loopback whose manners a test decides."""

    url: str = ""
    answers: list[bytes] = field(default_factory=list)
    hang: bool = False
    requests: list[str] = field(default_factory=list)
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(asyncio.create_task(self.serve(reader, writer)))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
                if self.hang:
                    await reader.read()
                    break
                answer = self.answers.pop(0) if self.answers else OK
                if not answer:
                    break
                writer.write(answer)
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    described = Server()
    listening = await asyncio.start_server(described.accept, "127.0.0.1", 0)
    described.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/budget/v1"
    yield described
    listening.close()
    await asyncio.wait_for(asyncio.gather(*described.serving), 5)


async def storm(calls: ServiceClient, server: Server, rounds: int = 40) -> None:
    """Cancel calls in flight at every stage of their life, hundreds of them."""
    server.hang = True
    for number in range(rounds):
        tasks = [asyncio.create_task(calls.get("/figures")) for _ in range(10)]
        for _ in range(number % 12):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    server.hang = False


async def test_cancelled_calls_give_every_slot_back(server: Server) -> None:
    limits = Limits(connections=10, concurrent=10, queue_seconds=2.0, deadline=5.0)
    async with ServiceClient("budget", server.url, limits) as calls:
        await storm(calls, server)
        together = await asyncio.gather(*(calls.get("/figures") for _ in range(10)))
        assert [answer.status for answer in together] == [200] * 10


async def test_calls_past_their_deadline_give_every_slot_back(server: Server) -> None:
    limits = Limits(connections=10, concurrent=10, queue_seconds=2.0, deadline=5.0)
    server.hang = True
    async with ServiceClient("budget", server.url, limits) as calls:
        for _ in range(20):
            ended = await asyncio.gather(
                *(calls.get("/figures", deadline=0.02) for _ in range(10)), return_exceptions=True
            )
            assert all(isinstance(error, CalleeUnavailable) for error in ended)
        server.hang = False
        together = await asyncio.gather(*(calls.get("/figures") for _ in range(10)))
        assert [answer.status for answer in together] == [200] * 10


async def test_lost_places_would_show(server: Server) -> None:
    """Negative control: a bulkhead that loses places on cancellation fails the same check."""

    class Leaking(asyncio.Semaphore):
        @override
        def release(self) -> None:
            task = asyncio.current_task()
            if task is None or not task.cancelling():
                super().release()

    limits = Limits(connections=10, concurrent=10, queue_seconds=0.05, deadline=1.0)
    async with ServiceClient("budget", server.url, limits) as calls:
        calls._places = Leaking(10)
        await storm(calls, server)
        with pytest.raises(CalleeUnavailable, match="no_room"):
            await calls.get("/figures")


async def test_caller_and_trace_are_passed_on(server: Server) -> None:
    trace, token = resume_trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    async with ServiceClient("budget", server.url) as calls:
        await calls.get("/figures", params={"period": "2024"}, caller=CALLER)
    leave_trace(token)
    request = server.requests[0]
    assert request.startswith("GET /budget/v1/figures?period=2024 HTTP/1.1\r\n")
    assert "authorization: bearer the-token" in request.lower()
    assert f"traceparent: {trace.traceparent}" in request.lower()
    assert "0af7651916cd43dd8448eb211c80319c" in trace.traceparent


async def test_redirects_are_not_followed(server: Server) -> None:
    server.answers = [
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    ]
    async with ServiceClient("budget", server.url) as calls:
        assert (await calls.get("/figures", caller=CALLER)).status == 302
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [502, 503])
async def test_reads_are_tried_again_once(server: Server, status: int) -> None:
    server.answers = [b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status]
    async with ServiceClient("budget", server.url) as calls:
        assert (await calls.get("/figures")).status == 200
    assert len(server.requests) == 2


async def test_errors_that_stay_are_answered_as_they_are(server: Server) -> None:
    server.answers = [b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"] * 5
    async with ServiceClient("budget", server.url) as calls:
        assert (await calls.get("/figures")).status == 503
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [404, 409, 500, 504])
async def test_other_errors_are_not_tried_again(server: Server, status: int) -> None:
    server.answers = [b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status]
    async with ServiceClient("budget", server.url) as calls:
        assert (await calls.get("/figures")).status == status
    assert len(server.requests) == 1


async def test_writes_are_tried_again_only_with_a_key(server: Server) -> None:
    refusal = b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"
    async with ServiceClient("budget", server.url) as calls:
        server.answers = [refusal]
        assert (await calls.call("POST", "/vouchers", json={})).status == 503
        assert len(server.requests) == 1
        server.answers = [refusal]
        keyed = {"Idempotency-Key": "k"}
        assert (await calls.call("POST", "/vouchers", json={}, headers=keyed)).status == 200
        assert len(server.requests) == 3


async def test_read_that_breaks_off_is_not_tried_again(server: Server) -> None:
    """Something may have happened: the far side had the request."""
    server.answers = [b""]
    async with ServiceClient("budget", server.url) as calls:
        with pytest.raises(CalleeUnavailable, match="broken_off"):
            await calls.get("/figures")
    assert len(server.requests) == 1


async def test_nobody_listening_is_refused(server: Server) -> None:
    async with ServiceClient("budget", "http://127.0.0.1:1/budget/v1") as calls:
        with pytest.raises(CalleeUnavailable, match="refused") as refused:
            await calls.get("/figures")
    assert refused.value.status == 503
    assert refused.value.extensions == {"service": "budget", "reason": "refused"}


async def test_deadline_is_for_the_whole_call(server: Server) -> None:
    """A byte now and then keeps socket timeouts away; the deadline still falls."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)
        ended.set()

    ended = asyncio.Event()

    listening = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    began = asyncio.get_running_loop().time()
    async with ServiceClient("budget", url, Limits(deadline=5.0)) as calls:
        with pytest.raises(CalleeUnavailable, match="timeout"):
            await calls.get("/figures", deadline=0.2)
    assert asyncio.get_running_loop().time() - began < 1.5
    listening.close()
    await ended.wait()


async def test_bulkhead_refuses_instead_of_queueing(server: Server) -> None:
    server.hang = True
    limits = Limits(connections=4, concurrent=2, queue_seconds=0.02, deadline=1.0)
    async with ServiceClient("budget", server.url, limits) as calls:
        held = [asyncio.create_task(calls.get("/figures")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(CalleeUnavailable, match="no_room"):
            await calls.get("/figures")
        for call in held:
            call.cancel()
        await asyncio.gather(*held, return_exceptions=True)


async def test_an_application_in_this_process_can_be_called() -> None:
    async def app(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]  # ASGI
        await send({"type": "http.response.body", "body": b"[]"})  # type: ignore[operator]  # ASGI

    transport = httpx2.ASGITransport(app=app)
    async with ServiceClient("budget", "http://budget/budget/v1", transport=transport) as calls:
        assert (await calls.get("/figures")).body == b"[]"
