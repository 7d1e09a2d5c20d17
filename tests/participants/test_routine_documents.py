"""Routine documents: who answers for them, and that they are reviewed in time."""

# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

from typing import Any

from services.participants.figures import facts
from shared.db import driver
from shared.journal import drift
from tests.participants.city import City

PATH = "/routine-documents"


def routine(**more: Any) -> dict[str, Any]:
    return {
        "unit": "jobbtorg-vuxna",
        "kind": "concern_reports",
        "title": "Rutin för orosanmälan",
        "owner": "Enhetschef",
        "edition": "1.0",
        "reviewedOn": "2023-01-10",
        "nextReviewOn": "2024-01-10",
    } | more


async def overdue(city: City, day: str, **query: Any) -> int:
    total: int = (await city.figure("routine-documents-overdue", day, **query))["total"]
    return total


async def test_routine_is_overdue_from_the_day_after_until_reviewed(city: City) -> None:
    made = await city.made(PATH, routine())
    path = f"{PATH}/{made['id']}"
    assert (await city.read(PATH, overdueOn="2024-01-10"))["items"] == []
    listed = (await city.read(PATH, overdueOn="2024-01-11"))["items"]
    assert [(each["id"], each["overdue"]) for each in listed] == [(made["id"], True)]
    late = await city.basis()
    review = {"reviewedOn": "2024-03-01", "nextReviewOn": "2025-03-01", "edition": "1.1"}
    reviewed = await city.made(f"{path}/reviews", review, version=1)
    assert (reviewed["edition"], reviewed["owner"]) == ("1.1", "Enhetschef")
    for day, expected in (("2024-01-10", 0), ("2024-01-11", 1), ("2024-02-29", 1)):
        assert await overdue(city, day) == expected, day
    for day, at_once in (("2024-03-01", 0), ("2025-03-01", 0), ("2025-03-02", 1)):
        assert await overdue(city, day) == at_once, day
    assert await overdue(city, "2024-03-01", basis=late) == 1
    in_time = {"reviewedOn": "2024-01-05", "reason": "Fel datum på översynen"}
    corrected = await city.made(f"{path}/corrections", in_time, version=2)
    assert (corrected["reviewedOn"], corrected["nextReviewOn"]) == ("2024-01-05", "2025-03-01")
    assert await overdue(city, "2024-02-29") == 0
    gone = {"withdrawnOn": "2025-06-01", "reason": "Ersatt av stadens"}
    await city.made(f"{path}/withdrawals", gone, version=3)
    assert await overdue(city, "2025-05-31") == 1
    assert await overdue(city, "2025-06-01") == 0
    for day, in_force in (("2023-01-09", 0), ("2023-01-10", 1), ("2025-06-01", 0)):
        figure = await city.figure("routine-documents", day, kind="concern_reports", by="unit")
        assert figure["total"] == in_force, day
    async with city.db.read() as session:
        conn = await driver(session)
        ids = [row["id"] for row in await conn.fetch("select id from routine_document")]
        wanted = facts.ROUTINE_DOCUMENT
        assert await drift(conn, facts.JOURNAL, "routine_document", ids, wanted_sql=wanted) == []


async def test_what_cannot_be_is_refused(city: City) -> None:
    made = await city.made(PATH, routine())
    path = f"{PATH}/{made['id']}"
    number = city.person_number()
    refused: tuple[tuple[str, dict[str, Any], str], ...] = (
        (PATH, routine(), "409 routine_document_exists"),
        (PATH, routine(unit="no-such-unit"), "422 unknown_unit"),
        (PATH, routine(title=f"Rutin för {number}"), "422 invalid_request"),
        (PATH, routine(reviewedOn="2199-01-01"), "422 review_days_disordered"),
        (PATH, routine(nextReviewOn="2023-01-10"), "422 review_days_disordered"),
        (
            f"{path}/reviews",
            {"reviewedOn": "2023-01-10", "nextReviewOn": "2025-01-10"},
            "409 reviewed_already",
        ),
        (
            f"{path}/withdrawals",
            {"withdrawnOn": "2023-01-09", "reason": "Behövs inte"},
            "422 review_days_disordered",
        ),
    )
    for where, body, refusal in refused:
        assert await city.refused("POST", where, body, version=1) == refusal, body
    other: dict[str, Any] = {"units": ("jobbtorg-unga",)}
    assert await city.refused("POST", PATH, routine(title="Egen"), **other) == (
        "403 unit_not_allowed"
    )
    assert await city.refused("GET", path, **other) == "404 routine_document_not_found"
    assert (await city.read(PATH, **other))["items"] == []
    withdrawn = {"withdrawnOn": "2024-01-09", "reason": "Behövs inte"}
    assert await city.refused("POST", f"{path}/withdrawals", withdrawn, version=7) == (
        "412 precondition_failed"
    )
    await city.made(f"{path}/withdrawals", withdrawn, version=1)
    review = {"reviewedOn": "2024-03-01", "nextReviewOn": "2025-03-01"}
    assert await city.refused("POST", f"{path}/reviews", review, version=2) == (
        "409 routine_withdrawn"
    )
    assert (await city.made(PATH, routine()))["version"] == 1  # the title is free again
