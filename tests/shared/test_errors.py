"""Every error is a problem document, and none says more than it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.db import driver
from shared.errors import Conflict, DomainError, Invalid, Unacceptable, problem
from shared.models import ApiModel
from shared.routing import Reading, ServiceRouter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2

    from tests.conftest import Calling
    from tests.shared.conftest import Sample

MEMBERS = {"type", "title", "status", "detail", "instance", "code"}
SECRET = "20200101-2384"


def check_problem(answer: httpx2.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) >= MEMBERS
    assert body["status"] == status
    assert body["code"] == code
    assert body["instance"] == f"urn:trace:{answer.headers['traceparent'].split('-')[1]}"
    assert SECRET not in answer.text


async def test_framework_errors_are_problems(sample: Sample) -> None:
    calls = sample.calls
    check_problem(await calls.get("/nowhere"), 404, "not_found")
    check_problem(await calls.get("http://test/nowhere"), 404, "not_found")
    check_problem(await calls.get("http://test/sample/v1"), 404, "not_found")
    check_problem(await calls.post("http://test/live"), 405, "method_not_allowed")
    check_problem(await calls.get("/things/"), 404, "not_found")


async def test_method_not_allowed_names_every_method(sample: Sample) -> None:
    collection = await sample.calls.delete("/things")
    check_problem(collection, 405, "method_not_allowed")
    assert collection.headers["allow"] == "GET, POST"
    one = await sample.calls.put("/things/0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b")
    assert one.headers["allow"] == "GET, PATCH"


async def test_body_of_another_type_is_415(sample: Sample) -> None:
    for headers in ({"Content-Type": "text/plain"}, {"Content-Type": "application/x-json"}):
        answer = await sample.calls.post("/things", content=b"{}", headers=headers)
        check_problem(answer, 415, "unsupported_media_type")
        assert answer.headers["accept"] == "application/json"
    answer = await sample.calls.post("/things", content=b"{}")
    check_problem(answer, 415, "unsupported_media_type")


async def test_large_body_is_413_declared_or_not(sample: Sample) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"name": "'
        for _ in range(40):
            yield b"x" * 65536
        yield b'"}'

    headers = {"Content-Type": "application/json", "Idempotency-Key": "big"}
    declared = await sample.calls.post("/things", content=b" " * 2**21, headers=headers)
    check_problem(declared, 413, "content_too_large")
    chunked = await sample.calls.post("/things", content=pieces(), headers=headers)
    check_problem(chunked, 413, "content_too_large")


async def test_validation_names_properties_and_never_values(sample: Sample) -> None:
    body = {"name": 7, "openedOn": SECRET, "price": "x" + SECRET, SECRET: SECRET, "extra": SECRET}
    answer = await sample.calls.post("/things", json=body, headers={"Idempotency-Key": "k"})
    check_problem(answer, 422, "invalid_request")
    found = {entry["property"]: entry["code"] for entry in answer.json()["invalid-parameters"]}
    assert found["name"] == "string_type"
    assert found["openedOn"] == "date_expected"
    assert found["*"] == "extra_forbidden"
    assert found["extra"] == "extra_forbidden"
    assert all(
        set(entry) == {"property", "code", "reason"}
        for entry in answer.json()["invalid-parameters"]
    )


async def test_validation_of_path_and_query(sample: Sample) -> None:
    answer = await sample.calls.get(f"/things/{SECRET}")
    check_problem(answer, 422, "invalid_request")
    assert answer.json()["invalid-parameters"][0]["property"] == "thingId"
    answer = await sample.calls.get("/things", params={"limit": "500", "page": "0"})
    check_problem(answer, 422, "invalid_request")
    assert [entry["property"] for entry in answer.json()["invalid-parameters"]] == ["limit", "page"]


async def test_broken_json_is_400(sample: Sample) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "broken"}
    broken = b'{"name": ' + SECRET.encode()
    answer = await sample.calls.post("/things", content=broken, headers=headers)
    check_problem(answer, 400, "malformed_json")
    answer = await sample.calls.post("/things", content=b'{"name": "\xff"}', headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_text_that_postgres_cannot_hold_is_422(sample: Sample) -> None:
    headers = {"Idempotency-Key": "nul"}
    answer = await sample.calls.post("/things", json={"name": "a\u0000b"}, headers=headers)
    check_problem(answer, 422, "value_refused")


async def test_unknown_exception_is_500_without_detail(
    sample: Sample, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = await sample.calls.get("/oddities/failures")
    check_problem(answer, 500, "internal_error")
    assert "RuntimeError" not in answer.text
    assert "no place" not in answer.text


@pytest.mark.parametrize(
    ("sqlstate", "status", "code", "retry"),
    [
        ("40001", 409, "try_again", "1"),
        ("40P01", 409, "try_again", "1"),
        ("55P03", 409, "try_again", "1"),
        ("23505", 409, "already_exists", None),
        ("23503", 409, "reference_missing", None),
        ("23514", 422, "value_refused", None),
        ("22003", 422, "value_refused", None),
        ("57014", 503, "too_slow", "5"),
        ("53300", 503, "database_unavailable", "1"),
        ("42P01", 500, "internal_error", None),
    ],
)
async def test_sqlstate_decides(
    sample: Sample, sqlstate: str, status: int, code: str, retry: str | None
) -> None:
    answer = await sample.calls.get(f"/oddities/database-failures/{sqlstate}")
    check_problem(answer, status, code)
    assert answer.headers.get("retry-after") == retry


async def test_value_of_the_wrong_type_is_our_mistake(sample: Sample) -> None:
    """The driver calls both a data error: what a client sent too large, and our own slip."""
    router = ServiceRouter(prefix="/numbers", tag="numbers")

    @router.get("/{number}", scope="sample:read")
    async def add_one(number: int, session: Reading) -> int:
        """Add one."""
        conn = await driver(session)
        if number == 0:
            await conn.fetchval("select $1::int", "0")
        found: int = await conn.fetchval("select $1::int + 1", number)
        return found

    sample.app.dispatcher.add(router.routes[0])
    assert (await sample.calls.get("/numbers/1")).json() == 2
    check_problem(await sample.calls.get(f"/numbers/{2**40}"), 422, "value_refused")
    check_problem(await sample.calls.get("/numbers/0"), 500, "internal_error")


async def test_database_away_is_503(sample: Sample, calling: Calling) -> None:
    from tests.servers import DatabaseUrls  # noqa: PLC0415  only here
    from tests.shared.sample import sample_app  # noqa: PLC0415  only here

    nowhere = DatabaseUrls(app="postgresql://a:b@127.0.0.1:1/x", owner="")
    app = sample_app(nowhere, sample.issuer)
    headers = sample.issuer.headers("sample:read", audience=("sample",))
    async with calling(app, headers=headers) as calls:
        answer = await calls.get("/sample/v1/things")
    check_problem(answer, 503, "database_unavailable")
    assert answer.headers["retry-after"] == "1"


async def test_pool_that_is_full_is_503(sample: Sample, calling: Calling) -> None:
    import asyncio  # noqa: PLC0415  only here

    from tests.shared.sample import sample_app, until  # noqa: PLC0415  only here

    app = sample_app(sample.urls, sample.issuer, pool_size=2)
    headers = sample.issuer.headers("sample:read", audience=("sample",))
    async with calling(app, headers=headers) as calls:
        held = [asyncio.create_task(calls.get("/sample/v1/oddities/slow")) for _ in range(2)]
        await until(lambda: app.state.services.db.engine.pool.checkedout() == 2)
        answer = await calls.get("/sample/v1/things")
        for call in held:
            call.cancel()
        await asyncio.gather(*held, return_exceptions=True)
    check_problem(answer, 503, "database_unavailable")


def test_extensions_are_camel_case_and_headers_kept() -> None:
    class Full(Conflict):
        code = "full"
        title = "No more room"

    answer = Full("Three are held.", retry_after=3, held_now=3).response()
    assert b'"heldNow":3' in answer.body
    assert answer.headers["retry-after"] == "3"
    assert b'"code":"full"' in Invalid.of("a", "full", "No").response().body
    assert isinstance(Full(), DomainError)
    assert b"urn:trace:none" in problem(404, "x", "y").body


async def test_only_validators_of_ours_say_why(sample: Sample) -> None:
    """A ValueError quotes what it likes; only its kind is answered."""
    from pydantic import field_validator  # noqa: PLC0415  only here

    class Checked(ApiModel):
        number: str
        amount: str

        @field_validator("number")
        @classmethod
        def check(cls, value: str) -> str:
            raise ValueError(f"{value} is no number")

        @field_validator("amount")
        @classmethod
        def refuse(cls, _: str) -> str:
            raise Unacceptable("an amount is not negative")

    Checked.__module__ = __name__
    globals()["Checked"] = Checked
    router = ServiceRouter(prefix="/checks", tag="checks")

    @router.post("", scope="sample:write")
    async def check_it(body: Checked) -> None:
        """Check it."""

    sample.app.dispatcher.add(router.routes[0])
    answer = await sample.calls.post("/checks", json={"number": SECRET, "amount": SECRET})
    check_problem(answer, 422, "invalid_request")
    number, amount = answer.json()["invalid-parameters"]
    assert (number["code"], number["reason"]) == (
        "value_error",
        "Input is not acceptable (value_error)",
    )
    assert amount["reason"] == "an amount is not negative"
