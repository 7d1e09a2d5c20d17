"""Loading the demonstration's data through the public APIs, as another city system would."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import httpx2

_PAGE = 200
_FINAL = frozenset({"applied", "rejected", "cancelled", "held"})
_WAIT_SECONDS = 120.0
_POLL_SECONDS = 0.05

Body = dict[str, Any]
Announce = Callable[[str], None]


class NotLoaded(Exception):
    """A service refused what the demonstration sent; the message says what and why."""


@dataclass(frozen=True)
class Target:
    """Where the services answer and as whom they are called."""

    urls: Mapping[str, str]
    token: str

    def client(self, service: str) -> httpx2.Client:
        """Return a client of one service's API."""
        return httpx2.Client(
            base_url=f"{self.urls[service].rstrip('/')}/{service}/v1",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30.0,
            trust_env=False,
        )


def post_all(
    client: httpx2.Client,
    path: str,
    bodies: list[Body],
    *,
    key: tuple[str, ...] = (),
    listed: bool = True,
) -> list[Body]:
    """Create resources that are not there yet; return all of them as the service shows them.

    Args:
        client: of the service.
        path: of the collection.
        bodies: what to create.
        key: fields that identify a resource; by default all that are sent.
        listed: the collection can be read, to see what is there already.

    Raises:
        NotLoaded: a body was refused.

    """
    present = list(_pages(client, path)) if listed else []
    shown: list[Body] = []
    for body in bodies:
        fields = key or tuple(body)
        found = next(
            (item for item in present if all(item.get(name) == body[name] for name in fields)),
            None,
        )
        if found is not None:
            present.remove(found)
        shown.append(found if found is not None else _post(client, path, body, len(shown)))
    return shown


def push(client: httpx2.Client, register: str, file: Path, *, mode: str = "delta") -> Counter[str]:
    """Push a register's file as a delivery and wait until it has been worked off.

    Raises:
        NotLoaded: rows were refused, or the delivery as a whole was.

    """
    answer = client.post(
        f"/registers/{register}/deliveries",
        params={"mode": mode},
        content=file.read_bytes(),
        headers={"Content-Type": "text/csv", "Idempotency-Key": str(uuid4())},
    )
    _expect(answer, f"delivery of {register}")
    delivery = finished(client, answer.headers["Location"])
    counts: Counter[str] = Counter(delivery["counts"])
    if delivery["state"] != "applied" or counts["rejected"]:
        raise NotLoaded(f"{register}: {delivery['state']}{_why(client, answer, delivery)}")
    return counts


def lines(file: Path) -> list[Body]:
    """Return the objects of an NDJSON file."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line]


def _pages(client: httpx2.Client, path: str) -> Iterator[Body]:
    page = 1
    while True:
        answer = client.get(path, params={"limit": _PAGE, "page": page})
        _expect(answer, f"list of {path}")
        items = answer.json()["items"]
        yield from items
        if len(items) < _PAGE:
            return
        page += 1


def _post(client: httpx2.Client, path: str, body: Body, number: int) -> Body:
    text = json.dumps([path, number, body], sort_keys=True)
    key = str(uuid5(NAMESPACE_URL, text))
    answer = client.post(path, json=body, headers={"Idempotency-Key": key})
    _expect(answer, f"{path} {json.dumps(body, ensure_ascii=False)}")
    created: Body = answer.json()
    return created


def finished(client: httpx2.Client, location: str, *, within: float = _WAIT_SECONDS) -> Body:
    """Wait until a delivery has been worked off; return it.

    Raises:
        NotLoaded: it is not, after so many seconds.

    """
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        answer = client.get(str(client.base_url.join(location)))
        _expect(answer, "delivery")
        delivery: Body = answer.json()
        if delivery["state"] in _FINAL:
            return delivery
        time.sleep(_POLL_SECONDS)
    raise NotLoaded(f"a delivery is not worked off after {within:.0f} seconds")


def _why(client: httpx2.Client, answer: httpx2.Response, delivery: Body) -> str:
    errors = client.get(str(client.base_url.join(f"{answer.headers['Location']}/errors")))
    rows = [
        f"row {row['rowNumber']} {row['field'] or ''}: {row['code']} ({row['detail']})"
        for row in errors.json().get("items", [])[:10]
    ]
    explanation = delivery.get("explanation") or {}
    return "\n  ".join(["", *filter(None, [explanation.get("detail")]), *rows])


def _expect(answer: httpx2.Response, what: str) -> None:
    if answer.is_error:
        raise NotLoaded(f"{what}: {answer.status_code} {answer.text}")
