"""Contacts being recorded and news of their people meet: neither misses the other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.outreach import facts, known_people
from services.outreach.domain.uvas import KaaMembership
from shared.db import WriteSession, driver
from tests.outreach.arena import UNIT, Arena, contact_row
from tests.patience import TRIES

MEETING = """
    insert into contact (operation, unit, happened_on, channel, direction, person_id, sex,
                         age_group, target_group, recorded_by)
    values ('jobbtorg-outreach', $2, '2024-03-05', 'phone', 'two_way', $1, 'women', '20-24', 'uvas',
            'test')
    returning id
"""
WAITING = """
    select exists (select from pg_locks where locktype = 'advisory' and not granted
                   and database = (select oid from pg_database where datname = current_database()))
"""
DAYS = KaaMembership(date(2023, 9, 1), date(2024, 6, 1))


async def member(session: WriteSession, person: UUID) -> None:
    await known_people.note_membership(session, uuid4(), person_id=person, days=DAYS, version=1)


async def news(arena: Arena, person: UUID) -> None:
    await told(arena, lambda session: member(session, person))


async def told(arena: Arena, noted: Callable[[WriteSession], Awaitable[None]]) -> None:
    """Note news, again if a lock was waited for too long on a slow machine, as the worker does."""
    for _ in range(TRIES):
        with suppress(asyncpg.LockNotAvailableError):
            async with arena.db.begin() as session:
                return await noted(session)
    raise AssertionError("a lock is never let go of")


async def sharing_no_lock(arena: Arena, person: UUID) -> UUID:
    """Return somebody else; a few hundred locks are shared by all."""
    apart = "select hashtext($1::uuid::text) & 255 <> hashtext($2::uuid::text) & 255"
    other = uuid4()
    while not await arena.scalar(apart, person, other):
        other = uuid4()
    return other


async def until_it_waits(arena: Arena) -> None:
    async with asyncio.timeout(10):
        while not await arena.scalar(WAITING):
            pass


@pytest.mark.parametrize("counting", [facts.settle, facts.book])
async def test_news_waits_for_a_contact_being_recorded(
    arena: Arena,
    counting: Any,  # noqa: ANN401  either of two functions
) -> None:
    """The control books without holding the person: the news misses the contact."""
    person = uuid4()
    async with arena.db.begin() as session:
        conn = await driver(session)
        contact = await conn.fetchval(MEETING, person, UNIT)
        await counting(conn, facts.Kind.CONTACT, [contact], reason="recorded", fresh=True)
        telling = asyncio.create_task(news(arena, person))
        if counting is facts.settle:
            await until_it_waits(arena)
        else:
            await telling
    await telling
    if counting is facts.settle:
        assert await arena.drifting() == {}
        assert await arena.total("uvas-contacts", "2024") == 0
    else:
        assert await arena.drifting() == {"contact": 1}


async def test_contact_waits_for_news_of_its_person(arena: Arena) -> None:
    person = uuid4()
    other = await sharing_no_lock(arena, person)
    linked = await arena.contact()
    async with arena.db.begin() as session:
        await member(session, person)
        recording = asyncio.create_task(arena.contact(personId=str(person)))
        await until_it_waits(arena)
        # Whoever is about other people does not.
        await arena.contact(personId=str(other))
    await recording
    await arena.call("POST", f"/contacts/{linked['id']}/person-links", {"personId": str(person)})
    assert await arena.total("uvas-contacts", "2024") == 1
    assert await arena.drifting() == {}


async def test_journal_agrees_after_everything_at_once(arena: Arena) -> None:
    rng = random.Random(7)
    people = [uuid4() for _ in range(6)]
    made = [await arena.contact() for _ in range(12)]

    async def link(contact: dict[str, Any]) -> None:
        body = {"personId": str(rng.choice(people))}
        answer = await arena.call("POST", f"/contacts/{contact['id']}/person-links", body)
        assert answer.is_success, answer.text

    async def merge(person: UUID, subject: UUID) -> None:
        await told(
            arena,
            lambda session: known_people.note_subject(
                session, person, subject_id=subject, version=1
            ),
        )

    async def push() -> None:
        said = {"ageGroup": "20-24", "targetGroup": "uvas"}
        rows = [
            contact_row(f"vera:{n}", personId=str(rng.choice(people)), **said) for n in range(20)
        ]
        assert (await arena.push("contacts", rows))["state"] == "applied"

    rule = {"youngest": 18, "oldest": 24, "withoutKaa": True, "note": "Prov."}
    tasks = [
        *(link(contact) for contact in made),
        *(arena.contact(personId=str(person)) for person in people),
        *(news(arena, person) for person in people[::2]),
        *(merge(person, subject) for person, subject in pairwise(people[:4])),
        push(),
        arena.made("/uvas-rules", {**rule, "validFrom": "2024-02-01"}),
    ]
    rng.shuffle(tasks)
    await asyncio.gather(*tasks)
    assert await arena.drifting() == {}
    assert await arena.total("contacts", "2024") == 38
