"""Keep what a record is counted by as it is, from when it is counted until it commits.

Records about one person and news of that person take turns: otherwise a contact that is being
recorded and the news that its person is in KAA would each miss the other. People share a few
hundred locks, so that a delivery of twenty thousand contacts takes a few hundred too.

So do changed records and what all records of a place or a sector are counted by: districts,
sectors and rules. A new record needs no more than its foreign keys, which hold those rows. Who
needs several locks takes them in this order: records, catalogues, people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.outreach.facts.declaring import Kind
from shared.db import Connection

ABOUT_PEOPLE = (Kind.CONTACT, Kind.REFERRAL)
"""Kinds of records with a `person_id`."""

_BUCKET = "hashtext({person}::text) & 255"
_LOCK = (
    "select pg_advisory_xact_lock{shared}(hashtext('outreach.person'), bucket)"
    " from (select distinct {bucket} as bucket from ({people}) about"
    " where person_id is not null order by 1) locks"
)
_BUCKETS = _BUCKET.format(person="person_id")
_GIVEN = "select person_id from unnest($1::uuid[]) given (person_id)"

_CATALOGUES = "(hashtextextended('outreach.catalogues', 0))"
_MERGING = "(hashtextextended('outreach.merging', 0))"


def _of_records(kind: Kind, ids: str) -> str:
    """Return whom records are about, and were about before they were changed."""
    return f"""
        select person_id from {kind} where id = any({ids}::uuid[])
        union all
        select (body ->> 'person_id')::uuid from record_version
        where kind = '{kind}' and record_id = any({ids}::uuid[])"""


async def hold_people(conn: Connection, persons: Sequence[UUID]) -> None:
    """Let news of these people wait until this transaction, which counts them, is over."""
    await conn.fetch(_LOCK.format(shared="_shared", bucket=_BUCKETS, people=_GIVEN), list(persons))


async def hold_records(conn: Connection, records: Mapping[Kind, Sequence[UUID]]) -> None:
    """Let news of those whom records are about, or were before they were changed, wait."""
    about = {kind: list(ids) for kind, ids in records.items() if kind in ABOUT_PEOPLE and ids}
    if about:
        people = " union all ".join(
            _of_records(kind, f"${n}") for n, kind in enumerate(about, start=1)
        )
        lock = _LOCK.format(shared="_shared", bucket=_BUCKETS, people=people)
        await conn.fetch(lock, *about.values())


async def take_people(conn: Connection, persons: Sequence[UUID]) -> None:
    """Wait for records about these people, and let later ones wait: there is news of them."""
    await conn.fetch(_LOCK.format(shared="", bucket=_BUCKETS, people=_GIVEN), list(persons))


async def hold_catalogues(conn: Connection) -> None:
    """Keep districts, sectors and rules as they are: a changed record is counted by them."""
    await conn.execute(f"select pg_advisory_xact_lock_shared{_CATALOGUES}")


async def take_catalogues(conn: Connection) -> None:
    """Wait for changed records, and let later ones wait: what they are counted by changes."""
    await conn.execute(f"select pg_advisory_xact_lock{_CATALOGUES}")


async def hold_merges(conn: Connection) -> None:
    """Keep it as it is who is counted as whom."""
    await conn.execute(f"select pg_advisory_xact_lock_shared{_MERGING}")


async def take_merges(conn: Connection) -> None:
    """Be alone in changing who is counted as whom."""
    await conn.execute(f"select pg_advisory_xact_lock{_MERGING}")
