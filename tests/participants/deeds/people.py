"""What becomes known of people: who they are, where they live, whether they are in KAA."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.participants.city import City, number_of
from tests.participants.deeds import PROJECT, Story, changed, entered
from tests.participants.test_kaa import contact, measure
from tests.participants.test_register_residence import row as home
from tests.participants.youths import open_unit, youth

# Youths of the responsibility for activity.


async def _member(city: City, **more: Any) -> dict[str, Any]:  # noqa: ANN401  a JSON body
    await open_unit(city)
    await city.delivered("kaa", [youth(number_of(date(2006, 5, 5), 238), **more)])
    found: dict[str, Any] = (await city.read("/kaa-memberships"))["items"][0]
    return found


async def joins_kaa(city: City) -> Story:
    await open_unit(city)
    yield
    await city.delivered("kaa", [youth(number_of(date(2006, 5, 5), 238))])


async def leaves_kaa(city: City) -> Story:
    told = youth(number_of(date(2006, 5, 5), 238))
    await open_unit(city)
    await city.delivered("kaa", [told])
    yield
    gone = {"leftOn": "2024-12-01", "leaveReason": "moved"}
    await city.delivered("kaa", [told | gone])


async def joined_kaa_on_another_day(city: City) -> Story:
    told = youth(number_of(date(2006, 5, 5), 238))
    await open_unit(city)
    await city.delivered("kaa", [told])
    yield
    await city.delivered(
        "kaa", [told | {"joinedOn": "2024-10-01", "joinReason": "broke_off_national_programme"}]
    )


async def never_in_kaa(city: City) -> Story:
    told = youth(number_of(date(2006, 5, 5), 238))
    await open_unit(city)
    await city.delivered("kaa", [told])
    yield
    gone = {"op": "retract", "sourceKey": told["sourceKey"], "reason": "Fel person"}
    await city.delivered("kaa", [gone])


async def meets_youth(city: City) -> Story:
    member = await _member(city)
    yield
    await city.made("/kaa-contacts", contact(member))


async def retracts_meeting(city: City) -> Story:
    made = await city.made("/kaa-contacts", contact(await _member(city)))
    yield
    await changed(city, "/kaa-contacts", made, {})


async def ends_measure(city: City) -> Story:
    made = await city.made("/kaa-measures", measure(await _member(city)))
    yield
    end = {"endedOn": "2024-12-10", "endReason": "completed", "occupationAfter": "work"}
    await city.made(f"/kaa-measures/{made['id']}/endings", end)


async def corrects_measure(city: City) -> Story:
    made = await city.made("/kaa-measures", measure(await _member(city)))
    yield
    await changed(city, "/kaa-measures", made, {"kind": "internship"})


# Who people are, and where they live.


async def merges_people(city: City) -> Story:
    one, other = await city.person("men"), await city.person()
    await city.enrolment(one["id"])
    await city.enrolment(other["id"], programme=PROJECT)
    yield
    body = {"absorbedId": one["id"], "survivorId": other["id"], "reason": "Samma person"}
    await city.made("/person-merges", body)


async def takes_merge_back(city: City) -> Story:
    merging = merges_people(city)
    await anext(merging)
    await anext(merging, None)
    merged = (await city.read("/person-merges"))["items"][0]
    yield
    await city.made(f"/person-merges/{merged['id']}/reversals", {"reason": "Två personer"})


async def corrects_sex(city: City) -> Story:
    made = await entered(city)
    yield
    await _patched(city, made["personId"], {"sex": "men"})


async def lives_elsewhere(city: City) -> Story:
    made = await entered(city)
    yield
    lives = {"district": "kista", "validFrom": "2020-01-01"}
    await _patched(city, made["personId"], {"residence": lives})


async def _patched(city: City, person: str, changes: dict[str, Any]) -> None:
    version = (await city.read(f"/persons/{person}"))["version"]
    body = changes | {"reason": "Rättat"}
    answer = await city.call("PATCH", f"/persons/{person}", body, version=version)
    assert answer.status_code == 200, answer.text


async def _registered_home(city: City) -> dict[str, Any]:
    person = await city.person()
    await city.enrolment(person["id"])
    return home(person, "kista")


async def register_tells_where(city: City) -> Story:
    told = await _registered_home(city)
    yield
    await city.delivered("residence", [told])


async def register_takes_home_back(city: City) -> Story:
    told = await _registered_home(city)
    await city.delivered("residence", [told])
    yield
    gone = {"op": "retract", "sourceKey": told["sourceKey"], "reason": "Fel person"}
    await city.delivered("residence", [gone])


async def changes_number(city: City) -> Story:
    """Give somebody the number of another birth date: it corrects, and merges nobody."""
    made = await entered(city)
    path = f"/persons/{made['personId']}"
    yield
    body = {"identityNumber": city.person_number(year=2000), "reason": "Fick personnummer"}
    version = (await city.read(path))["version"]
    await city.made(f"{path}/number-changes", body, version=version)


async def is_protected(city: City) -> Story:
    told = await _registered_home(city)
    await city.delivered("residence", [told])
    found = await city.call("POST", "/person-lookups", {"identityNumber": told["identityNumber"]})
    yield
    await _patched(city, found.json()["id"], {"protectedIdentity": "secrecy_marking"})


async def register_leaves_home_out(city: City) -> Story:
    stays, goes = await _registered_home(city), await _registered_home(city)
    await city.delivered("residence", [stays, goes])
    yield
    await city.delivered("residence", [stays], mode="snapshot", deliveryDate="2024-09-15")


async def register_leaves_youth_out(city: City) -> Story:
    stays, goes = (youth(number_of(date(2008, 5, 5), serial)) for serial in (238, 239))
    await open_unit(city)
    await city.delivered("kaa", [stays, goes])
    yield
    await city.delivered("kaa", [stays], mode="snapshot", deliveryDate="2024-11-15")


async def youth_turns_out_to_be_in_kaa(city: City) -> Story:
    """Let the register tell of somebody enrolled that they were a member: no UVAS, but KAA."""
    number = number_of(date(2006, 5, 5), 238)
    person = await city.person(identityNumber=number)
    await city.enrolment(person["id"], ground="voluntary", startedOn="2025-05-10")
    await open_unit(city)
    yield
    await city.delivered("kaa", [youth(number)])
