"""What outreach is told of people: the last state of every one of them, whatever happened."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import asyncpg
import pytest
from alembic import command

from migrations.upgrade import configuration
from services.participants.told_people import tell_changed, tell_later, waiting
from shared.db import driver
from tests.conftest import NewDatabase, OpenDatabase
from tests.participants.city import City, number_of
from tests.participants.telling import apart, merged, tell
from tests.participants.youths import open_unit, youth

MEMBERSHIP, SUBJECT = (
    "participants.kaa-membership.changed.v1",
    "participants.person.subject-changed.v1",
)


@pytest.fixture
async def register(city: City) -> City:
    await open_unit(city)
    return city


async def days_told(city: City) -> list[tuple[int, str, str, bool]]:
    return [
        (each["stateVersion"], each["joinedOn"], each["until"], each["retracted"])
        for each in await city.outbox(MEMBERSHIP)
    ]


async def test_memberships_are_told_as_they_become(register: City) -> None:
    number = number_of(date(2005, 3, 10), 238)
    row = youth(number)
    await register.delivered("kaa", [row])
    assert await waiting(register.db) == {"people_to_tell": 1}
    await tell(register)
    assert await waiting(register.db) == {"people_to_tell": 0}
    assert 'people_to_tell{service="participants"}' in (await register.client.get("/metrics")).text
    assert await days_told(register) == [(1, "2024-09-01", "2025-03-10", False)]

    # What outreach need not know is not told again.
    await register.delivered("kaa", [row | {"schooling": "registered_after_school_age"}])
    await tell(register)
    assert len(await days_told(register)) == 1

    left = row | {"leftOn": "2024-12-01", "leaveReason": "moved"}
    await register.delivered("kaa", [left])
    await tell(register)
    await register.delivered(
        "kaa", [{"op": "retract", "sourceKey": row["sourceKey"], "reason": "Fel"}]
    )
    await tell(register)
    assert await days_told(register) == [
        (1, "2024-09-01", "2025-03-10", False),
        (2, "2024-09-01", "2024-12-01", False),
        (3, "2024-09-01", "2024-12-01", True),
    ]


async def test_end_follows_a_birth_date_that_proves_wrong(register: City) -> None:
    number = number_of(date(2005, 3, 10), 238)
    await register.delivered("kaa", [youth(number)])
    await tell(register)
    (membership,) = await register.outbox(MEMBERSHIP)
    patch = {"birthDate": "2005-04-01", "reason": "Fel i passet"}
    path = f"/persons/{membership['personId']}"
    answer = await register.call("PATCH", path, patch, version=1)
    assert answer.is_success, answer.text
    await tell(register)
    assert [until for _, _, until, _ in await days_told(register)] == ["2025-03-10", "2025-04-01"]


async def test_worker_tells_by_itself(register: City, worker: None) -> None:
    await register.delivered("kaa", [youth(number_of(date(2005, 3, 10), 238))])
    async with asyncio.timeout(15):
        while not await register.outbox(MEMBERSHIP):
            pass
    assert await days_told(register) == [(1, "2024-09-01", "2025-03-10", False)]


async def test_what_changes_back_before_it_is_told_is_not_told(register: City) -> None:
    merge = await merged(register, await register.person(), await register.person())
    await apart(register, merge)
    await tell(register)
    assert await register.outbox(SUBJECT) == []


async def test_every_person_of_a_chain_of_merges_is_told_of(register: City) -> None:
    one, two, three = [await register.person() for _ in range(3)]
    await merged(register, one, two)
    await tell(register)
    chain = await merged(register, two, three)
    await tell(register)
    await apart(register, chain)
    await tell(register)
    told = [
        (each["personId"], each["subjectId"], each["stateVersion"])
        for each in await register.outbox(SUBJECT)
    ]
    ids = {each["id"]: name for each, name in ((one, 1), (two, 2), (three, 3))}
    named = [(ids[person], ids[subject], version) for person, subject, version in told]
    assert named[0] == (1, 2, 1)
    assert sorted(named[1:3]) == [(1, 3, 2), (2, 3, 1)]
    assert sorted(named[3:]) == [(1, 2, 3), (2, 2, 2)]


async def test_teller_that_is_killed_tells_everything_once(
    register: City,
    participants_urls: Any,  # noqa: ANN401
) -> None:
    """Its connection is cut while it tells; two tellers then share what is left."""
    numbers = [number_of(date(2006, 1, day), 239) for day in range(1, 21)]
    await register.delivered("kaa", [youth(number) for number in numbers])
    owner = await asyncpg.connect(participants_urls.owner)
    app = await asyncpg.connect(participants_urls.app)
    async with owner.transaction():
        await owner.execute("lock table outbox_counter in access exclusive mode")
        telling = asyncio.create_task(tell_changed(register.db, batch=8))
        killed = False
        while not killed:
            killed = await app.fetchval(
                "select pg_terminate_backend(pid) from pg_locks where not granted"
                " and relation = 'outbox_counter'::regclass"
            )
        with pytest.raises(Exception, match=r".+"):
            await telling
    await owner.close()
    await app.close()
    assert await register.outbox(MEMBERSHIP) == []
    await asyncio.gather(tell(register, batch=3), tell(register, batch=7))
    told = [each["membershipId"] for each in await register.outbox(MEMBERSHIP)]
    assert len(told) == len(set(told)) == len(numbers)


async def test_change_that_commits_after_a_later_one_is_told_too(register: City) -> None:
    rows = [youth(number_of(date(2006, 1, day), 238)) for day in (1, 2)]
    await register.delivered("kaa", rows)
    await tell(register)
    moved = "update kaa_membership set joined_on = '2024-10-01' where source_key = $1 returning id"
    async with register.db.begin() as slow:
        conn = await driver(slow)
        early = await conn.fetchval(moved, rows[0]["sourceKey"])
        await tell_later(conn, memberships=[early])
        async with register.db.begin() as fast:
            late = await (await driver(fast)).fetchval(moved, rows[1]["sourceKey"])
            await tell_later(await driver(fast), memberships=[late])
        await tell(register)
        told = [each["membershipId"] for each in await register.outbox(MEMBERSHIP)]
        assert told[2:] == [str(late)]
    await tell(register)
    told = [each["membershipId"] for each in await register.outbox(MEMBERSHIP)]
    assert told[2:] == [str(late), str(early)]


BEFORE = (
    """insert into unit (code, name, kind, ownership, district, valid_from)
       values ('kaa', 'KAA', 'kaa', 'own', 'jarva', '2015-01-01')""",
    """insert into person (identity_number_sealed, identity_number_hash, birth_date, sex)
       select int2send(1::int2) || int4send(n), int2send(1::int2) || int4send(n),
              date '2005-01-01' + n, 'women' from generate_series(1, 4) n""",
    # The first is counted as the second; the third is in no register.
    """update person set merged_into = other.id, merged_root = other.id
       from person other
       where person.birth_date = '2005-01-02' and other.birth_date = '2005-01-03'""",
    """insert into kaa_membership (person_id, unit, joined_on, join_reason, schooling, studies,
                                   diploma, adapted_certificate, equivalent_education,
                                   study_certificate, source_key, sex, age_group, district)
       select id, 'kaa', '2023-09-01', 'never_started', 'completed', 'none', false, false, false,
              false, 'ber:' || birth_date, 'women', '16-19', 'unknown'
       from person where birth_date <> '2005-01-04'""",
)


async def test_upgrade_tells_what_is_recorded_already(
    new_database: NewDatabase, open_database: OpenDatabase
) -> None:
    urls = await new_database(None)
    history = configuration("participants", urls.owner, "scratch")
    await asyncio.to_thread(command.upgrade, history, "0009")
    conn = await asyncpg.connect(urls.owner)
    for statement in BEFORE:
        await conn.execute(statement)
    await asyncio.to_thread(command.upgrade, history, "head")
    db = open_database(urls)
    while await tell_changed(db, batch=2):
        pass
    told = await conn.fetch(
        "select type, data ->> 'until' as until from outbox where consumer = 'outreach'"
        " order by type, until"
    )
    # What was told is forgotten: all of it is told again, as newer than it was.
    await asyncio.to_thread(command.downgrade, history, "0009")
    await asyncio.to_thread(command.upgrade, history, "head")
    while await tell_changed(db):
        pass
    versions = await conn.fetch(
        "select array_agg((data ->> 'stateVersion')::int order by position) from outbox"
        " where consumer = 'outreach' group by subject"
    )
    assert [row[0] for row in versions] == [[1, 2]] * len(told)
    # Until the twentieth birthday of who stands for the person: two of them on one day.
    assert [tuple(row) for row in told] == [
        (MEMBERSHIP, "2025-01-03"),
        (MEMBERSHIP, "2025-01-03"),
        (MEMBERSHIP, "2025-01-05"),
        (SUBJECT, None),
    ]
    await conn.close()
