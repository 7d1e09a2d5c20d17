"""Concern reports: at once, never anonymous, signed, and sealed from everybody but the manager."""

# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from services.participants.domain.concern_reports import names_somebody
from services.participants.figures import facts
from services.participants.rotation import reseal_contents
from services.participants.sealing import Seals
from services.participants.settings import Settings
from shared import access_log
from shared.clock import today
from shared.db import driver
from shared.journal import drift
from tests.participants.city import EVERYTHING, READ, City
from tests.participants.conftest import key

CONCERNS = "participants:concerns"
OFFICER: dict[str, Any] = {
    "scopes": (READ, CONCERNS),
    "units": ("jobbtorg-vuxna",),
    "subject": "coach-7",
}
CHIEF: dict[str, Any] = OFFICER | {"subject": "chief-1"}
CANARY = "Kanariefågel"
SUSPECTED = "2024-10-01T08:00:00Z"


def report(**more: Any) -> dict[str, Any]:
    return {
        "unit": "jobbtorg-vuxna",
        "child": f"{CANARY} Barnsson, sex år",
        "concern": f"{CANARY} kom ensam",
        "reporter": {"name": f"{CANARY} Coachsson", "title": "Jobbcoach"},
        "suspectedAt": SUSPECTED,
        "writtenAt": "2024-10-01T09:00:00Z",
    } | more


@pytest.fixture
async def chief(city: City) -> None:
    """The unit has a responsible manager."""
    await appointed(city, "chief-1", "2024-01-01")


async def appointed(city: City, manager: str, first: str, last: str | None = None) -> None:
    body = {"unit": "jobbtorg-vuxna", "manager": manager, "validFrom": first, "validTo": last}
    await city.made("/unit-managers", body | {"reason": "Tillsatt"})


async def written(city: City, **more: Any) -> str:
    return str((await city.made("/concern-reports", report(**more), **OFFICER))["id"])


async def sent(city: City, report_id: str, at: str) -> dict[str, Any]:
    path = f"/concern-reports/{report_id}"
    await city.made(f"{path}/signatures", None, version=1, **CHIEF)
    return await city.made(f"{path}/dispatches", {"sentAt": at}, version=2, **CHIEF)


@pytest.mark.usefixtures("chief")
async def test_report_is_read_by_the_responsible_manager_of_today_alone(city: City) -> None:
    person = await city.person()
    made = await city.call("POST", "/concern-reports", report(personId=person["id"]))
    assert made.status_code == 201
    assert CANARY not in made.text
    path = f"/concern-reports/{made.json()['id']}"
    shown = await city.read(path, **CHIEF)
    assert (shown["child"], shown["personId"]) == (f"{CANARY} Barnsson, sex år", person["id"])
    assert shown["reporter"] == {
        "name": f"{CANARY} Coachsson",
        "title": "Jobbcoach",
        "phone": None,
    }
    assert [each["id"] for each in (await city.read("/concern-reports", **CHIEF))["items"]] == [
        shown["id"]
    ]
    others: tuple[dict[str, Any], ...] = (
        OFFICER,
        CHIEF | {"subject": "test-clerk", "units": ("*",), "scopes": EVERYTHING},
        CHIEF | {"units": ("jobbtorg-unga",)},
    )
    for other in others:
        for tail in ("", "/versions"):
            assert await city.refused("GET", f"{path}{tail}", **other) == (
                "404 concern_report_not_found"
            )
        for tail in ("signatures", "dispatches", "corrections"):
            body = {"sentAt": SUSPECTED} if tail == "dispatches" else {"reason": "Inget skäl"}
            answer = await city.refused(
                "POST", f"{path}/{tail}", None if tail == "signatures" else body, version=1, **other
            )
            assert answer == "404 concern_report_not_found"
        assert (await city.read("/concern-reports", **other))["items"] == []
    assert await city.refused("GET", path, **CHIEF | {"scopes": EVERYTHING[:3]}) == (
        "403 insufficient_scope"
    )

    await appointed(city, "chief-2", today().isoformat())
    assert await city.refused("GET", path, **CHIEF) == "404 concern_report_not_found"
    assert (await city.read(path, **CHIEF | {"subject": "chief-2"}))["concern"]


@pytest.mark.usefixtures("chief")
async def test_nothing_recorded_tells_that_there_is_a_report_for_a_person(city: City) -> None:
    person = await city.person(unit="jobbtorg-vuxna")
    report_id = await written(city, personId=person["id"])
    await city.read(f"/concern-reports/{report_id}", **CHIEF)
    await sent(city, report_id, "2024-10-01T10:00:00Z")
    async with city.db.read() as session:
        conn = await driver(session)
        lines, _ = await access_log.of_subject(conn, person["id"], limit=99, offset=0)
        assert [line.route for line in lines] == ["POST /persons"]
        of_report, _ = await access_log.of_subject(conn, report_id, limit=99, offset=0)  # type: ignore[arg-type]
        assert [line.actor for line in of_report] == ["chief-1"] * 3 + ["coach-7"]
        tables = await conn.fetch(
            "select table_name from information_schema.tables where table_schema = 'public'"
            " and table_type = 'BASE TABLE'"
        )
        for (table,) in tables:
            rows = await conn.fetchval(f"select string_agg(t::text, ' ') from {table} t") or ""
            assert CANARY not in rows, table
            about_person = table in ("person", "access_log", "idempotency_key")
            assert about_person or person["id"] not in rows, table


@pytest.mark.usefixtures("chief")
async def test_report_is_signed_then_sent_and_corrected_by_a_new_version(city: City) -> None:
    path = f"/concern-reports/{await written(city)}"
    early = {"sentAt": "2024-10-01T12:00:00Z"}
    assert await city.refused("POST", f"{path}/dispatches", early, version=1, **CHIEF) == (
        "409 concern_report_not_signed"
    )
    signed = await city.made(f"{path}/signatures", None, version=1, **CHIEF)
    assert (signed["signedBy"], signed["version"]) == ("chief-1", 2)
    assert await city.refused("POST", f"{path}/signatures", None, version=2, **CHIEF) == (
        "409 concern_report_signed"
    )
    assert await city.refused("POST", f"{path}/dispatches", early, version=1, **CHIEF) == (
        "412 precondition_failed"
    )
    await city.made(f"{path}/dispatches", early, version=2, **CHIEF)
    assert await city.refused("POST", f"{path}/dispatches", early, version=3, **CHIEF) == (
        "409 concern_report_sent"
    )
    change = {"concern": "Kom ensam två gånger", "reason": "Mer har framkommit"}
    corrected = await city.made(f"{path}/corrections", change, version=3, **CHIEF)
    assert (corrected["version"], corrected["signedBy"]) == (4, "chief-1")
    assert (await city.read(path, **CHIEF))["concern"] == "Kom ensam två gånger"
    versions = (await city.read(f"{path}/versions", **CHIEF))["items"]
    assert [(v["version"], v["reason"], v["correctedBy"]) for v in versions] == [
        (1, "signed", "chief-1"),
        (2, "sent", "chief-1"),
        (3, "Mer har framkommit", "chief-1"),
        (4, None, None),
    ]
    assert [v["concern"] for v in versions[2:]] == [f"{CANARY} kom ensam", "Kom ensam två gånger"]


REFUSED: tuple[tuple[dict[str, Any], str, str | None], ...] = (
    ({"reporter": {"name": "Anonym", "title": "x"}}, "422 invalid_request", "reporter.name"),
    ({"reporter": {"name": " - ", "title": "x"}}, "422 invalid_request", "reporter.name"),
    ({"reporter": None}, "422 invalid_request", "reporter"),
    ({"concern": "  "}, "422 invalid_request", "concern"),
    ({"suspectedAt": "2199-01-01T00:00:00Z"}, "422 concern_times_disordered", "suspectedAt"),
    ({"writtenAt": "2024-10-01T07:00:00Z"}, "422 concern_times_disordered", "writtenAt"),
    ({"calledAt": "2024-09-30T07:00:00Z"}, "422 concern_times_disordered", "calledAt"),
    ({"unit": "jobbtorg-unga"}, "403 unit_not_allowed", None),
    ({"personId": "0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b"}, "404 person_not_found", None),
)


async def test_report_that_cannot_be_is_refused_and_names_where(city: City) -> None:
    for more, refusal, where in REFUSED:
        response = await city.call("POST", "/concern-reports", report(**more), **OFFICER)
        problem = response.json()
        assert f"{response.status_code} {problem['code']}" == refusal, more
        assert CANARY not in response.text
        if where is not None:
            assert problem["invalid-parameters"][0]["property"] == where
    nowhere = await city.refused("POST", "/concern-reports", report(unit="no-such-unit"))
    assert nowhere == "422 unknown_unit"


async def test_unit_without_a_manager_loses_no_concern(city: City) -> None:
    made = await city.made("/concern-reports", report(), **OFFICER)
    assert made["awaitsManager"]
    await appointed(city, "chief-1", today().isoformat())
    shown = await city.read(f"/concern-reports/{made['id']}", **CHIEF)
    assert not shown["awaitsManager"]


@pytest.mark.usefixtures("chief")
async def test_protected_person_needs_the_scope_of_protected_identities(city: City) -> None:
    person = await city.person(protectedIdentity="secrecy_marking", unit="jobbtorg-vuxna")
    path = f"/concern-reports/{await written(city, personId=person['id'])}"
    assert await city.refused("GET", path, **CHIEF) == "403 insufficient_scope"
    assert await city.refused("GET", f"{path}/versions", **CHIEF) == "403 insufficient_scope"
    body = {"reason": "Fel barn", "child": "Ett annat"}
    assert await city.refused("POST", f"{path}/corrections", body, version=1, **CHIEF) == (
        "403 insufficient_scope"
    )
    scopes = (READ, CONCERNS, "participants:protected")
    assert (await city.read(path, **CHIEF | {"scopes": scopes}))["child"]


@pytest.mark.usefixtures("chief")
async def test_clock_runs_from_suspicion_to_the_first_word_to_the_social_services(
    city: City,
) -> None:
    slow = await written(city)
    await sent(city, slow, "2024-10-01T18:00:00Z")
    called = await written(city, calledAt="2024-10-01T08:30:00Z")
    await sent(city, called, "2024-10-03T08:00:00Z")
    await written(city)  # not sent: counts for nothing yet
    before = await city.basis()
    change = {"sentAt": "2024-10-01T13:00:00Z", "reason": "Fel klockslag"}
    await city.made(f"/concern-reports/{slow}/corrections", change, version=3, **CHIEF)

    async def hours(**query: Any) -> tuple[Any, Any]:
        median = await city.figure("concern-report-hours", "2024-10-01", **query)
        number = await city.figure("concern-reports", "2024-10-01", **query)
        return median["total"], number["total"]

    assert await hours(basis=before) == ("5.3", 2)  # half of 10:00 and 0:30
    assert await hours() == ("2.8", 2)
    assert (await city.figure("concern-report-hours", "2023"))["total"] is None
    by_unit = await city.figure("concern-report-hours", "2024", by="unit")
    assert by_unit["rows"] == [{"unit": "jobbtorg-vuxna", "value": "2.8", "base": 2}]
    at: dict[str, Any] = {"period": "2024", "basis": before, "by": "unit"}
    plain = {"scopes": ("figures:read", "figures:rows", READ)}
    for figure in ("concern-reports", "concern-report-hours"):
        path = f"/figures/{figure}"
        assert await city.refused("GET", path, **plain, **at) == "403 insufficient_scope"
        assert (await city.read(path, **plain, **at | {"by": []}))["total"]
        own = {"scopes": ("figures:read",), "units": ("jobbtorg-vuxna",)}
        assert await city.refused("GET", path, **own, **at | {"by": []}) == "403 insufficient_scope"
        rows = {"period": "2024", "basis": before}
        assert await city.refused("GET", f"{path}/rows", **plain, **rows) == (
            "403 insufficient_scope"
        )
    async with city.db.read() as session:
        conn = await driver(session)
        ids = [row["id"] for row in await conn.fetch("select id from concern_report")]
        assert len(ids) == 3
        found = await drift(
            conn, facts.JOURNAL, "concern_report", ids, wanted_sql=facts.CONCERN_REPORT
        )
        assert found == []
        assert await conn.fetchval("select count(subject) from participant_fact") == 0


@pytest.mark.usefixtures("chief")
async def test_report_cannot_be_taken_away(city: City) -> None:
    await written(city)
    for statement in ("delete from concern_report", "truncate concern_report"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with city.db.begin() as session:
                await (await driver(session)).execute(statement)
    assert (await city.call("DELETE", "/concern-reports", **CHIEF)).status_code == 405


@pytest.mark.usefixtures("chief")
async def test_report_follows_a_new_key(city: City, settings: Settings) -> None:
    report_id = await written(city)
    newer = settings.model_copy(update={"seal_keys": {1: key(1), 2: key(3)}})
    assert await reseal_contents(city.db, Seals.of(newer))
    assert not await reseal_contents(city.db, Seals.of(newer))
    alone = Seals.of(settings.model_copy(update={"seal_keys": {2: key(3)}}))
    async with city.db.read() as session:
        row = await (await driver(session)).fetchrow("select * from concern_report")
    assert row is not None
    content = alone.open_content(row["content_sealed"], table="concern_report", record_id=row["id"])
    assert CANARY in content.decode()
    assert (str(row["id"]), row["version"]) == (report_id, 1)


def test_names_of_nobody_are_none() -> None:
    for name in ("", " ", "-", "Anonym", "anonymous.", "Okänd", "N.N.", "?", "x"):
        assert not names_somebody(name), name
    for name in ("Bo Ek", "Anonymia Ek", "Li"):
        assert names_somebody(name), name
