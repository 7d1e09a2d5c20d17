"""What a person may know: everything that is held about them, and who has seen it."""

from __future__ import annotations

from typing import Any

import asyncpg

from services.participants.models.holdings import LEFT_OUT, holdings
from services.participants.subject_access import OPENERS
from shared.db import driver
from tests.participants.city import CLERK, EVERYTHING, City
from tests.participants.test_plans import SECRET, plan
from tests.participants.youths import open_unit, youth
from tests.servers import DatabaseUrls

EXPORT = (*EVERYTHING, "participants:export")

# The database's own word for what refers to what, independent of the models.
_REACHED = """
    with recursive reference as (
        select conrelid::regclass::text collate "C" as child,
               confrelid::regclass::text collate "C" as parent
        from pg_constraint where contype = 'f'
        union
        select table_name::text collate "C", 'person' collate "C" from information_schema.columns
        where column_name = 'person_id' and table_schema = current_schema()
    ), reached as (
        select 'person' collate "C" as name union
        select child from reference join reached on reached.name = reference.parent
    )
    select distinct name from reached where name <> 'participant_fact_sum'
"""


async def overlooked(conn: Any) -> set[str]:  # noqa: ANN401  either kind of connection
    """Return the tables about people that an export would leave out without a reason."""
    reached = {row["name"] for row in await conn.fetch(_REACHED)}
    assert reached >= {"enrolment", "follow_up", "kaa_contact", "residence"}
    return reached - {each.table for each in holdings()} - LEFT_OUT.keys()


async def test_every_table_about_people_is_given_out(
    city: City, participants_urls: DatabaseUrls
) -> None:
    async with city.db.read() as session:
        assert await overlooked(await driver(session)) == set()
    owner = await asyncpg.connect(participants_urls.owner)
    try:  # the negative control: tables that nobody thought of
        await owner.execute("alter table kaa_code_mapping add column person_id uuid")
        await owner.execute(
            "alter table routine_review add column visit uuid references enrolment (id)"
        )
        assert await overlooked(owner) == {"kaa_code_mapping", "routine_review"}
    finally:
        await owner.close()


def test_every_sealed_column_is_opened() -> None:
    sealed = {(each.table, column) for each in holdings() for column in each.sealed}
    assert sealed - OPENERS.keys() == set()
    assert OPENERS.keys() - sealed == set()


def test_what_is_left_out_is_there() -> None:
    assert not {each.table for each in holdings()} & LEFT_OUT.keys()


async def known_person(city: City) -> dict[str, Any]:
    """Record a bit of everything about somebody, and change some of it."""
    person = await city.person(
        identityNumber=city.person_number(year=2007),
        name={"given": "Test", "family": "Ek"},
        residence={"district": "jarva", "validFrom": "2020-01-01"},
        contact={"phone": "070-174 06 05"},
        postalAddress={"street": "Testgatan 1", "postalCode": "163 74", "city": "Spånga"},
    )
    path = f"/persons/{person['id']}"
    move = {"residence": {"district": "kista", "validFrom": "2019-01-01"}, "reason": "Rättelse"}
    await city.call("PATCH", path, move, version=1)
    enrolled = await city.enrolment(person["id"])
    correction = {"ground": "voluntary", "reason": "Fel grund"}
    await city.call("POST", f"/enrolments/{enrolled['id']}/corrections", correction, version=1)
    await city.made("/plans", plan(person["id"]))
    await open_unit(city)
    done = await city.delivered("kaa", [youth(person["identityNumber"], phone="070-1740605")])
    assert done.counts == {"rows": 1, "created": 1}
    return person


def by_kind(answer: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {held["kind"]: held["records"] for held in answer["holdings"]}


async def test_export_gives_everything_with_what_was_said_before(city: City) -> None:
    person = await known_person(city)
    other = await city.person(name={"given": "Annan", "family": "Al"})
    await city.enrolment(other["id"])
    path = f"/persons/{person['id']}/holdings"
    response = await city.call("GET", path, scopes=EXPORT, subject="officer")
    assert response.status_code == 200, response.text
    held = by_kind(response.json())
    (said,) = held["person"]
    assert said["says"]["identityNumber"] == person["identityNumber"]
    assert said["says"]["name"] == {"given": "Test", "family": "Ek"}
    assert said["says"]["contact"]["phone"] == "070-174 06 05"
    assert said["says"]["postalAddress"]["street"] == "Testgatan 1"
    assert said["earlierVersions"][0]["reason"] == "Rättelse"
    (enrolled,) = held["enrolment"]
    assert enrolled["says"]["ground"] == "voluntary"
    (before,) = [it for it in enrolled["earlierVersions"] if it["reason"] == "Fel grund"]
    assert (before["said"]["ground"], before["reason"], before["changedBy"]) == (
        "social_assistance",
        "Fel grund",
        "test-clerk",
    )
    assert held["plan"][0]["says"]["content"]["goal"] == SECRET
    assert held["kaa_membership"][0]["says"]["contact"]["phone"] == "070-1740605"
    # The home that proved wrong is no longer on record and still told.
    homes = {
        (it["says"] or it["earlierVersions"][0]["said"])["district"] for it in held["residence"]
    }
    assert homes == {"jarva", "kista"}
    assert [it["says"] is None for it in held["residence"]].count(True) == 1
    assert "Annan" not in response.text
    assert other["id"] not in response.text
    assert "Sealed" not in response.text


async def test_export_opens_no_more_than_the_scopes_do(city: City) -> None:
    person = await city.person(protectedIdentity="secrecy_marking")
    path = f"/persons/{person['id']}/holdings"
    assert await city.refused("GET", path) == "403 insufficient_scope"
    some = {"scopes": EXPORT, "units": ("jobbtorg-vuxna",)}
    assert await city.refused("GET", path, **some) == "403 unit_not_allowed"
    closed = (*CLERK, "participants:export")
    for each in (path, f"/persons/{person['id']}/log-lines"):
        assert await city.refused("GET", each, scopes=closed) == "404 person_not_found"
    held = by_kind(await city.read(path, scopes=(*closed, "participants:protected")))
    assert "identityNumber" not in held["person"][0]["says"]
    assert held["person"][0]["says"]["protection"] == "secrecy_marking"


async def test_log_tells_who_read_and_who_changed(city: City) -> None:
    person = await known_person(city)
    other = await city.person()
    await city.read(f"/persons/{person['id']}", subject="curious-clerk")
    await city.enrolment(other["id"])
    await city.read("/enrolments", subject="lister")
    path = f"/persons/{person['id']}/log-lines"
    first = await city.read(path, scopes=EXPORT, subject="officer", limit=200)
    lines = {(it["by"], it["what"], it["route"] or it["recordKind"]) for it in first["items"]}
    assert lines >= {
        ("curious-clerk", "accessed", "GET /persons/{personId}"),
        ("lister", "accessed", "GET /enrolments"),
        ("test-clerk", "changed", "enrolment"),
        ("test-clerk", "changed", "residence"),
    }
    assert "Fel grund" in {it["reason"] for it in first["items"]}
    assert other["id"] not in str(first)
    assert [it["at"] for it in first["items"]] == sorted(
        (it["at"] for it in first["items"]), reverse=True
    )
    # Reading the log is itself in it, with its purpose, at the next reading.
    again = await city.read(path, scopes=EXPORT, limit=1)
    assert again["_meta"]["totalRecords"] == first["_meta"]["totalRecords"] + 1
    assert (again["items"][0]["by"], again["items"][0]["route"]) == (
        "officer",
        "GET /persons/{personId}/log-lines",
    )
    async with city.db.read() as session:
        purposes = await (await driver(session)).fetch(
            "select distinct purpose from access_log where actor = 'officer'"
        )
    assert [row["purpose"] for row in purposes] == ["subject-access"]


async def test_merged_records_are_given_out_as_one_person(city: City) -> None:
    absorbed = await city.person(name={"given": "Förra", "family": "Ek"})
    survivor = await city.person()
    enrolled = await city.enrolment(absorbed["id"])
    merge = await city.made(
        "/person-merges",
        {"absorbedId": absorbed["id"], "survivorId": survivor["id"], "reason": "Samma person"},
    )
    for person in (absorbed, survivor):
        held = by_kind(await city.read(f"/persons/{person['id']}/holdings", scopes=EXPORT))
        assert {it["id"] for it in held["person"]} == {absorbed["id"], survivor["id"]}
        assert [it["id"] for it in held["enrolment"]] == [enrolled["id"]]
        assert [it["says"]["reason"] for it in held["person_merge"]] == ["Samma person"]
        log = await city.read(f"/persons/{person['id']}/log-lines", scopes=EXPORT, limit=200)
        assert "POST /enrolments" in {it["route"] for it in log["items"]}
    undone = {"reason": "Två personer"}
    await city.made(f"/person-merges/{merge['id']}/reversals", undone, version=merge["version"])
    held = by_kind(await city.read(f"/persons/{survivor['id']}/holdings", scopes=EXPORT))
    assert [it["id"] for it in held["person"]] == [survivor["id"]]
    assert "enrolment" not in held
