"""Everything killed with -9 in the middle of a delivery of 100 000 rows: nothing lost or twice."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from jarva.demo.loading import post_all
from tests.e2e.conftest import City, eventually

ROWS = 100_000
VICTIMS = ("outreach-worker", "outreach-api", "postgres", "valkey")
OPERATION = {
    "code": "kompetensverkstan",
    "name": "Kompetensverkstan",
    "counts": "visitors",
    "validFrom": "2020-01-01",
}


def visits(folder: Path) -> bytes:
    """Return the rows: one woman each, but for every hundredth row, which names no operation."""
    operations = ("kompetensverkstan", "no-such-operation")
    lines = [
        f"kill:{number},{operations[number % 100 == 0]},jobbtorg-unga-jarva,2025-05-02,1,0"
        for number in range(ROWS)
    ]
    file = folder / "visits.csv"
    file.write_text("\n".join(["sourceKey,operation,unit,heldOn,women,men", *lines, ""]), "utf-8")
    return file.read_bytes()


def delivery_of(city: City, location: str) -> dict[str, Any] | None:
    """Return the delivery, or None while a killed process is not back."""
    try:
        with city.client("outreach") as client:
            answer = client.get(str(client.base_url.join(location)))
    except httpx2.TransportError:
        return None
    shown: dict[str, Any] | None = answer.json() if answer.is_success else None
    return shown


def came_back(city: City, name: str, killed: int) -> bool:
    """Tell whether a process runs again under another id."""
    return city.running.pids.get(name) not in {None, killed}


@pytest.mark.timeout(420)
def test_a_delivery_survives_the_death_of_every_process(city: City, tmp_path: Path) -> None:
    with city.client("outreach") as client:
        post_all(client, "/operations", [OPERATION], key=("code",))
        sent = client.post(
            "/registers/visits/deliveries",
            content=visits(tmp_path),
            headers={"Content-Type": "text/csv", "Idempotency-Key": "killed"},
        )
    assert sent.status_code == 202, sent.text
    location = sent.headers["Location"]

    def working() -> bool:
        shown = delivery_of(city, location)
        assert shown is None or shown["state"] in {"received", "validating", "applying"}, shown
        return shown is not None and shown["state"] in {"validating", "applying"}

    for victim in VICTIMS:
        eventually(working, within=60)
        pid = city.running.pids[victim]
        os.kill(pid, signal.SIGKILL)
        eventually(partial(came_back, city, victim, pid), within=60)

    def applied() -> dict[str, Any] | None:
        shown = delivery_of(city, location)
        return shown if shown and shown["state"] == "applied" else None

    counts = eventually(applied, within=180)["counts"]
    good = ROWS - ROWS // 100
    assert {name: counts[name] for name in ("rows", "created", "rejected")} == {
        "rows": ROWS,
        "created": good,
        "rejected": ROWS // 100,
    }
    total = city.get("outreach", "/figures/visits", period="2025", operation=OPERATION["code"])
    assert total["total"] == good, "every row counted once"
