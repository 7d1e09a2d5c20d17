"""What is recorded for the sake of the children of people whom nobody may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.participants.city import City

if TYPE_CHECKING:
    from tests.participants.canary_records import Canary, Ids

CRAWLER: dict[str, Any] = {"subject": "curious"}
"""Who crawls is the unit's manager: only a manager is shown concern reports at all."""


async def plant_concern(city: City, canary: Canary, _ids: dict[str, str]) -> Ids:
    """Report a concern about the person's child, and decide on a routine."""
    appointed = {"unit": "jobbtorg-vuxna", "manager": "curious", "validFrom": "2024-01-01"}
    await city.made("/unit-managers", appointed | {"reason": "Tillsatt"})
    report = await city.made(
        "/concern-reports",
        {
            "unit": "jobbtorg-vuxna",
            "personId": canary.id,
            "child": f"{canary.key} barn till {canary.number}",
            "concern": f"{canary.key} far illa",
            "reporter": {"name": f"{canary.key} Testsson", "title": "Jobbcoach"},
            "suspectedAt": "2024-03-01T08:00:00Z",
        },
    )
    path = f"/concern-reports/{report['id']}"
    await city.made(f"{path}/signatures", None, version=1, **CRAWLER)
    sent = {"sentAt": report["writtenAt"]}
    await city.made(f"{path}/dispatches", sent, version=2, **CRAWLER)
    routine = await city.made(
        "/routine-documents",
        {
            "unit": "jobbtorg-vuxna",
            "kind": "concern_reports",
            "title": f"Rutin {canary.name}",
            "owner": "Enhetschef",
            "edition": "1",
            "reviewedOn": "2024-01-02",
            "nextReviewOn": "2025-01-02",
        },
    )
    return {"concernReportId": report["id"], "routineDocumentId": routine["id"]}


async def plant_checklist(city: City, canary: Canary, ids: dict[str, str]) -> Ids:
    """Answer the child checklist of the plan, which is a guardian's."""
    made = await city.made(
        "/child-checklists",
        {
            "planId": ids["planId"],
            "answeredOn": "2024-02-05",
            "effectShortTerm": f"{canary.key} hämtas senare",
            "effectLongTerm": f"{canary.key} får det bättre",
            "parentsView": f"{canary.key} vill arbeta dagtid",
            "reflection": f"{canary.key} har rätt till vila",
        },
    )
    return {"childChecklistId": made["id"]}
