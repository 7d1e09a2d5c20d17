"""Who is merged and who is in KAA, as participants tells it: in any order, twice, and late."""

# ruff: noqa: ANN401  parameters are whatever a figure can be asked for

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count, permutations
from typing import Any
from uuid import UUID, uuid4

from services.outreach import facts, known_people
from services.outreach.domain.uvas import KaaMembership
from services.participants.events import KaaMembershipChanged, SubjectChanged
from shared.db import driver
from tests.outreach.arena import Arena, envelope, referral_body

KNOWN = """
    select jsonb_build_object(
        'people', (select jsonb_object_agg(person_id, subject_id) from known_person),
        'days', (select jsonb_object_agg(membership_id, jsonb_build_array(
                    person_id, joined_on, until, retracted)) from known_kaa_membership))::text
"""


@dataclass
class Teller:
    """Participants, as far as outreach hears of it."""

    arena: Arena
    _sequences: dict[str, count[int]] = field(default_factory=dict)

    async def member(
        self,
        person: UUID,
        joined: str = "2023-09-01",
        until: str = "2024-06-01",
        *,
        membership: UUID | None = None,
        version: int = 1,
        retracted: bool = False,
    ) -> UUID:
        """Tell of a membership."""
        membership = membership or uuid4()
        event = KaaMembershipChanged(
            membership_id=membership,
            state_version=version,
            person_id=person,
            joined_on=date.fromisoformat(joined),
            until=date.fromisoformat(until),
            retracted=retracted,
        )
        await self._tell(event)
        return membership

    async def counted_as(self, person: UUID, subject: UUID, version: int = 1) -> None:
        """Tell whom a person is counted as."""
        await self._tell(
            SubjectChanged(person_id=person, state_version=version, subject_id=subject)
        )

    async def _tell(self, event: KaaMembershipChanged | SubjectChanged) -> None:
        sequence = next(self._sequences.setdefault(event.subject, count(1)))
        sent = envelope(event, subject=event.subject, sequence=sequence)
        await self.arena.told([sent, sent])


async def of_2023_and_2024(arena: Arena, figure: str, **query: Any) -> list[int]:
    return [await arena.total(figure, year, **query) for year in ("2023", "2024")]


async def met(arena: Arena, person: UUID | None, day: str, **more: Any) -> dict[str, Any]:
    identified = {"personId": str(person)} if person else {}
    return await arena.contact(happenedOn=day, **identified, **more)


async def test_youths_in_kaa_are_not_uvas_from_2024(arena: Arena) -> None:
    teller = Teller(arena)
    youth, other = uuid4(), uuid4()
    for day in ("2023-12-31", "2024-01-01", "2024-05-31", "2024-06-01"):
        await met(arena, youth, day, ageGroup="16-19")
        await met(arena, other, day)
        await met(arena, None, day)
    assert await of_2023_and_2024(arena, "uvas-reached") == [1, 2]
    before = await arena.basis()

    membership = await teller.member(youth)
    # Late news: the youth, whom the rule of 2023 found too young, is UVAS after KAA only.
    assert await of_2023_and_2024(arena, "uvas-contacts") == [2, 7]
    assert await of_2023_and_2024(arena, "contacts", targetGroup="kaa") == [0, 2]
    assert await of_2023_and_2024(arena, "contacts") == [3, 9]
    assert await arena.total("uvas-reached", "2024-01-01/2024-05-31") == 1
    assert await arena.total("uvas-reached", "2024-06") == 2

    # The end is corrected, then all of it proves never to have been true.
    await teller.member(youth, until="2024-12-01", membership=membership, version=2)
    assert await of_2023_and_2024(arena, "uvas-reached") == [1, 1]
    await teller.member(youth, membership=membership, version=3, retracted=True)
    assert await of_2023_and_2024(arena, "uvas-contacts") == [2, 9]
    assert await of_2023_and_2024(arena, "uvas-reached", basis=before) == [1, 2]
    assert await arena.drifting() == {}


async def test_what_was_stated_stays_on_the_record(arena: Arena) -> None:
    youth = uuid4()
    contact = await met(arena, youth, "2024-03-01")
    await Teller(arena).member(youth)
    shown = await arena.read(f"/contacts/{contact['id']}")
    assert (shown["targetGroup"], shown["version"]) == ("uvas", 1)
    # A contact recorded, corrected or pushed after the news counts by it too.
    late = await met(arena, youth, "2024-02-29")
    assert await arena.total("uvas-contacts", "2024") == 0
    path = f"/contacts/{late['id']}"
    await arena.changed(path, {"happenedOn": "2024-06-02", "reason": "Fel dag"}, version=1)
    assert await arena.total("uvas-contacts", "2024") == 1
    assert await arena.drifting() == {}


async def test_merged_people_are_reached_and_referred_once_and_apart_again(arena: Arena) -> None:
    teller = Teller(arena)
    people = uuid4(), uuid4(), uuid4()
    for person in people:
        await met(arena, person, "2024-03-05")
        await arena.made("/referrals", referral_body(personId=str(person), unit="jobbtorg-kista"))
    one, two, three = people
    await teller.member(three)
    figures = ("persons-reached", "persons-referred", "uvas-reached")

    async def now(**query: Any) -> list[int]:
        return [await arena.total(name, "2024", **query) for name in figures]

    apart = await arena.basis()
    assert await now() == [3, 3, 2]
    await teller.counted_as(one, two)
    assert await now() == [2, 2, 1]
    # A chain: who was merged into the second is counted as the third with them, and in KAA.
    await teller.counted_as(two, three)
    await teller.counted_as(one, three, version=2)
    assert await now() == [1, 1, 0]
    chained = await arena.basis()
    await teller.counted_as(two, two, version=2)
    await teller.counted_as(one, two, version=3)
    assert await now() == [2, 2, 1]
    await teller.counted_as(one, one, version=4)
    assert await now() == await now(basis=apart) == [3, 3, 2]
    assert await now(basis=chained) == [1, 1, 0]
    assert await arena.drifting() == {}


async def test_news_in_any_order_and_repeated_ends_the_same(arena: Arena) -> None:
    """The newest of each thing told stands; replays put the oldest last."""
    one, two = uuid4(), uuid4()
    for person in (one, two):
        await met(arena, person, "2024-03-05")
    membership = uuid4()
    days = (
        KaaMembership(date(2023, 9, 1), date(2024, 3, 1)),
        KaaMembership(date(2023, 9, 1), date(2024, 6, 1)),
    )

    async def member(version: int) -> None:
        async with arena.db.begin() as session:
            await known_people.note_membership(
                session, membership, person_id=two, days=days[version - 1], version=version
            )

    async def counted(version: int) -> None:
        async with arena.db.begin() as session:
            subject = two if version == 2 else one
            await known_people.note_subject(session, one, subject_id=subject, version=version)

    news = (member, 1), (member, 2), (counted, 1), (counted, 2)
    ends = set()
    for order in permutations(news):
        await forget(arena)
        for tell, version in (*order, order[0]):
            await tell(version)
        ends.add((await arena.scalar(KNOWN), str(await arena.drifting())))
    ((_, drift),) = ends
    assert drift == "{}"
    assert await arena.total("uvas-reached", "2024") == 0
    assert await arena.total("persons-reached", "2024") == 1


async def forget(arena: Arena) -> None:
    """Know nothing of anybody, and count by that."""
    async with arena.db.begin() as session:
        conn = await driver(session)
        await conn.execute("delete from known_person")
        await conn.execute("delete from known_kaa_membership")
        ids = [row["id"] for row in await conn.fetch("select id from contact")]
        await facts.settle(conn, facts.Kind.CONTACT, ids, reason="forgotten")
