"""A repeated request has one effect and one answer."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import idempotency
from shared.access_log import verify
from shared.auth import ALL, Caller, UnitNotAllowed
from shared.crypto import Sealer
from shared.db import driver
from shared.idempotency import (
    Claim,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    RequestInProgress,
    canonical_body,
    claim,
    fingerprint,
    keep,
)
from tests.shared.sample import owner, sample_app, until

if TYPE_CHECKING:
    from tests.conftest import Calling
    from tests.shared.conftest import Sample

CLERK = Caller("clerk", frozenset(), frozenset({"a", "b"}))


async def count(sample: Sample) -> int:
    async with sample.db.read() as session:
        found = await (await driver(session)).fetchval("select count(*) from thing")
        return int(found)


def comparable(answer: httpx2.Response) -> tuple[Any, ...]:
    skipped = ("traceparent", "idempotent-replayed")
    headers = sorted((n, v) for n, v in answer.headers.items() if n not in skipped)
    return answer.status_code, answer.content, headers


async def test_replay_gives_the_same_bytes_and_no_second_effect(sample: Sample) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = await sample.calls.post("/things", json={"name": "a"}, headers=headers)
    again = [
        await sample.calls.post("/things", json={"name": "a"}, headers=headers) for _ in range(4)
    ]
    assert first.status_code == 201
    assert "idempotent-replayed" not in first.headers
    assert {answer.headers["idempotent-replayed"] for answer in again} == {"true"}
    assert {str(comparable(answer)) for answer in again} == {str(comparable(first))}
    assert await count(sample) == 1


async def test_same_key_with_another_spelling_of_the_body_is_a_replay(sample: Sample) -> None:
    headers = {"Idempotency-Key": "k1", "Content-Type": "application/json"}
    one = b'{"name":"a","openedOn":"2024-01-02"}'
    two = b'{ "openedOn": "2024-01-02",\n "name": "\\u0061" }'
    first = await sample.calls.post("/things", content=one, headers=headers)
    second = await sample.calls.post("/things", content=two, headers=headers)
    assert second.headers["idempotent-replayed"] == "true"
    assert second.content == first.content


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/things", {"name": "b"}),
        ("/things", {"name": "a", "openedOn": "2024-01-02"}),
        ("/things", {"name": 1}),
        ("/things?touched=", {"name": "a"}),
        ("/oddities/slow-writes", None),
    ],
)
async def test_same_key_for_another_request_is_refused(
    sample: Sample, path: str, body: dict[str, object] | None
) -> None:
    headers = {"Idempotency-Key": "k1"}
    await sample.calls.post("/things", json={"name": "a"}, headers=headers)
    answer = await sample.calls.post(path, json=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert await count(sample) == 1


@pytest.mark.parametrize("key", [None, "", "x" * 256, "å", "a\tb"])
async def test_missing_or_unusable_key_is_400(sample: Sample, key: str | None) -> None:
    headers = [] if key is None else [(b"Idempotency-Key", key.encode())]
    answer = await sample.calls.post("/things", json={"name": "a"}, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_missing"
    assert await count(sample) == 0


async def test_keys_are_each_clients_own(sample: Sample) -> None:
    headers = {"Idempotency-Key": "k1"}
    other = sample.issuer.headers("sample:write", audience=("sample",), subject="other")
    first = await sample.calls.post("/things", json={"name": "a"}, headers=headers)
    second = await sample.calls.post("/things", json={"name": "b"}, headers=headers | other)
    assert (first.status_code, second.status_code) == (201, 201)
    assert "idempotent-replayed" not in second.headers


async def test_failure_takes_the_key_back(sample: Sample) -> None:
    headers = {"Idempotency-Key": "k2"}
    await sample.calls.post("/things", json={"name": "a"}, headers={"Idempotency-Key": "k1"})
    failed = await sample.calls.post("/things", json={"name": "a"}, headers=headers)
    invalid = await sample.calls.post("/things", json={}, headers=headers)
    good = await sample.calls.post("/things", json={"name": "c"}, headers=headers)
    assert (failed.status_code, invalid.status_code, good.status_code) == (409, 422, 201)


async def test_replay_asks_for_todays_scope_and_units(sample: Sample) -> None:
    headers = {"Idempotency-Key": "k1"}

    def bearer(*scopes: str, units: tuple[str, ...]) -> dict[str, str]:
        return sample.issuer.headers(*scopes, units=units, audience=("sample",)) | headers

    async def send(token: dict[str, str]) -> httpx2.Response:
        return await sample.calls.post("/things", json={"name": "a"}, headers=token)

    assert (await send(bearer("sample:write", units=("a", "b")))).status_code == 201
    assert (await send(bearer("sample:read", units=("a", "b")))).status_code == 403
    narrower = await send(bearer("sample:write", units=("a",)))
    assert (narrower.status_code, narrower.json()["code"]) == (403, "unit_not_allowed")
    wider = await send(bearer("sample:write", units=("a", "b", "c")))
    assert (wider.status_code, wider.headers["idempotent-replayed"]) == (201, "true")
    everything = await send(bearer("sample:write", units=("*",)))
    assert everything.status_code == 201
    expired = sample.issuer.headers("sample:write", audience=("sample",), lifetime=-120)
    assert (await send(expired | headers)).status_code == 401


async def test_concurrent_twin_waits_and_gets_the_first_answer(sample: Sample) -> None:
    app = sample.app
    headers = {"Idempotency-Key": "k1"}
    pool = app.state.services.db.engine.pool
    one = asyncio.create_task(sample.calls.post("/oddities/slow-writes", headers=headers))
    two = asyncio.create_task(sample.calls.post("/oddities/slow-writes", headers=headers))
    await until(lambda: pool.checkedout() == 2)
    app.state.let_go.set()
    answers = await asyncio.gather(one, two)
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].content == answers[1].content
    replayed = [answer.headers.get("idempotent-replayed", "") for answer in answers]
    assert sorted(replayed) == ["", "true"]
    assert await count(sample) == 1


async def test_twin_that_waits_too_long_is_told_to_come_back(sample: Sample) -> None:
    app = sample.app
    headers = {"Idempotency-Key": "k1"}
    first = asyncio.create_task(sample.calls.post("/oddities/slow-writes", headers=headers))
    await app.state.reached.wait()
    twin = await sample.calls.post("/oddities/slow-writes", headers=headers)
    assert (twin.status_code, twin.json()["code"]) == (409, "request_in_progress")
    assert twin.headers["retry-after"] == "1"
    app.state.let_go.set()
    assert (await first).status_code == 200
    replay = await sample.calls.post("/oddities/slow-writes", headers=headers)
    assert replay.headers["idempotent-replayed"] == "true"


async def test_many_keys_sent_many_times_have_one_effect_each(sample: Sample) -> None:
    seeded = random.Random(20)
    sends = [number for number in range(60) for _ in range(seeded.randint(1, 5))]
    seeded.shuffle(sends)

    async def send(number: int) -> tuple[int, bytes]:
        headers = {"Idempotency-Key": f"key-{number}"}
        answer = await sample.calls.post(
            "/things", json={"name": f"thing-{number}"}, headers=headers
        )
        assert answer.status_code == 201, answer.text
        return number, answer.content

    gate = asyncio.Semaphore(8)

    async def gated(number: int) -> tuple[int, bytes]:
        async with gate:
            return await send(number)

    answers = await asyncio.gather(*(gated(number) for number in sends))
    assert await count(sample) == 60
    assert len(set(answers)) == 60


async def test_without_the_unique_index_a_repeat_has_a_second_effect(sample: Sample) -> None:
    """Negative control: the same repeats, with the defect that the key is no longer unique."""
    conn = await owner(sample.urls)
    await conn.execute("alter table idempotency_key drop constraint idempotency_key_pkey")
    await conn.execute("alter table thing drop constraint thing_name_key")
    await conn.close()
    headers = {"Idempotency-Key": "k1"}
    for _ in range(3):
        await sample.calls.post("/things", json={"name": "a"}, headers=headers)
    assert await count(sample) == 3


async def test_replay_is_logged_as_an_access_too(sample: Sample) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = await sample.calls.post("/things?touched=", json={"name": "a"}, headers=headers)
    await sample.calls.post("/things?touched=", json={"name": "a"}, headers=headers)
    async with sample.db.read() as session:
        conn = await driver(session)
        rows = await conn.fetch("select route, purpose, subjects from access_log")
        assert await verify(conn) is None
    assert [(row["route"], row["subjects"]) for row in rows] == [
        ("POST /things", [UUID(first.json()["id"])])
    ] * 2


async def test_kept_answers_are_sealed_where_the_service_seals(
    sample: Sample, calling: Calling
) -> None:
    app = sample_app(sample.urls, sample.issuer)
    headers = sample.issuer.headers("sample:write", audience=("sample",))
    headers |= {"Idempotency-Key": "k1"}
    async with calling(app, headers=headers) as calls:
        app.state.services.sealer = Sealer({1: bytes(32)})
        first = await calls.post("/sample/v1/things", json={"name": "hemlig"})
        second = await calls.post("/sample/v1/things", json={"name": "hemlig"})
    assert second.headers["idempotent-replayed"] == "true"
    assert second.content == first.content
    conn = await owner(sample.urls)
    body = await conn.fetchval("select body from idempotency_key")
    await conn.close()
    assert b"hemlig" not in body


async def test_expired_keys_are_purged(sample: Sample) -> None:
    for number in range(3):
        headers = {"Idempotency-Key": f"k{number}"}
        await sample.calls.post("/things", json={"name": f"a{number}"}, headers=headers)
    async with sample.db.begin() as session:
        conn = await driver(session)
        await conn.execute(
            "update idempotency_key set expires_at = now() - interval '1 s' where key <> 'k0'"
        )
        assert await idempotency.purge(conn, limit=1) == 1
        assert await idempotency.purge(conn, limit=10) == 1
        assert await idempotency.purge(conn, limit=10) == 0


async def test_functions_serve_a_route_of_its_own_making(sample: Sample) -> None:
    """What a streaming route uses: claim on its connection, keep beside its effect."""
    wanted = Claim.of(CLERK, "k9", (b"POST", b"/registers/x/deliveries"))
    async with sample.db.begin() as session:
        conn = await driver(session)
        assert await claim(conn, wanted) is None
        with pytest.raises(RequestInProgress):
            await claim(conn, wanted)
        await keep(conn, wanted, status=202, headers={"location": "/x"}, body=b"{}")
    async with sample.db.begin() as session:
        kept = await claim(await driver(session), wanted)
        assert kept is not None
        assert (kept.status, kept.headers, kept.body) == (202, {"location": "/x"}, b"{}")
    with pytest.raises(IdempotencyKeyReused):
        async with sample.db.begin() as session:
            await claim(await driver(session), Claim.of(CLERK, "k9", (b"POST", b"/other")))
    fewer = Caller("clerk", frozenset(), frozenset({"a"}))
    with pytest.raises(UnitNotAllowed):
        async with sample.db.begin() as session:
            same = Claim.of(fewer, "k9", (b"POST", b"/registers/x/deliveries"))
            await claim(await driver(session), same)


def test_claim_of_everything_names_no_units() -> None:
    assert Claim.of(Caller("a", frozenset(), ALL), "k", ()).units is None
    with pytest.raises(IdempotencyKeyMissing):
        Claim.of(CLERK, None, ())


@given(st.lists(st.binary(max_size=20), max_size=5), st.lists(st.binary(max_size=20), max_size=5))
def test_fingerprints_of_different_requests_differ(one: list[bytes], two: list[bytes]) -> None:
    assert (fingerprint(*one) == fingerprint(*two)) is (one == two)


def test_canonical_body_sorts_json_and_leaves_the_rest() -> None:
    assert canonical_body(b'{"b": 1, "a": [1, 2]}') == b'{"a":[1,2],"b":1}'
    assert canonical_body(b"not json") == b"not json"
    assert canonical_body(b"") == b""
    assert canonical_body(b'{"a": 1}') != canonical_body(b'{"a": 1.5}')
