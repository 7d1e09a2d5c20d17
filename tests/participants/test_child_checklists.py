"""Child checklists: which plans need one, what it must answer, who reads it, what is counted."""

# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.participants.figures import facts
from shared import access_log
from shared.db import driver
from shared.journal import drift
from tests.participants.city import READ, WRITE, City, number_of
from tests.participants.test_plans import plan, renewal
from tests.participants.youths import open_unit, youth

CHILDREN = "participants:children"
PATH = "/child-checklists"
CANARY = "Kanariefågel"


def checklist(plan_id: str, **more: Any) -> dict[str, Any]:
    return {
        "planId": plan_id,
        "answeredOn": "2024-10-05",
        "effectShortTerm": f"{CANARY} hämtas senare",
        "effectLongTerm": "Familjen klarar sig själv",
        "parentsView": "Vill arbeta dagtid",
        "reflection": "Barnets bästa är beaktat",
    } | more


async def guardians_plan(city: City, **more: Any) -> dict[str, Any]:
    person = await city.person(guardianOfChildren=True, unit="jobbtorg-vuxna")
    return await city.made("/plans", plan(person["id"]) | more)


async def test_checklist_is_read_with_its_scope_and_unit_only(city: City) -> None:
    drawn = await guardians_plan(city)
    assert drawn["childChecklist"] == "lacking"
    made = await city.call("POST", PATH, checklist(drawn["id"]))
    assert made.status_code == 201
    assert CANARY not in made.text
    path = f"{PATH}/{made.json()['id']}"
    read = await city.read(path)
    assert read["answers"] == {
        "effectShortTerm": f"{CANARY} hämtas senare",
        "effectLongTerm": "Familjen klarar sig själv",
        "parentsView": "Vill arbeta dagtid",
        "childsView": None,
        "reflection": "Barnets bästa är beaktat",
    }
    assert (await city.read(f"/plans/{drawn['id']}"))["childChecklist"] == "answered"
    clerk: dict[str, Any] = {"scopes": (READ, WRITE)}
    for other in ("", f"/{made.json()['id']}", f"/{made.json()['id']}/versions"):
        assert await city.refused("GET", f"{PATH}{other}", **clerk) == "403 insufficient_scope"
    elsewhere: dict[str, Any] = {"units": ("jobbtorg-unga",)}
    for tail in ("", "/versions"):
        assert await city.refused("GET", f"{path}{tail}", **elsewhere) == (
            "404 child_checklist_not_found"
        )
    assert (await city.read(PATH, **elsewhere))["items"] == []
    assert CANARY not in str(await city.read(PATH))
    assert await city.refused("POST", PATH, checklist(drawn["id"]), **elsewhere) == (
        "404 plan_not_found"
    )
    async with city.db.read() as session:
        conn = await driver(session)
        for table in ("child_checklist", "record_version", "outbox", "idempotency_key"):
            text = await conn.fetchval(f"select string_agg(t::text, ' ') from {table} t") or ""
            assert CANARY not in text
            assert CANARY.encode().hex() not in text
        lines, _ = await access_log.of_subject(conn, drawn["personId"], limit=99, offset=0)
        assert lines[-1].route == "POST /persons"
        assert "GET /child-checklists/{childChecklistId}" in {line.route for line in lines}


async def test_correction_and_retraction_keep_what_was_said(city: City) -> None:
    drawn = await guardians_plan(city)
    made = await city.made(PATH, checklist(drawn["id"]))
    path = f"{PATH}/{made['id']}"
    change = {"effectShortTerm": "Hämtas tidigare", "reason": "Fel uppgift"}
    assert await city.refused("POST", f"{path}/corrections", change, version=4) == (
        "412 precondition_failed"
    )
    await city.made(f"{path}/corrections", change, version=1)
    versions = (await city.read(f"{path}/versions"))["items"]
    assert [(v["version"], v["reason"], v["answers"]["effectShortTerm"]) for v in versions] == [
        (1, "Fel uppgift", f"{CANARY} hämtas senare"),
        (2, None, "Hämtas tidigare"),
    ]
    gone = await city.made(f"{path}/retractions", {"reason": "En annan familjs"}, version=2)
    assert gone["retracted"]
    assert await city.refused("POST", f"{path}/corrections", change, version=3) == (
        "409 checklist_retracted"
    )
    assert (await city.read(f"/plans/{drawn['id']}"))["childChecklist"] == "lacking"
    assert (await city.made(PATH, checklist(drawn["id"])))["version"] == 1


async def test_each_rule_of_a_checklist_has_its_refusal(city: City) -> None:
    drawn = await guardians_plan(city)
    without = await city.made("/plans", plan((await city.person())["id"]))
    assert without["childChecklist"] == "not_needed"
    refused: tuple[tuple[dict[str, Any], str, str | None], ...] = (
        (checklist(without["id"]), "409 checklist_not_called_for", None),
        (
            checklist(drawn["id"], answeredOn="2024-10-01"),
            "422 checklist_before_plan",
            "answeredOn",
        ),
        (
            checklist(drawn["id"], answeredOn="2199-10-01"),
            "422 checklist_before_plan",
            "answeredOn",
        ),
        (checklist(drawn["id"], parentsView=None), "422 checklist_incomplete", "parentsView"),
        (checklist(drawn["id"], reflection=" "), "422 invalid_request", "reflection"),
        (checklist("0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b"), "404 plan_not_found", None),
    )
    for body, refusal, where in refused:
        response = await city.call("POST", PATH, body)
        problem = response.json()
        assert f"{response.status_code} {problem['code']}" == refusal, body
        assert CANARY not in response.text
        if where is not None:
            assert problem["invalid-parameters"][0]["property"] == where
    await city.made(PATH, checklist(drawn["id"]))
    assert await city.refused("POST", PATH, checklist(drawn["id"])) == "409 checklist_answered"
    late = await guardians_plan(city)
    body = {"reason": "Aldrig upprättad"}
    await city.made(f"/plans/{late['id']}/retractions", body, version=1)
    assert await city.refused("POST", PATH, checklist(late["id"])) == "409 plan_retracted"


@pytest.mark.parametrize(
    ("drawn_up", "needed"),
    [
        ("2024-03-03", "not_needed"),  # fifteen
        ("2024-03-04", "lacking"),  # the sixteenth birthday
        ("2026-03-03", "lacking"),
        ("2026-03-04", "not_needed"),  # the eighteenth birthday: no child any more
    ],
)
async def test_youth_of_the_kaa_speaks_for_themselves_until_eighteen(
    city: City, drawn_up: str, needed: str
) -> None:
    await open_unit(city)
    number = number_of(date(2008, 3, 4), 238)
    joined = youth(number, sourceKey="ber:1", joinedOn="2024-01-10")
    delivered = await city.delivered("kaa", [joined])
    assert delivered.counts["created"] == 1, delivered.errors
    found = await city.call("POST", "/person-lookups", {"identityNumber": number})
    person = found.json()["id"]
    dates = {"drawnUpOn": drawn_up, "reviewOn": "2026-10-01"}
    drawn = await city.made("/plans", plan(person) | dates)
    assert drawn["childChecklist"] == needed
    if needed == "lacking":
        body = checklist(drawn["id"], answeredOn="2026-03-03")
        assert await city.refused("POST", PATH, body) == "422 checklist_incomplete"
        await city.made(PATH, body | {"childsView": "Vill bli elektriker", "parentsView": None})


async def test_plan_follows_what_is_told_late_of_the_youth(city: City) -> None:
    await open_unit(city)
    number = number_of(date(2008, 3, 4), 239)
    person = await city.person(identityNumber=number)
    drawn = await city.made("/plans", plan(person["id"]))
    assert drawn["childChecklist"] == "not_needed"
    before = await city.basis()
    joined = youth(number, sourceKey="ber:1", joinedOn="2024-09-01")
    await city.delivered("kaa", [joined])
    told = await city.basis()
    assert (await city.read(f"/plans/{drawn['id']}"))["childChecklist"] == "lacking"
    older = {"birthDate": "2006-03-04", "reason": "Fel födelsedag"}
    path = f"/persons/{person['id']}"
    version = (await city.read(path))["version"]
    assert (await city.call("PATCH", path, older, version=version)).status_code == 200
    corrected = await city.basis()
    younger = {"birthDate": "2008-03-04", "reason": "Rätt var rätt"}
    assert (await city.call("PATCH", path, younger, version=version + 1)).status_code == 200
    again = await city.basis()
    retraction = {"op": "retract", "sourceKey": "ber:1", "reason": "Fel person"}
    assert (await city.delivered("kaa", [retraction])).counts == {"rows": 1, "retracted": 1}
    counts = [
        (await city.figure("child-plans", "2024", ground="kaa_youth", basis=basis))["total"]
        for basis in (before, told, corrected, again, await city.basis())
    ]
    assert counts == [0, 1, 0, 1, 0]


async def test_compliance_is_counted_by_its_parts_at_any_basis(city: City) -> None:
    first = await guardians_plan(city)
    await guardians_plan(city, drawnUpOn="2024-11-01")
    third = await guardians_plan(city, unit="jobbtorg-unga")
    await city.made(PATH, checklist(first["id"]))  # three days
    answered = await city.made(PATH, checklist(third["id"], answeredOn="2024-10-02"))
    renewed = await city.made(f"/plans/{first['id']}/renewals", renewal("2024-12-01"))
    listed = (await city.read("/child-plans", lacking=True))["items"]
    assert [(each["drawnUpOn"], each["order"], each["ground"]) for each in listed] == [
        ("2024-11-01", "first", "guardian"),
        ("2024-12-01", "renewal", "guardian"),
    ]
    assert (await city.read("/child-plans", unit="jobbtorg-unga"))["items"][0]["days"] == 0
    before = await city.basis()
    await city.made(PATH, checklist(renewed["id"], answeredOn="2024-12-11"))
    moved = {"answeredOn": "2024-10-09", "reason": "Fel dag"}
    await city.made(f"{PATH}/{answered['id']}/corrections", moved, version=1)

    async def counted(**query: Any) -> tuple[Any, ...]:
        names = ("child-plans", "child-plans-with-checklist", "child-checklist-days")
        return tuple([(await city.figure(name, "2024", **query))["total"] for name in names])

    assert await counted(basis=before) == (4, 2, "1.5")
    assert await counted() == (4, 3, "7.0")
    assert await counted(kind="renewal") == (1, 1, "10.0")
    assert await counted(kind="renewal", basis=before) == (1, 0, None)
    assert await counted(unit="jobbtorg-unga", sex="women", ground="guardian") == (1, 1, "7.0")
    by_unit = await city.figure("child-checklist-days", "2024", by="unit")
    assert by_unit["rows"] == [
        {"unit": "jobbtorg-unga", "value": "7.0", "base": 1},
        {"unit": "jobbtorg-vuxna", "value": "6.5", "base": 2},
    ]
    not_guardian = {"guardianOfChildren": False, "reason": "Inte vårdnadshavare"}
    await city.made(f"/plans/{renewed['id']}/corrections", not_guardian, version=1)
    assert await counted() == (3, 2, "5.0")
    body = {"reason": "Skyddad", "protectedIdentity": "secrecy_marking"}
    path = f"/persons/{third['personId']}"
    assert (await city.call("PATCH", path, body, version=1)).status_code == 200
    assert await counted(district="unknown") == (3, 2, "5.0")
    async with city.db.read() as session:
        conn = await driver(session)
        ids = [row["id"] for row in await conn.fetch("select id from plan")]
        wanted = facts.CHILD_PLAN
        assert len(ids) == 4
        assert await drift(conn, facts.JOURNAL, "plan", ids, wanted_sql=wanted) == []


async def test_plan_of_merged_records_is_counted_for_who_stands_for_them(city: City) -> None:
    drawn = await guardians_plan(city)
    survivor = await city.person("men")
    merge = {"absorbedId": drawn["personId"], "survivorId": survivor["id"], "reason": "Samma"}
    await city.made("/person-merges", merge)
    by_sex = await city.figure("child-plans", "2024", by="sex")
    assert by_sex["rows"] == [{"sex": "men", "value": 1}]
    listed = await city.read("/child-plans", personId=survivor["id"])
    assert [each["planId"] for each in listed["items"]] == [drawn["id"]]
