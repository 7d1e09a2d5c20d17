"""Both services: outreach knows of people what participants does, and counts contacts by it."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from services.outreach.facts import Kind, settle
from shared.db import Database, driver
from tests.participants.city import City, number_of
from tests.participants.telling import apart, deliver, fetched, tell
from tests.participants.youths import open_unit, youth

TRUTH = """
    select m.id, m.person_id, m.joined_on, least(m.left_on, birthday(s.birth_date, 20)),
           m.retracted_at is not null
    from kaa_membership m join person p on p.id = m.person_id join person s on s.id = p.subject_id
    order by m.id
"""
KNOWN = """
    select membership_id, person_id, joined_on, until, retracted from known_kaa_membership
    order by membership_id
"""


@pytest.fixture
async def register(city: City) -> City:
    await open_unit(city)
    return city


MET = (
    """insert into operation (code, name, valid_from, recorded_by)
       values ('jobbtorg-outreach', 'Jobbtorg', '2019-01-01', 'test')""",
    """insert into counting_rule (operation, version, valid_from, counts, recorded_by)
       values ('jobbtorg-outreach', 1, '2019-01-01', 'two_way_contacts', 'test')""",
)
CONTACTS = """
    insert into contact (operation, unit, happened_on, channel, direction, person_id, sex,
                         age_group, target_group, recorded_by)
    select 'jobbtorg-outreach', 'unit', day, 'phone', 'two_way', person, 'women', '16-19', 'uvas',
           'test'
    from unnest($1::uuid[]) person, generate_series(date '2024-01-01', '2026-03-01', '1 month') day
    returning id
"""
COUNTED = """
    select c.person_id, c.happened_on, f.target_group, sum(f.amount)::int
    from contact c join outreach_fact f on f.record_id = c.id and f.measure = 'reached'
    group by 1, 2, 3 having sum(f.amount) <> 0 order by 1, 2
"""
IN_KAA = """
    select p.id, day::date, case when in_kaa(p.id, day::date) then 'kaa' else 'uvas' end, 1
    from person p, generate_series(date '2024-01-01', '2026-03-01', '1 month') day order by 1, 2
"""


async def meet(outreach: Database, people: list[dict[str, Any]]) -> None:
    """Let outreach have met everybody in each month, as UVAS."""
    async with outreach.begin() as session:
        conn = await driver(session)
        for statement in MET:
            await conn.execute(statement)
        rows = await conn.fetch(CONTACTS, [each["id"] for each in people])
        ids = [row["id"] for row in rows]
        await settle(conn, Kind.CONTACT, ids, reason="recorded", fresh=True)


async def test_outreach_knows_what_participants_knows(
    register: City, outreach_db: Database
) -> None:
    """Random merges and memberships, told now and then, delivered twice and shuffled.

    And outreach counts every contact of UVAS by whether participants finds the person in KAA.
    """
    rng = random.Random(5)
    numbers = [number_of(date(2006, 2, day), 238) for day in range(1, 13)]
    people = [await register.person(identityNumber=number) for number in numbers]
    await meet(outreach_db, people)
    rows = {number: youth(number) for number in numbers}
    merges: list[dict[str, Any]] = []
    for _ in range(40):
        match rng.choice(("merge", "apart", "push", "push", "tell")):
            case "merge":
                pair = [each["id"] for each in rng.sample(people, 2)]
                body = {"absorbedId": pair[0], "survivorId": pair[1], "reason": "Samma person"}
                answer = await register.call("POST", "/person-merges", body)
                merges += [answer.json()] if answer.is_success else []
            case "apart" if merges:
                await apart(register, merges.pop(rng.randrange(len(merges))))
            case "push":
                row = rows[rng.choice(numbers)] | {"joinedOn": f"2024-{rng.randint(1, 12):02}-01"}
                gone = {"op": "retract", "sourceKey": row["sourceKey"], "reason": "Fel"}
                await register.delivered("kaa", [rng.choice((row, row, gone))])
            case _:
                await tell(register, batch=2)
    await tell(register)
    # The control: until it hears of anybody, outreach counts otherwise.
    assert await fetched(outreach_db, COUNTED) != await fetched(register.db, IN_KAA)
    await deliver(register, outreach_db, rng)

    assert await fetched(outreach_db, KNOWN) == await fetched(register.db, TRUTH)
    counted = await fetched(outreach_db, COUNTED)
    assert counted == await fetched(register.db, IN_KAA)
    assert {group for _, _, group, _ in counted} == {"kaa", "uvas"}
    subjects = await fetched(register.db, "select id, subject_id from person")
    known = dict(await fetched(outreach_db, "select person_id, subject_id from known_person"))
    assert {person: known.get(person, person) for person, _ in subjects} == dict(subjects)
    assert len(known) > 2
    assert any(person != subject for person, subject in subjects)
