"""The little that outreach knows about people: whom they are counted as, and when in KAA.

Participants tells it. The newest version of each thing told stands, whatever came when. What is
recorded about the people concerned is counted anew in the transaction of the news: today's
figures follow, those of earlier bases stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.outreach import facts
from services.outreach.domain.uvas import KaaMembership
from services.outreach.facts import Kind
from shared.db import Connection, WriteSession, driver
from shared.journal import Cause

_SUBJECT = """
    insert into known_person (person_id, subject_id, version) values ($1, $2, $3)
    on conflict (person_id) do update set subject_id = excluded.subject_id,
                                          version = excluded.version
    where known_person.version < excluded.version
    returning true
"""
_MEMBERSHIP = """
    insert into known_kaa_membership (membership_id, person_id, version, joined_on, until,
                                      retracted)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (membership_id) do update
    set (person_id, version, joined_on, until, retracted)
        = (excluded.person_id, excluded.version, excluded.joined_on, excluded.until,
           excluded.retracted)
    where known_kaa_membership.version < excluded.version
    returning true
"""

# The people themselves, those they are counted as, and everybody else who is.
_SAME = """
    with subject as (
        select coalesce(k.subject_id, given.id) as id
        from unnest($1::uuid[]) given (id) left join known_person k on k.person_id = given.id
    )
    select unnest($1::uuid[]) as id
    union select id from subject
    union select k.person_id from known_person k join subject s on s.id = k.subject_id
    order by 1
"""


async def note_subject(
    session: WriteSession, person_id: UUID, *, subject_id: UUID, version: int
) -> None:
    """Note whom a person is counted as: a merge of records, or its reversal.

    Contacts and referrals of all who are counted together, before or after, are settled anew:
    each is about one person, and one of them in KAA is all of them in KAA.
    """
    conn = await driver(session)
    await facts.take_merges(conn)
    people = await _same(conn, [person_id, subject_id])
    await facts.take_people(conn, people)
    if await conn.fetchval(_SUBJECT, person_id, subject_id, version):
        for kind in (Kind.CONTACT, Kind.REFERRAL):
            await _settle(conn, kind, people, reason="merge", cause=Cause.MERGE)


async def note_membership(
    session: WriteSession,
    membership_id: UUID,
    *,
    person_id: UUID,
    days: KaaMembership,
    version: int,
) -> None:
    """Note when a person is in KAA; the membership may have been another person's before."""
    conn = await driver(session)
    await facts.hold_merges(conn)
    before = await conn.fetchval(
        "select person_id from known_kaa_membership where membership_id = $1", membership_id
    )
    people = await _same(conn, {person_id, before or person_id})
    await facts.take_people(conn, people)
    said = (days.joined_on, days.until, days.retracted)
    if await conn.fetchval(_MEMBERSHIP, membership_id, person_id, version, *said):
        await _settle(conn, Kind.CONTACT, people, reason="KAA", cause=Cause.CORRECTION)


async def _same(conn: Connection, persons: Iterable[UUID]) -> list[UUID]:
    return [row["id"] for row in await conn.fetch(_SAME, list(persons))]


async def _settle(
    conn: Connection, kind: Kind, people: Sequence[UUID], *, reason: str, cause: Cause
) -> None:
    rows = await conn.fetch(
        f"select id from {kind} where person_id = any($1::uuid[]) order by id", list(people)
    )
    await facts.book(conn, kind, [row["id"] for row in rows], reason=reason, cause=cause)
