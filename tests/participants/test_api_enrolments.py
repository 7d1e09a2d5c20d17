from __future__ import annotations

from typing import Any

import pytest

from tests.participants.city import City, entry


async def test_enrol_freezes_the_breakdown_of_the_entry_day(city: City) -> None:
    person = await city.person(
        residence={"district": "rinkeby-kista", "validFrom": "2024-01-01"}
    )
    enrolled = await city.enrolment(person["id"], startedOn="2024-10-01")
    assert enrolled["sex"] == "women"
    assert enrolled["ageGroup"] == "30-39"
    assert enrolled["district"] == "rinkeby-kista"
    assert (await city.read(f"/enrolments/{enrolled['id']}")) == enrolled
