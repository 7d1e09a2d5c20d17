"""The outermost layer: trace in and out, security headers, load limit."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from shared.abandonment import stopped_when_abandoned
from shared.edge import Edge
from shared.trace import current_trace, leave_trace, resume_trace
from tests.shared.sample import sample_app, until

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from tests.conftest import Calling
    from tests.shared.conftest import Sample

GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    "path", ["/things", "/nowhere", "/oddities/failures", "http://test/live", "http://test/x"]
)
async def test_every_answer_continues_the_trace(sample: Sample, path: str) -> None:
    answer = await sample.calls.get(path, headers={"traceparent": GIVEN})
    version, trace_id, span_id, flags = answer.headers["traceparent"].split("-")
    assert (version, trace_id, flags) == ("00", "0af7651916cd43dd8448eb211c80319c", "01")
    assert span_id != "b7ad6b7169203331"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"]
    assert len(answer.headers.get_list("traceparent")) == 1
    assert current_trace() is None


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "x",
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        GIVEN + "-more",
        GIVEN + "x" * 1000,
    ],
)
def test_malformed_trace_is_replaced(given: str | None) -> None:
    trace, token = resume_trace(given)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", trace.traceparent)
    assert trace.trace_id not in (given or "")
    assert current_trace() is trace
    leave_trace(token)


def test_later_version_of_the_header_may_say_more() -> None:
    trace, token = resume_trace("01" + GIVEN[2:] + "-more")
    leave_trace(token)
    assert trace.trace_id == "0af7651916cd43dd8448eb211c80319c"


async def test_too_many_requests_in_hand_are_sent_away(sample: Sample, calling: Calling) -> None:
    app = sample_app(sample.urls, sample.issuer)
    edge = app.user_middleware[0]
    edge.kwargs["max_in_flight"] = 2
    headers = sample.issuer.headers("sample:read", audience=("sample",))
    async with calling(app, headers=headers) as calls:
        held = [asyncio.create_task(calls.get("/sample/v1/oddities/slow")) for _ in range(2)]
        await until(lambda: app.state.services.db.engine.pool.checkedout() == 2)
        shed = await calls.get("/sample/v1/things")
        alive = await calls.get("/live")
        for call in held:
            call.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        after = await calls.get("/sample/v1/things")
    assert (shed.status_code, shed.json()["code"]) == (503, "overloaded")
    assert shed.headers["retry-after"] == "1"
    assert (alive.status_code, after.status_code) == (200, 200)


async def test_kept_bytes_are_sent_once(sample: Sample) -> None:
    first = await sample.calls.get("/oddities/reports")
    assert (first.status_code, first.content) == (200, b'{"rows":[1,2,3]}')
    tag = first.headers["etag"]
    assert tag == '"basis-1"'
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = await sample.calls.get("/oddities/reports", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    other = await sample.calls.get("/oddities/reports", headers={"If-None-Match": '"basis-2"'})
    assert other.status_code == 200


async def test_version_guards_a_change(sample: Sample) -> None:
    made = await sample.calls.post("/things", json={"name": "a"}, headers={"Idempotency-Key": "k"})
    path = made.headers["location"].removeprefix("/sample/v1")

    async def rename(name: str, tag: str | None) -> tuple[int, str]:
        headers = [] if tag is None else [(b"If-Match", tag.encode())]
        answer = await sample.calls.patch(path, json={"name": name}, headers=headers)
        return answer.status_code, answer.headers.get("etag", answer.json().get("code", ""))

    assert await rename("b", None) == (428, "precondition_required")
    assert await rename("b", "*") == (428, "precondition_required")
    for wrong in ('W/"v1"', "v1", '"v2"', '"1"', '"vx"', '"v\u0661"'):
        status, _ = await rename("b", wrong)
        assert status == 412
    assert await rename("b", '"v1"') == (200, '"v2"')
    assert await rename("c", '"v1"') == (412, '"v2"')


async def test_one_of_many_writers_wins(sample: Sample) -> None:
    made = await sample.calls.post("/things", json={"name": "a"}, headers={"Idempotency-Key": "k"})
    path = made.headers["location"].removeprefix("/sample/v1")
    answers = await asyncio.gather(
        *(
            sample.calls.patch(path, json={"name": f"n{i}"}, headers={"If-Match": '"v1"'})
            for i in range(16)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 15


async def abandoned(patience: float, method: str) -> tuple[bool, bool]:
    """Let a client ask and leave; say whether the work was stopped, and the request over."""
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def work(_scope: Scope, _receive: Receive, _send: Send) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async def receive() -> Message:
        await begun.wait()
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        raise AssertionError

    scope = {"type": "http", "method": method, "path": "/x", "headers": []}
    request = asyncio.create_task(Edge(work, patience=patience)(scope, receive, send))
    done, _ = await asyncio.wait([request], timeout=0.5)
    if not done:
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
        return False, False
    await request
    return stopped.is_set(), True


async def test_slow_read_ends_when_its_client_leaves() -> None:
    assert await abandoned(0.01, "GET") == (True, True)


async def test_write_is_never_stopped_half_way() -> None:
    assert await abandoned(0.01, "POST") == (False, False)


async def test_without_the_watch_a_slow_read_goes_on() -> None:
    """Negative control."""
    assert await abandoned(60.0, "GET") == (False, False)


async def test_cancellation_from_outside_is_not_swallowed() -> None:
    with pytest.raises(asyncio.CancelledError):
        async with stopped_when_abandoned(asyncio.Event().wait, 60.0):  # type: ignore[arg-type]  # never called
            raise asyncio.CancelledError


async def test_specification_is_served_where_the_profile_wants_it(sample: Sample) -> None:
    anonymous = {"Authorization": ""}
    answer = await sample.calls.get("/openapi.json", headers=anonymous)
    assert answer.status_code == 200
    assert answer.json() == sample.app.api.openapi()
    info = await sample.calls.get("/api-info", headers=anonymous)
    assert info.json() == {
        "apiName": "sample",
        "apiVersion": "1.2.3",
        "apiReleased": "2026-11-22",
        "apiDocumentation": "https://api.example.se/sample/v1/openapi.json",
        "apiStatus": "active",
    }
    assert (await sample.calls.get("http://test/docs")).status_code == 404
