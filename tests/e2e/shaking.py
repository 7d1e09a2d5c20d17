"""A running city whose records are changed at random: told late, put right, taken back."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from jarva.demo import DATA
from jarva.demo.demonstration import SCOPES
from jarva.demo.loading import finished

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.e2e.conftest import City

FILES = {
    "enrolments": Path("participants/enrolments.csv"),
    "kaa": Path("participants/kaa.csv"),
    "visits": Path("outreach/visits.csv"),
    "reference-series": Path("reports/reference-series.csv"),
}
_SERVICE = {register: file.parts[0] for register, file in FILES.items()}
_EACH = 15
_OUTCOMES = ("work", "studies", "declined", "moved", "lost_contact")

Rows = list[dict[str, str]]


def held_back(folder: Path, random: Random) -> dict[str, Rows]:
    """Copy the demonstration's data without some rows of each register; return those rows."""
    shutil.copytree(DATA, folder)
    found = {}
    for register, file in FILES.items():
        rows = _read(DATA / file)
        kept_out = random.sample(rows, _EACH if len(rows) > 2 * _EACH else 3)
        found[register] = kept_out
        left = [row for row in rows if row not in kept_out]
        (folder / file).write_text(_written(left), "utf-8")
    return found


def shake(city: City, folder: Path, late: dict[str, Rows], random: Random) -> None:
    """Tell what was held back, and change and take back some of what was told."""
    for register, file in FILES.items():
        told = _read(folder / file)
        chosen = random.sample(told, 2 * _EACH)
        changed = [_changed(register, row, random) for row in chosen[:_EACH]]
        push(city, register, [*late[register], *changed])
        if register != "reference-series":
            keys = [{"sourceKey": row["sourceKey"]} for row in chosen[_EACH:]]
            push(city, register, [key | {"op": "retract", "reason": "Fel person"} for key in keys])
    merge(city, random)
    count_otherwise(city)
    book(city, random)


def merge(city: City, random: Random) -> None:
    """Say of two who were in one project, one after the other, that they are one person."""
    listed = list(city.every("participants", "/enrolments"))
    once = Counter(each["personId"] for each in listed)
    members = [
        each
        for each in listed
        if each["programme"] == "stockholmskraften" and once[each["personId"]] == 1
    ]
    pairs = [
        (first["personId"], second["personId"])
        for first in members
        for second in members
        if first["exitedOn"] and first["exitedOn"] < second["startedOn"]
    ]
    absorbed, survivor = random.choice(pairs)
    body = {"absorbedId": absorbed, "survivorId": survivor, "reason": "Samma person"}
    with city.client("participants", *SCOPES, "participants:identity") as client:
        merged = client.post("/person-merges", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert merged.is_success, merged.text


def count_otherwise(city: City) -> None:
    """Decide that the outreach to youths counts something else from the middle of the year."""
    rule = {"counts": "visitors", "validFrom": "2024-06-01", "note": "Beslut i nämnden."}
    city.post("outreach", "/operations/youth-outreach/counting-rules", rule)


def push(city: City, register: str, rows: Sequence[dict[str, str]]) -> None:
    """Push rows to a register, and see that they were applied."""
    with city.client(_SERVICE[register]) as client:
        answer = client.post(
            f"/registers/{register}/deliveries",
            params={"mode": "delta"},
            content=_written(rows).encode(),
            headers={"Content-Type": "text/csv", "Idempotency-Key": str(uuid4())},
        )
        assert answer.is_success, answer.text
        delivery = finished(client, answer.headers["Location"])
        errors = client.get(str(client.base_url.join(f"{answer.headers['Location']}/errors")))
    assert delivery["state"] == "applied", delivery
    assert not delivery["counts"]["rejected"], errors.text


def book(city: City, random: Random) -> None:
    """Book, reverse, budget and forecast at random."""
    counterpart = city.get("budget", "/counterparts")["items"][0]["code"]
    made = []
    for _ in range(6):
        kronor = f"{random.randrange(1, 10**6)}.{random.randrange(100):02d}"
        voucher = city.post(
            "budget", "/vouchers", _voucher(random.choice((3, 6, 8)), kronor, counterpart)
        )
        made.append(voucher["id"])
    for voucher_id in random.sample(made, 2):
        city.post("budget", f"/vouchers/{voucher_id}/reversals", {"reason": "Fel konto"})
    amount = f"{random.randrange(1, 10**5)}.00"
    city.post(
        "budget",
        "/budget-versions",
        {
            "year": 2020,
            "kind": "adjustment",
            "decidedOn": "2020-06-15",
            "decidedBy": "Kommunfullmäktige",
            "reference": f"KS 2020/{random.randrange(1000)}",
            "reason": "Justerad budget",
            "lines": [{"row": "operations", "amount": amount}],
        },
    )


def _voucher(month: int, kronor: str, counterpart: str) -> dict[str, Any]:
    head = {"series": "A", "period": 202000 + month, "happenedOn": f"2020-{month:02d}-10"}
    postings = [
        {"account": "50", "counterpart": counterpart, "amount": kronor},
        {"account": "15", "counterpart": counterpart, "amount": f"-{kronor}"},
    ]
    return head | {"text": "Lön", "postings": postings}


def _changed(register: str, row: dict[str, str], random: Random) -> dict[str, str]:
    """Return a row that says something else than it did."""
    match register:
        case "enrolments":
            if row["exitedOn"]:
                others = [outcome for outcome in _OUTCOMES if outcome != row["outcome"]]
                return row | {"outcome": random.choice(others)}
            return row | {"statusAtEntry": "inactive", "educationAtEntry": "compulsory"}
        case "kaa":
            return row | {"joinedOn": f"{row['joinedOn'][:8]}{random.randrange(1, 28):02d}"}
        case "visits":
            return row | {"women": str(random.randrange(30)), "men": str(random.randrange(1, 30))}
        case _:
            if row["value"]:
                return row | {"value": str(random.randrange(1, 5000))}
            return row | {"high": str(float(row["high"]) + random.randrange(1, 50))}


def _read(file: Path) -> Rows:
    with file.open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def _written(rows: Sequence[dict[str, str]]) -> str:
    text = io.StringIO()
    names = dict.fromkeys(name for row in rows for name in row)
    writer = csv.DictWriter(text, list(names), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
