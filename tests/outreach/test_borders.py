"""What another unit has recorded is not there: not read, listed, counted, changed, referred to."""

# ruff: noqa: ANN401  bodies and parameters are whatever a test wants to send

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.outreach.figures import FIGURES
from services.outreach.main import create_app
from services.outreach.queries import Noun
from services.outreach.settings import Settings
from shared.app import ServiceApp
from tests.outreach.arena import READ, UNIT, Arena, contact_body, referral_body, session_body
from tests.repo.services import example, operations

OURS, THEIRS = UNIT, "jobbtorg-vuxna-kista"
HERE = {"operation": "guidance", "unit": THEIRS}
EVERYBODYS = {
    "operationCode",
    "venueCode",
    "employerCode",
    "partnerCode",
    "agreementId",
    "venueFile",
    "operationFile",
    "figure",
    "register",
    "deliveryId",
    "eventId",
}
"""Path parameters that name catalogues, and what belongs to the installation or to its sender."""


async def planted(arena: Arena) -> dict[str, str]:
    """Record one thing of each kind at the other unit; return ids by path parameter."""
    ids: dict[str, str] = {}

    async def plant(name: str, path: str, /, **body: Any) -> None:
        ids[name] = (await arena.made(path, body))["id"]

    employer = {"code": "yalla", "name": "Yalla", "sector": "care"}
    await arena.made("/employers", employer)
    partner = {"code": "polisen", "name": "Polisen", "kind": "authority"}
    await arena.made("/partners", partner)
    at_employer = {"employer": "yalla", "unit": THEIRS}
    weekly = {"rule": "FREQ=WEEKLY;BYDAY=TU", "startsOn": "2024-03-01", "endsOn": "2024-04-01"}
    await plant("scheduleId", "/schedules", **HERE, kind="drop_in", **weekly)
    stop = {"kind": "stop", "firstOn": "2024-03-12", "lastOn": "2024-03-12", "reason": "Sjuk"}
    exceptions = f"/schedules/{ids['scheduleId']}/exceptions"
    await plant("scheduleExceptionId", exceptions, **stop)
    await plant("sessionId", "/sessions", **session_body(unit=THEIRS))
    tallies = f"/sessions/{ids['sessionId']}/visit-tallies"
    await plant("visitTallyId", tallies, women=3, men=4)
    reported = {"sessionId": ids["sessionId"], "contacts": [{"id": str(uuid4())}]}
    await plant("sessionReportId", "/session-reports", id=str(uuid4()), **reported)
    await plant("contactId", "/contacts", **contact_body(unit=THEIRS))
    to = {"unit": THEIRS, "referringUnit": THEIRS}
    await plant("referralId", "/referrals", **referral_body(**to))
    group = {**HERE, "operation": "sff", "name": "Svenska", "startsOn": "2024-01-01"}
    await plant("groupId", "/groups", **group)
    counts = f"/groups/{ids['groupId']}/student-counts"
    await plant("studentCountId", counts, year=2024, women=3, men=4)
    await plant("employerVisitId", "/employer-visits", **at_employer, visitedOn="2024-03-05")
    event = {**at_employer, "kind": "recruitment_meeting", "heldOn": "2024-03-05"}
    await plant("recruitmentEventId", "/recruitment-events", **event)
    await plant("hireId", "/hires", **at_employer, hiredOn="2024-03-06", women=2)
    await plant("internshipId", "/internships", **at_employer, offeredOn="2024-03-05", places=2)
    worker = {"district": "jarva", "role": "outreach_worker", "contract": "ordinary"}
    await plant("outreachWorkerId", "/outreach-workers", **HERE, **worker, startsOn="2024-01-01")
    together = {"name": "Lägesbild", "purpose": "Trygghet", "kind": "forum", "cadence": "monthly"}
    with_police = {"partners": ["polisen"], "startsOn": "2024-01-01", "unit": THEIRS}
    await plant("collaborationId", "/collaborations", **together, **with_police)
    return ids


def about_one(app: ServiceApp) -> Iterator[tuple[str, str, str, dict[str, Any] | None]]:
    """Yield each route about one record of a unit: method, path, parameter, an example body."""
    document = app.api.openapi()
    for method, path, operation in operations(document):
        named = {it["name"] for it in operation.get("parameters", []) if it["in"] == "path"}
        for name in named - EVERYBODYS:
            yield method, path, name, example(document, operation)


REFERRING: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("sessionId", "/contacts", contact_body()),
    ("sessionId", "/referrals", referral_body(referringUnit=OURS)),
    ("contactId", "/referrals", referral_body(referringUnit=OURS)),
    ("sessionId", "/session-reports", {"id": str(uuid4())}),
    ("scheduleId", "/session-reports", {"id": str(uuid4()), "scheduledOn": "2024-03-05"}),
)
"""Bodies that name another record, by the path parameter that names such a record too."""


async def answered(
    arena: Arena, method: str, path: str, body: Any, named: str, **more: Any
) -> tuple[int, str]:
    """Ask about a record; return status and body without the record's id."""
    answer = await arena.call(method, path, body, version=1, **more)
    told = answer.json()
    told.pop("instance", None)
    told.pop("trace-id", None)
    return answer.status_code, str(told).replace(named, "...")


async def test_what_another_unit_has_is_as_if_it_were_not(
    arena: Arena, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings)
    ids = await planted(arena)
    routes = list(about_one(app))
    assert {name for *_, name, _ in routes} == ids.keys(), "plant one of each"
    told: dict[str, Any] = {}
    for method, path, name, body in routes:
        answers = {
            await answered(
                arena, method, path.replace(f"{{{name}}}", one), body, one, units=(OURS,)
            )
            for one in (ids[name], str(uuid4()))
        }
        if len(answers) > 1 or {status for status, _ in answers} != {404}:
            told[f"{method} {path}"] = answers
    for name, path, body in REFERRING:
        answers = {
            await answered(arena, "POST", path, {**body, name: one}, one, units=(OURS,))
            for one in (ids[name], str(uuid4()))
        }
        if len(answers) > 1 or "unknown_reference" not in str(answers):
            told[f"POST {path} of {name}"] = answers
    assert told == {}

    # Nothing is listed, and no figure or row of one counts it; to those of the unit all of it is.
    assert await seen(arena, app, set(ids.values()), units=(OURS,)) == set()
    assert await counted(arena, units=(OURS,)) == set()
    both = (OURS, THEIRS)
    shown = await seen(arena, app, set(ids.values()), units=both)
    assert ids.keys() - {name for name, one in ids.items() if one in shown} == NOT_LISTED
    figures = await counted(arena, units=both)
    assert len(figures) > 10
    assert figures > {"/funnels", "/own-counts", "contacts rows", "visits rows"}
    for method, path, name, _ in routes:
        if method == "GET":
            await arena.read(path.replace(f"{{{name}}}", ids[name]), units=both)

    # The control: with the border broken the record is found.
    monkeypatch.setattr(Noun, "seen_by", lambda noun, _caller: select(noun.model))
    await arena.read(f"/contacts/{ids['contactId']}", units=(OURS,))


NOT_LISTED = {"sessionReportId", "scheduleExceptionId", "studentCountId"}
"""Records that have no list of their own besides that of what they belong to."""


async def seen(arena: Arena, app: ServiceApp, ids: set[str], *, units: tuple[str, ...]) -> set[str]:
    """Return which of the records any list shows."""
    shown: set[str] = set()
    for method, path, operation in operations(app.api.openapi()):
        if method == "GET" and "{" not in path and operation.get("x-scope") == READ:
            page = await arena.read(path, units=units)
            listed = {item["id"] for item in page["items"] if "id" in item} & ids
            assert page.get("_meta", {}).get("totalRecords", 0) >= len(listed)
            shown |= listed
    return shown


NOT_ZERO = re.compile(r"'value': [1-9]")
ROWS = ("visits", "contacts", "referrals", "outreach-workers")


async def counted(arena: Arena, *, units: tuple[str, ...]) -> set[str]:
    """Return the figures by unit that are not zero, and those of which a row is shown."""
    basis = await arena.basis()
    names = [figure.name for figure in FIGURES if "unit" in figure.dimensions]
    asked = [{"figure": name, "period": "2024-03-05"} for name in names]
    body = {"basis": basis, "queries": asked}
    answer = await arena.call("POST", "/figure-queries", body, units=units)
    assert answer.status_code == 200, answer.text
    found = {each["name"] for each in answer.json()["answers"] if each["total"]}
    for path, told in (("/funnels", "total"), ("/own-counts", "ownCounts")):
        page = await arena.read(path, period="2024-03-05", basis=basis, units=units)
        found |= {path} if NOT_ZERO.search(str(page[told])) else set()
    for name in ROWS:
        path = f"/figures/{name}/rows"
        page = await arena.read(path, period="2024-03-05", basis=basis, units=units)
        found |= {f"{name} rows"} if page["items"] else set()
    return found
