"""Loading who was reached before they were enrolled: contacts with the invented youths.

The contacts name people by the id that participants gave them, as another system that has looked
them up would; so they are made once the enrolments are there, and not kept in a file.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2

from jarva.demo.loading import Target, push

_PAGE = 200
_UNITS = ("jobbtorg-unga-kista", "jobbtorg-unga-jarva")
_FIRST = date(2022, 1, 1)
_DAYS_BEFORE = 5


def youths(target: Target, _data: Path) -> str:
    """Push a meeting with everybody whom a job centre for youths enrolled from 2022 on."""
    with target.client("participants") as client:
        rows = [_contact(each) for unit in _UNITS for each in _enrolments(client, unit)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contacts.csv"
        with file.open("w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        with target.client("outreach") as client:
            counts = push(client, "contacts", file)
    return ", ".join(f"{number} {what}" for what, number in sorted(counts.items()) if number)


def _enrolments(client: httpx2.Client, unit: str) -> Iterator[dict[str, Any]]:
    page = 1
    while True:
        params = {"unit": unit, "limit": str(_PAGE), "page": str(page)}
        items = client.get("/enrolments", params=params).raise_for_status().json()["items"]
        yield from (each for each in items if date.fromisoformat(each["startedOn"]) >= _FIRST)
        if len(items) < _PAGE:
            return
        page += 1


def _contact(enrolment: dict[str, Any]) -> dict[str, Any]:
    met = date.fromisoformat(enrolment["startedOn"]) - timedelta(days=_DAYS_BEFORE)
    return {
        "sourceKey": f"{enrolment['externalReference']}-met",
        "operation": "youth-outreach",
        "unit": enrolment["unit"],
        "happenedOn": met.isoformat(),
        "channel": "meeting",
        "direction": "two_way",
        "personId": enrolment["personId"],
        "sex": enrolment["sex"],
        "ageGroup": enrolment["ageGroup"],
        "targetGroup": "uvas",
        "district": enrolment["district"],
    }
