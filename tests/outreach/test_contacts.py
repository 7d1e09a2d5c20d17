"""Contacts and the rules by which they count."""

from __future__ import annotations

import asyncio
from datetime import date
from itertools import product
from uuid import uuid4

import asyncpg
import pytest

from services.outreach.domain.codes import Direction
from services.outreach.domain.counting import CountingRule, Counts, counts_contact, rule_on
from services.outreach.models import JOURNAL
from shared.db import driver
from tests.outreach.arena import UNIT, Arena, contact_body


async def rule(arena: Arena, operation: str, counts: str, valid_from: str) -> None:
    body = {"counts": counts, "validFrom": valid_from, "note": "Beslut i nämnden."}
    await arena.made(f"/operations/{operation}/counting-rules", body)


async def test_only_two_way_contacts_reach_and_only_by_such_a_rule(arena: Arena) -> None:
    person = str(uuid4())
    await arena.contact(personId=person)
    await arena.contact(personId=person, channel="home_visit")
    await arena.contact(personId=person, direction="one_way", channel="letter")
    await arena.contact(operation="guidance", personId=str(uuid4()))
    await arena.contact()  # anonymous

    contacts = await arena.figure("contacts", "2024", by="operation,direction")
    assert contacts["unit"] == "contacts"
    assert contacts["rows"] == [
        {"operation": "guidance", "direction": "two_way", "value": 1},
        {"operation": "jobbtorg-outreach", "direction": "one_way", "value": 1},
        {"operation": "jobbtorg-outreach", "direction": "two_way", "value": 3},
    ]
    assert await arena.total("contacts-reached", "2024") == 3
    persons = await arena.figure("persons-reached", "2024")
    assert (persons["unit"], persons["total"]) == ("persons", 1)
    assert await arena.drifting() == {}


async def test_the_rule_in_sql_is_the_rule_of_the_domain(arena: Arena) -> None:
    await rule(arena, "guidance", "two_way_contacts", "2022-01-01")
    await rule(arena, "guidance", "participants", "2024-01-01")
    await rule(arena, "guidance", "contacts", "2024-01-02")
    rules = [
        CountingRule(1, date(2019, 1, 1), Counts.VISITORS, ""),
        CountingRule(2, date(2022, 1, 1), Counts.TWO_WAY_CONTACTS, ""),
        CountingRule(3, date(2024, 1, 1), Counts.PARTICIPANTS, ""),
        CountingRule(4, date(2024, 1, 2), Counts.CONTACTS, ""),
    ]
    days = [date(2019, 1, 1), date(2021, 12, 31), date(2022, 1, 1), date(2023, 12, 31)]
    for day, direction in product([*days, date(2024, 1, 1), date(2024, 1, 2)], Direction):
        made = await arena.contact(
            operation="guidance", happenedOn=day.isoformat(), direction=direction
        )
        booked = await arena.scalar(
            f"select count(*) from {JOURNAL.table} where measure = 'reached' and record_id = $1",
            made["id"],
        )
        assert bool(booked) is counts_contact(rule_on(rules, day), direction), (day, direction)


async def test_a_new_rule_is_a_break_that_travels_with_the_figure(arena: Arena) -> None:
    for day in ("2022-05-01", "2023-05-01", "2024-05-01"):
        await arena.contact(happenedOn=day, personId=str(uuid4()))
    old = await arena.basis()
    before = await arena.figure("persons-reached", "2022-01-01/2024-12-31", basis=old)
    assert (before["total"], before["notes"]) == (3, [])

    await rule(arena, "jobbtorg-outreach", "visitors", "2024-01-01")
    now = await arena.figure("persons-reached", "2022-01-01/2024-12-31")
    assert now["total"] == 2
    (note,) = now["notes"]
    assert (note["kind"], note["on"]) == ("series-break", "2024-01-01")
    assert "räknar besök (regel 2), tidigare tvåvägskontakter (regel 1)" in note["text"]
    assert "Beslut i nämnden." in note["text"]

    inside = await arena.figure("persons-reached", "2024")
    assert inside["notes"] == []
    other = await arena.figure("visits", "2022-01-01/2024-12-31", operation="guidance")
    assert [n for n in other["notes"] if n["kind"] == "series-break"] == []
    again = await arena.figure("persons-reached", "2022-01-01/2024-12-31", basis=old)
    assert again == before
    assert await arena.drifting() == {}


async def test_rules_only_go_forward(arena: Arena) -> None:
    path = "/operations/guidance/counting-rules"
    body = {"counts": "two_way_contacts", "validFrom": "2019-01-01", "note": ""}
    assert await arena.refused("POST", path, body) == "409 counting_rule_not_later"
    same = {**body, "counts": "visitors", "validFrom": "2020-01-01"}
    assert await arena.refused("POST", path, same) == "409 counting_rule_unchanged"
    await arena.made(path, {**body, "validFrom": "2020-01-01"})
    rules = (await arena.read(path))["items"]
    assert [(r["version"], r["unit"]) for r in rules] == [(1, "visits"), (2, "contacts")]


ATTACKS = [
    "update counting_rule set counts = 'participants'",
    "delete from counting_rule",
    "update outreach_fact set amount = 100",
    """insert into counting_rule (operation, version, valid_from, counts, recorded_by)
           values ('guidance', 2, '2018-01-01', 'participants', 'x')""",
]


async def test_the_database_itself_keeps_the_rules(arena: Arena) -> None:
    await arena.contact()
    refused = (asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError)
    for attack in ATTACKS:
        with pytest.raises(refused):
            async with arena.db.begin() as session:
                await (await driver(session)).execute(attack)


async def test_a_rule_added_while_contacts_are_recorded_misses_none(arena: Arena) -> None:
    contacts = [arena.contact(happenedOn="2024-05-01") for _ in range(30)]
    changes = rule(arena, "jobbtorg-outreach", "visitors", "2024-01-01")
    await asyncio.gather(*contacts[:15], changes, *contacts[15:])
    assert await arena.drifting() == {}
    assert await arena.total("contacts-reached", "2024") == 0
    assert await arena.total("contacts", "2024") == 30


async def test_a_contact_sent_three_times_is_counted_once(arena: Arena) -> None:
    body = contact_body(id=str(uuid4()))
    answers = await asyncio.gather(*(arena.call("POST", "/contacts", body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    assert await arena.total("contacts", "2024") == 1
    other = await arena.refused("POST", "/contacts", {**body, "channel": "letter"})
    assert other == "409 id_taken"
    assert await arena.drifting() == {}


async def test_whose_contacts_are_shown_is_logged(arena: Arena) -> None:
    person = str(uuid4())
    made = await arena.contact(personId=person)
    await arena.read(f"/contacts/{made['id']}")
    await arena.read("/contacts")
    routes = await arena.scalar(
        "select array_agg(route order by recorded_at) from access_log"
        " where subjects = array[$1::uuid]",
        person,
    )
    assert routes == ["POST /contacts", "GET /contacts/{contactId}", "GET /contacts"]


async def test_corrections_and_retractions_of_contacts(arena: Arena) -> None:
    made = await arena.contact(personId=str(uuid4()))
    path = f"/contacts/{made['id']}"
    old = await arena.basis()
    await arena.changed(path, {"direction": "one_way", "reason": "Inget svar"}, version=1)
    assert await arena.total("contacts-reached", "2024") == 0
    retraction = {"reason": "Fel person"}
    assert await arena.refused("POST", f"{path}/retractions", retraction) == (
        "428 precondition_required"
    )
    answer = await arena.call("POST", f"{path}/retractions", retraction, version=2)
    assert answer.status_code == 201
    assert await arena.total("contacts", "2024") == 0
    assert await arena.total("contacts-reached", "2024", basis=old) == 1
    change = {"channel": "letter", "reason": "Brev"}
    assert await arena.refused("PATCH", path, change, version=3) == "409 already_retracted"


REFUSED = [
    ({"happenedOn": "2190-01-01"}, "422 in_the_future"),
    ({"operation": "nothing"}, "422 unknown_reference"),
    ({"venue": "nowhere"}, "422 unknown_reference"),
    ({"happenedOn": "2018-12-31"}, "422 not_valid_that_day"),
    ({"sessionId": str(uuid4())}, "422 unknown_reference"),
    ({"personId": "198001012384"}, "422 invalid_request"),
    ({"channel": "carrier_pigeon"}, "422 invalid_request"),
    ({"name": "Någon"}, "422 invalid_request"),
]


async def test_contacts_that_cannot_be(arena: Arena) -> None:
    for more, refusal in REFUSED:
        assert await arena.refused("POST", "/contacts", contact_body(**more)) == refusal, more


async def test_a_caller_records_contacts_of_its_units_only(arena: Arena) -> None:
    others = ("jobbtorg-vuxna-jarva",)
    assert await arena.refused("POST", "/contacts", contact_body(), units=others) == (
        "403 unit_not_allowed"
    )
    elsewhere = await arena.session()
    reaching = contact_body(unit=others[0], sessionId=elsewhere["id"])
    assert await arena.refused("POST", "/contacts", reaching, units=others) == (
        "422 unknown_reference"
    )
    made = await arena.contact()
    assert await arena.refused("GET", f"/contacts/{made['id']}", units=others) == "404 not_found"
    own = await arena.figure("contacts", "2024", units=others)
    assert own["total"] == 0
    assert (await arena.figure("contacts", "2024", units=(UNIT,)))["total"] == 1
