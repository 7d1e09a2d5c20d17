# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from services.participants.handlers import ProjectChanged, ProjectDecided, ReferralMade
from shared.db import driver
from tests.participants.city import City, entry


def referral(person: str, **more: Any) -> ReferralMade:
    values: dict[str, Any] = {
        "referral_id": uuid4(),
        "person_id": UUID(person),
        "unit": "jobbtorg-vuxna",
        "programme": "stockholmskraften",
        "referred_on": date(2024, 9, 20),
    }
    return ReferralMade(**(values | more))


ENTRY = {
    "ground": "outreach",
    "statusAtEntry": "inactive",
    "startedOn": "2024-10-01",
}


async def test_referral_waits_and_becomes_an_enrolment(city: City) -> None:
    person = (await city.person())["id"]
    made = referral(person)
    await city.told(made)
    pending = (await city.read("/pending-enrolments", state="pending"))["items"][0]
    assert (pending["referralId"], pending["state"]) == (str(made.referral_id), "pending")
    path = f"/pending-enrolments/{pending['id']}"
    enrolled = await city.made(f"{path}/acceptances", ENTRY)
    assert enrolled["referralId"] == str(made.referral_id)
    assert (await city.read(path))["enrolmentId"] == enrolled["id"]
    started = await city.outbox("participants.enrolment.started.v1")
    assert started == [
        {
            "enrolmentId": enrolled["id"],
            "referralId": str(made.referral_id),
            "personId": person,
            "unit": "jobbtorg-vuxna",
            "programme": "stockholmskraften",
            "startedOn": "2024-10-01",
            "versionAfter": 1,
        }
    ]
    assert await city.refused("POST", f"{path}/acceptances", ENTRY) == "409 already_decided"
    (received,) = await city.outbox("participants.referral.received.v1")
    assert received["referralId"] == str(made.referral_id)
    (accepted,) = await city.outbox("participants.referral.accepted.v1")
    assert accepted["enrolmentId"] == enrolled["id"]
    no = {"reason": "no_capacity"}
    assert await city.refused("POST", f"{path}/refusals", no) == "409 already_decided"


async def test_enrolment_without_a_referral_tells_outreach_nothing(city: City) -> None:
    await city.enrolment((await city.person())["id"])
    assert await city.outbox("participants.enrolment.started.v1") == []


async def test_declined_referral_goes_back_with_its_reason(city: City) -> None:
    made = referral((await city.person())["id"])
    await city.told(made)
    pending = (await city.read("/pending-enrolments"))["items"][0]
    path = f"/pending-enrolments/{pending['id']}/refusals"
    declined = await city.made(path, {"reason": "declined_by_person"})
    assert (declined["state"], declined["reason"]) == ("declined", "declined_by_person")
    told = await city.outbox("participants.referral.declined.v1")
    assert [(event["referralId"], event["reason"]) for event in told] == [
        (str(made.referral_id), "declined_by_person")
    ]


async def test_referral_to_what_is_unknown_is_declined_at_once(city: City) -> None:
    person = (await city.person())["id"]
    expected = []
    for change, reason in (
        ({"person_id": uuid4()}, "unknown_person"),
        ({"unit": "no-such-unit"}, "unknown_unit"),
        ({"programme": "no-such-programme"}, "unknown_programme"),
    ):
        made = referral(person, **change)
        await city.told(made)
        await city.told(made)  # once more, under another event id
        expected.append((str(made.referral_id), reason))
    told = await city.outbox("participants.referral.declined.v1")
    assert [(event["referralId"], event["reason"]) for event in told] == expected


async def test_accepting_somebody_enrolled_already_changes_nothing(city: City) -> None:
    person = (await city.person())["id"]
    await city.enrolment(person)
    await city.told(referral(person))
    pending = (await city.read("/pending-enrolments"))["items"][0]
    path = f"/pending-enrolments/{pending['id']}"
    assert await city.refused("POST", f"{path}/acceptances", ENTRY) == "409 enrolment_overlap"
    assert (await city.read(path))["state"] == "pending"


async def test_another_unit_neither_sees_nor_answers(city: City) -> None:
    await city.told(referral((await city.person())["id"]))
    pending = (await city.read("/pending-enrolments"))["items"][0]
    unga = {"units": ("jobbtorg-unga",)}
    assert (await city.read("/pending-enrolments", **unga))["items"] == []
    refused = await city.refused(
        "POST", f"/pending-enrolments/{pending['id']}/refusals", {"reason": "other"}, **unga
    )
    assert refused == "404 pending_enrolment_not_found"


async def test_the_referred_persons_unit_may_read_who_it_is(city: City) -> None:
    person = (await city.person())["id"]
    vuxna = {"units": ("jobbtorg-vuxna",)}
    assert await city.refused("GET", f"/persons/{person}", **vuxna) == "404 person_not_found"
    await city.told(referral(person))
    assert (await city.read(f"/persons/{person}", **vuxna))["id"] == person


def project(**more: Any) -> dict[str, Any]:
    return {
        "number": "P-2024-7",
        "name": "Framåt Järva",
        "starts_on": date(2024, 1, 1),
        "ends_on": date(2026, 12, 31),
    } | more


async def test_decided_project_becomes_a_programme_that_follows_it(city: City) -> None:
    await city.told(ProjectDecided(**project()), source="budget")
    programme = await city.read("/programmes/project-p-2024-7")
    assert (programme["name"], programme["projectReference"], programme["validTo"]) == (
        "Framåt Järva",
        "P-2024-7",
        "2026-12-31",
    )
    person = (await city.person())["id"]
    enrolled = await city.made("/enrolments", entry(person, programme="project-p-2024-7"))
    assert enrolled["programme"] == "project-p-2024-7"
    await city.told(ProjectChanged(**project(ends_on=date(2025, 6, 30))), source="budget")
    await city.told(ProjectChanged(**project(ends_on=date(2025, 6, 30))), source="budget")
    changed = await city.read("/programmes/project-p-2024-7")
    assert (changed["validTo"], changed["version"]) == ("2025-06-30", 2)
    assert (await city.figure("programmes", "2025-06-30"))["total"] == 3
    assert (await city.figure("programmes", "2025-07-01"))["total"] == 2


async def test_project_takes_over_the_programme_opened_for_it(city: City) -> None:
    await city.made(
        "/programmes",
        {
            "code": "framat",
            "name": "Framåt",
            "kind": "project",
            "projectReference": "P-2024-7",
            "validFrom": "2024-03-01",
        },
    )
    await city.told(ProjectDecided(**project()), source="budget")
    assert (await city.read("/programmes/framat"))["validFrom"] == "2024-01-01"
    assert await city.refused("GET", "/programmes/project-p-2024-7") == "404 programme_not_found"


async def test_exit_goes_back_to_outreach_only_where_a_referral_stands_behind(city: City) -> None:
    await city.told(referral((await city.person())["id"]))
    pending = (await city.read("/pending-enrolments"))["items"][0]
    path = f"/pending-enrolments/{pending['id']}/acceptances"
    referred = await city.made(path, ENTRY)
    own_way = await city.enrolment((await city.person())["id"])
    exit_ = {"exitedOn": "2024-12-01", "outcome": "work"}
    for enrolment in (referred, own_way):
        await city.made(f"/enrolments/{enrolment['id']}/exits", exit_)
    async with city.db.read() as session:
        rows = await (await driver(session)).fetch(
            "select consumer, data->>'enrolmentId' as enrolment from outbox"
            " where type = 'participants.enrolment.exited.v1'"
        )
    assert {(row["consumer"], row["enrolment"]) for row in rows} == {
        ("outreach", referred["id"]),
    }
