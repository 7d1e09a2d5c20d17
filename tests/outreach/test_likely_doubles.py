"""The same meeting, recorded by hand and pushed by a register: shown, and never taken out."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from shared.db import driver
from tests.outreach.arena import UNIT, Arena, contact_body, contact_row

ELSEWHERE = "jobbtorg-vuxna-jarva"
ALIKE = {"sex": "women", "ageGroup": "20-24", "targetGroup": "uvas"}

Pairs = set[tuple[str, str]]


async def listed(arena: Arena, *units: str, **query: str) -> Pairs:
    """Return the id of the one by hand and the source's key of the other, of each pair."""
    page = await arena.read("/likely-doubles", units=units or ("*",), **query)
    assert page["_meta"]["totalRecords"] == len(page["items"])
    return {(item["byHand"]["id"], item["pushed"]["sourceKey"]) for item in page["items"]}


async def test_contacts_that_are_alike_are_listed_until_somebody_says_what_they_are(
    arena: Arena,
) -> None:
    person, merged = str(uuid4()), str(uuid4())
    hand = (await arena.contact(personId=person))["id"]
    for other in ({"channel": "letter"}, {"unit": ELSEWHERE}, {"happenedOn": "2024-03-06"}):
        await arena.contact(personId=person, **other)
    rows = [contact_row("vera:1", personId=person), contact_row("vera:2", personId=str(uuid4()))]
    await arena.push("contacts", rows)
    # Control: two by hand, or two of the register, are no pair; nor is somebody else.
    assert await listed(arena) == {(hand, "vera:1")}
    assert await listed(arena, UNIT, unit=UNIT) == {(hand, "vera:1")}
    assert await listed(arena, ELSEWHERE) == set()
    limited = {"from": "2024-03-06"}
    assert await listed(arena, **limited) == set()
    shown = "select count(*) from access_log where subjects @> array[$1::uuid]"
    seen = await arena.scalar(shown, person)
    assert await listed(arena)
    assert await arena.scalar(shown, person) == seen + 1

    before = await arena.total("contacts", "2024")
    pushed = (await arena.read("/likely-doubles"))["items"][0]["pushed"]["id"]
    said = {"contactIds": [pushed, hand], "reason": "Ringde två gånger"}
    refusals = [
        ({**said, "contactIds": [hand, hand]}, {}, "422 same_contact"),
        ({**said, "contactIds": [hand]}, {}, "422 invalid_request"),
        ({**said, "contactIds": [hand, str(uuid4())]}, {}, "422 unknown_reference"),
        (said, {"units": (ELSEWHERE,)}, "422 unknown_reference"),
        ({**said, "reason": "Nr 200109-2382"}, {}, "422 invalid_request"),
    ]
    for body, who, refusal in refusals:
        assert await arena.refused("POST", "/contact-distinctions", body, **who) == refusal
    assert await listed(arena) == {(hand, "vera:1")}
    first = await arena.made("/contact-distinctions", said)
    again = await arena.call("POST", "/contact-distinctions", {**said, "reason": "Annat"})
    assert (again.status_code, again.json()) == (200, first)
    assert await listed(arena) == set()
    assert await arena.total("contacts", "2024") == before

    # What comes later is asked of anew; so is a person who proves to be the same.
    await arena.push("contacts", [contact_row("vera:3", personId=merged)])
    async with arena.db.begin() as session:
        conn = await driver(session)
        people = "insert into known_person (person_id, subject_id, version) values ($1, $2, 1)"
        await conn.execute(people, merged, person)
    assert await listed(arena) == {(hand, "vera:3")}
    await arena.call(
        "POST", f"/contacts/{hand}/retractions", {"reason": "Dubblett av VERA"}, version=1
    )
    assert await listed(arena) == set()
    assert await arena.total("contacts", "2024") == before
    gone = {**said, "contactIds": [hand, pushed], "reason": "Två ändå"}
    assert await arena.refused("POST", "/contact-distinctions", gone) == "409 already_retracted"

    await _pair_anonymous(arena)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with arena.db.begin() as session:
            await (await driver(session)).execute("delete from contact_distinction")


async def _pair_anonymous(arena: Arena) -> None:
    """Three of one evening by hand and two of the register are two pairs, said one by one."""
    day = {"happenedOn": "2024-05-02"}
    for _ in range(3):
        await arena.made("/contacts", contact_body(**day))
    await arena.made("/contacts", contact_body(**day, sex="men"))
    rows = [contact_row(f"vera:e{n}", **day, **ALIKE) for n in range(2)]
    await arena.push("contacts", rows)
    limited = {"from": "2024-05-01"}
    told: Pairs = set()
    for _ in range(3):
        pairs = await listed(arena, **limited)
        assert not pairs & told
        if not pairs:
            break
        items = (await arena.read("/likely-doubles", **limited))["items"]
        item = items[0]
        told.add((item["byHand"]["id"], item["pushed"]["sourceKey"]))
        ids = [item["byHand"]["id"], item["pushed"]["id"]]
        await arena.made("/contact-distinctions", {"contactIds": ids, "reason": "Två personer"})
    assert len(told) == 3  # each by hand was asked of once
    assert len({by_hand for by_hand, _ in told}) == 3
