"""The issuer's keys: fetched seldom, once for all who wait, and kept through an outage."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from joserfc.jwk import ECKey

from shared import http
from shared.keys import LAST_GOOD_FOR, TTL, KeySet, KeysUnavailable
from tests.shared.sample import until
from tests.shared.test_auth import EC, JWKS, Publisher

if TYPE_CHECKING:
    from pathlib import Path


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def key_set(publisher: Publisher, clock: Clock) -> KeySet:
    return KeySet("https://issuer.test/jwks.json", fetch=publisher, clock=clock)


async def test_fresh_keys_are_not_fetched_again() -> None:
    publisher, clock = Publisher(), Clock()
    keys = key_set(publisher, clock)
    await keys.load()
    for _ in range(100):
        assert await keys.find("ec-1") is not None
    assert publisher.fetched == 1


async def test_old_keys_serve_while_they_are_renewed() -> None:
    publisher, clock = Publisher(), Clock()
    keys = key_set(publisher, clock)
    await keys.load()
    clock.now += TTL + 1
    assert await keys.find("ec-1") is not None
    await until(lambda: publisher.fetched == 2)
    await keys.close()


async def test_unknown_key_is_looked_for_at_most_each_half_minute() -> None:
    publisher, clock = Publisher(), Clock()
    keys = key_set(publisher, clock)
    await keys.load()
    clock.now += 31
    for _ in range(50):
        assert await keys.find("gone") is None
    assert publisher.fetched == 2
    clock.now += 31
    assert await keys.find("gone") is None
    assert publisher.fetched == 3


async def test_new_key_is_found_as_soon_as_it_is_published() -> None:
    publisher, clock = Publisher(), Clock()
    keys = key_set(publisher, clock)
    await keys.load()
    new = ECKey.generate_key("P-256", {"kid": "ec-2"})
    publisher.document = {"keys": [*JWKS["keys"], new.as_dict(private=False)]}
    clock.now += 31
    generation = keys.generation
    assert await keys.find("ec-2") is not None
    assert keys.generation == generation + 1


async def test_one_fetch_serves_all_who_wait() -> None:
    publisher, clock = Publisher(), Clock()
    gate = asyncio.Event()

    async def slow(url: str) -> bytes:
        await gate.wait()
        return await publisher(url)

    keys = KeySet("https://issuer.test/jwks.json", fetch=slow, clock=clock)
    waiting = [asyncio.create_task(keys.find("ec-1")) for _ in range(50)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    gate.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert publisher.fetched == 1
    assert isinstance(found[0], asyncio.CancelledError)
    assert all(isinstance(key, ECKey) for key in found[1:])


async def test_last_good_keys_outlive_an_outage_of_a_day_and_no_more() -> None:
    publisher, clock = Publisher(), Clock()
    keys = key_set(publisher, clock)
    await keys.load()
    publisher.down = True
    clock.now += LAST_GOOD_FOR - 10
    assert await keys.find("ec-1") is not None
    await until(lambda: keys._renewal is not None and keys._renewal.done())
    clock.now += 20
    with pytest.raises(KeysUnavailable):
        await keys.find("ec-1")
    publisher.down = False
    assert await keys.find("ec-1") is not None


async def test_broken_document_does_not_replace_good_keys() -> None:
    publisher, clock = Publisher(), Clock()
    keys = key_set(publisher, clock)
    await keys.load()
    broken: object
    for broken in ({}, {"keys": []}, {"keys": [{"kty": "EC", "crv": "P-256", "kid": "x"}]}, []):
        publisher.document = broken
        clock.now += TTL + 1
        await keys.find("gone")
        assert await keys.find("ec-1") is not None


async def test_start_fails_without_keys() -> None:
    publisher = Publisher({"keys": []})
    with pytest.raises(KeysUnavailable):
        await key_set(publisher, Clock()).load()


async def test_keys_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "jwks med blank.json"
    path.write_text(json.dumps(JWKS))
    keys = KeySet(path.as_uri(), fetch=http.fetch)
    await keys.load()
    found = await keys.find("ec-1")
    assert found is not None
    assert found.thumbprint() == EC.thumbprint()
    assert not found.is_private


async def test_keys_are_read_over_http() -> None:
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode().partition("\r\n")[0])
        body = json.dumps(JWKS).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        keys = KeySet(f"http://127.0.0.1:{port}/oauth/jwks.json?x=1", fetch=http.fetch)
        await keys.load()
    assert await keys.find("ec-1") is not None
    assert asked == ["GET /oauth/jwks.json?x=1 HTTP/1.1"]
