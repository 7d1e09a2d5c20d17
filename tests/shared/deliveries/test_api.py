"""Deliveries over HTTP: who may do what, what is answered, and how it is written."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx2
import pytest

from shared.app import build_app
from shared.deliveries import DeliveryWorker, deliveries_router
from tests.shared.deliveries.conftest import Pushing, item, ndjson
from tests.shared.deliveries.items import REGISTERS, items_metadata
from tests.shared.sample import SPEC, sample_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conftest import Calling, ScratchDatabase
    from tests.tokens import Issuer

ROOT = "/sample/v1/registers"
NDJSON = {"Content-Type": "application/x-ndjson"}


@dataclass
class Service:
    """A running service with one register, and tokens of a sender and of a releaser."""

    calls: httpx2.AsyncClient
    pushing: Pushing
    issuer: Issuer

    def as_(self, subject: str, *scopes: str) -> dict[str, str]:
        return self.issuer.headers(*scopes, subject=subject, audience=("sample",))

    @property
    def sender(self) -> dict[str, str]:
        return self.as_("vera", "registers:push")

    @property
    def releaser(self) -> dict[str, str]:
        return self.as_("anna", "registers:push", "registers:release")

    async def send(
        self,
        content: bytes | list[dict[str, Any]],
        query: str = "",
        *,
        register: str = "items",
        **headers: str,
    ) -> httpx2.Response:
        body = content if isinstance(content, bytes) else ndjson(content)
        given = self.sender | NDJSON | {"Idempotency-Key": uuid4().hex} | headers
        path = f"{ROOT}/{register}/deliveries{query}"
        return await self.calls.post(path, content=body, headers=given)

    async def work(self) -> None:
        await DeliveryWorker(self.pushing.db, REGISTERS).run_until_idle()

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.calls.get(path, headers=self.sender | headers)

    async def post(self, path: str, who: dict[str, str], json: Any = None) -> httpx2.Response:  # noqa: ANN401
        return await self.calls.post(
            path, json=json, headers=who | {"Idempotency-Key": uuid4().hex}
        )


@pytest.fixture
async def service(
    scratch_database: ScratchDatabase, issuer: Issuer, calling: Calling
) -> AsyncIterator[Service]:
    db, urls = await scratch_database(items_metadata())
    app = build_app(
        SPEC, sample_settings(urls, issuer), [deliveries_router(REGISTERS)], schema_head=None
    )
    async with calling(app) as calls:
        yield Service(calls, Pushing(db, urls), issuer)


async def test_delivery_is_accepted_and_followed_at_its_address(service: Service) -> None:
    answer = await service.send([item(1), item(2), item(3, women=-1)])
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    assert accepted["state"] == "received"
    assert answer.headers["location"] == accepted["_links"]["self"]
    waiting = (await service.get(answer.headers["location"])).json()
    assert waiting == accepted
    await service.work()
    out = (await service.get(answer.headers["location"])).json()
    assert out["state"] == "applied"
    assert out["deliveredBy"] == "vera"
    assert out["progress"] == {"stage": "applied", "rowsDone": 3, "rows": 3}
    assert out["counts"] == {
        "rows": 3,
        "created": 2,
        "changed": 0,
        "unchanged": 0,
        "retracted": 0,
        "rejected": 1,
        "remaining": 0,
        "ended": 0,
    }


async def test_same_key_answers_the_same_bytes_whatever_has_happened_since(
    service: Service,
) -> None:
    rows = [item(n) for n in range(10)]
    first = await service.send(rows, **{"Idempotency-Key": "k"})
    await service.work()
    again = await service.send(rows, **{"Idempotency-Key": "k"})
    assert again.status_code == 202
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    other = await service.send(rows[1:], **{"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Idempotency-Key": ""}, 400, "idempotency_key_missing"),
        ({"Content-Type": "application/xml"}, 415, "unsupported_media_type"),
        ({"Content-Type": "text/csv; charset=iso-8859-1"}, 415, "unsupported_media_type"),
        ({"Content-Encoding": "gzip"}, 415, "unsupported_media_type"),
    ],
)
async def test_what_cannot_be_taken_is_refused(
    service: Service, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await service.send([item(1)], **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_empty_body_unknown_register_and_missing_snapshot_are_refused(
    service: Service,
) -> None:
    assert (await service.send(b"")).json()["code"] == "empty_body"
    keyed = service.sender | NDJSON | {"Idempotency-Key": "k"}
    url = f"{ROOT}/nothing/deliveries"
    answer = await service.calls.post(url, content=b"{}", headers=keyed)
    assert (answer.status_code, answer.json()["code"]) == (404, "register_not_found")
    url = f"{ROOT}/totals/deliveries?mode=snapshot"
    answer = await service.calls.post(url, content=b"{}", headers=keyed)
    assert (answer.status_code, answer.json()["code"]) == (422, "snapshot_not_supported")


async def test_charset_may_be_said(service: Service) -> None:
    answer = await service.send(
        b"code;place;heldOn;women\nB-1;p;2024-01-01;4\n",
        **{"Content-Type": 'text/csv; charset="UTF-8"; header=present'},
    )
    assert answer.status_code == 202, answer.text
    await service.work()
    assert (await service.get(answer.headers["location"])).json()["counts"]["created"] == 1


async def test_body_that_cannot_be_read_is_rejected_with_its_reason(service: Service) -> None:
    answer = await service.send(b"\x1f\x8b\x08" + bytes(300))
    await service.work()
    out = (await service.get(answer.headers["location"])).json()
    assert out["state"] == "rejected"
    assert out["explanation"]["code"] == "not_text"
    assert await service.pushing.value("select count(*) from delivery_body") == 0


async def test_body_larger_than_other_requests_may_be_is_taken(service: Service) -> None:
    rows = [item(n) for n in range(20_000)]
    answer = await service.send(rows)
    assert answer.status_code == 202, answer.text
    assert answer.json()["bytes"] > 1_500_000


async def test_row_errors_come_in_pages_and_as_csv(service: Service) -> None:
    rows = [item(n, women=-1) for n in range(50)] + [{"code": "=1+1"}]
    location = (await service.send(rows)).headers["location"]
    await service.work()
    page = (await service.get(f"{location}/errors?limit=20&page=3")).json()
    assert page["_meta"]["totalRecords"] == 51
    assert [error["rowNumber"] for error in page["items"]] == list(range(41, 52))
    assert page["items"][0] == {
        "rowNumber": 41,
        "key": "B-40",
        "field": "women",
        "code": "out_of_range",
        "detail": "Expected int >= 0.",
        "difference": None,
    }
    sheet = await service.get(f"{location}/errors", Accept="text/csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(sheet.text), delimiter=";"))
    assert len(lines) == 51
    assert (lines[-1]["key"], lines[-1]["code"]) == ("'=1+1", "missing")


async def test_sender_sees_its_own_and_a_releaser_all(service: Service) -> None:
    location = (await service.send([item(1)])).headers["location"]
    stranger = service.as_("mallory", "registers:push")
    for path in (location, f"{location}/errors"):
        assert (await service.calls.get(path, headers=stranger)).status_code == 404
        assert (await service.calls.get(path, headers=service.releaser)).status_code == 200
    listing = f"{ROOT}/items/deliveries"
    assert (await service.calls.get(listing, headers=stranger)).json()["items"] == []
    assert len((await service.calls.get(listing, headers=service.releaser)).json()["items"]) == 1
    answer = await service.post(f"{location}/cancellations", stranger)
    assert answer.status_code == 404


async def test_list_can_be_narrowed_to_a_state(service: Service) -> None:
    await service.send([item(1)])
    await service.work()
    await service.send([item(2)])
    for state, number in (("applied", 1), ("received", 1), ("held", 0)):
        page = (await service.get(f"{ROOT}/items/deliveries?state={state}")).json()
        assert page["_meta"]["totalRecords"] == number
    assert (await service.get(f"{ROOT}/items/deliveries?state=lost")).status_code == 422


async def test_held_delivery_is_released_by_name_once(service: Service) -> None:
    await service.send([item(n) for n in range(100)])
    await service.work()
    location = (await service.send([item(1)], "?mode=snapshot")).headers["location"]
    await service.work()
    held = (await service.get(location)).json()
    assert held["state"] == "held"
    assert held["planned"] == {
        "created": 0,
        "changed": 0,
        "retracted": 0,
        "ended": 99,
        "size": 100,
    }
    body = {"reason": "The source system was emptied on purpose."}
    refused = await service.post(held["_links"]["releases"], service.sender, body)
    assert refused.status_code == 403
    without = await service.post(held["_links"]["releases"], service.releaser, {})
    assert without.status_code == 422
    released = await service.post(held["_links"]["releases"], service.releaser, body)
    assert released.status_code == 202, released.text
    assert released.json()["released"]["by"] == "anna"
    twice = await service.post(held["_links"]["releases"], service.releaser, body)
    assert (twice.status_code, twice.json()["code"]) == (409, "delivery_not_held")
    await service.work()
    assert (await service.get(location)).json()["counts"]["ended"] == 99


async def test_cancellation_stops_what_has_not_begun(service: Service) -> None:
    accepted = (await service.send([item(1)])).json()
    answer = await service.post(accepted["_links"]["cancellations"], service.sender)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "cancelled"
    assert answer.json()["cancelled"]["by"] == "vera"
    await service.work()
    assert await service.pushing.value("select count(*) from item") == 0


async def test_dry_run_answers_with_what_it_would_move(service: Service) -> None:
    answer = await service.send([item(1, women=4, men=0)], "?dryRun=true&deliveryDate=2024-05-01")
    await service.work()
    out = (await service.get(answer.headers["location"])).json()
    assert (out["dryRun"], out["deliveryDate"]) == (True, "2024-05-01")
    assert out["movedFigures"] == [{"measure": "women", "year": 2024, "amount": 4}]


async def test_scopes_are_asked_for(service: Service) -> None:
    answer = await service.send([item(1)], **service.as_("vera", "sample:read"))
    assert answer.status_code == 403
    none = await service.calls.get(f"{ROOT}/items/deliveries")
    assert none.status_code == 401
