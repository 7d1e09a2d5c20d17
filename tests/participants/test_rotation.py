from __future__ import annotations

from services.participants.main import create_app
from services.participants.rotation import rekey
from services.participants.sealing import Seals
from services.participants.settings import Settings
from shared.db import driver
from tests.participants.city import City
from tests.participants.conftest import Calling, key


def row(number: str) -> dict[str, str]:
    return {
        "sourceKey": f"k:{number[-5:]}",
        "identityNumber": number,
        "unit": "jobbtorg-vuxna",
        "heldOn": "2024-05-02",
    }


async def test_people_follow_a_new_key_and_are_found_all_the_while(
    city: City, settings: Settings, calling: Calling
) -> None:
    number = city.person_number()
    name = {"given": "Test", "family": "Ek"}
    contact = {"phone": "070-174 06 05", "email": None}
    person = await city.person(identityNumber=number, name=name, contact=contact)
    nameless = await city.person()
    both = settings.model_copy(
        update={"seal_keys": {1: key(1), 2: key(3)}, "index_keys": {1: key(2), 2: key(4)}}
    )
    async with calling(create_app(both)) as client:
        later = City(client, city.issuer, city.db, Seals.of(both))
        await found(later, number, person)
        again = await later.call("POST", "/persons", {"identityNumber": number})
        assert again.json()["personId"] == person["id"]
        waiting = await later.delivered("advisory-sessions", [row(number)])
        assert waiting.refusals == [(1, "identityNumber", "keys_are_rotating")]

        assert await rekey(city.db, later.seals, limit=1)
        assert await rekey(city.db, later.seals)
        assert not await rekey(city.db, later.seals)

        await found(later, number, person)
        assert await later.read(f"/persons/{nameless['id']}") == nameless
        done = await later.delivered("advisory-sessions", [row(number)])
        assert done.counts == {"rows": 1, "created": 1}
    async with city.db.read() as session:
        people = await (await driver(session)).fetchval("select count(*) from person")
    assert people == 2  # nobody was registered twice

    without_the_old = both.model_copy(update={"seal_keys": {2: key(3)}, "index_keys": {2: key(4)}})
    async with calling(create_app(without_the_old)) as client:
        await found(City(client, city.issuer, city.db, city.seals), number, person)


async def found(city: City, number: str, person: dict[str, object]) -> None:
    response = await city.call("POST", "/person-lookups", {"identityNumber": number})
    assert response.json() == person
