"""Merge two records of one person, and take the merge back.

Nothing recorded is moved: every record keeps the id it was recorded with, and says beside it
whom it is counted as (`person.subject_id`, `enrolment.subject_id`). A merge and its reversal
set that, freeze breakdowns by the one who stands for the person, and settle all that is about
either of them: figures at earlier bases stay as they were given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.participants import queries
from services.participants.breakdowns import refreeze
from services.participants.disclosure import IDENTITY
from services.participants.errors.people import MergeRefused, MergeReversed, MergeWithItself
from services.participants.events import ROUTES, PersonMerged
from services.participants.follow_ups import realign_people
from services.participants.protection import protect_alike, stricter
from shared import outbox
from shared.db import WriteSession, driver
from shared.journal import Cause
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.schemas.merge import PersonMergeIn
    from shared.auth import Caller
    from shared.db import Connection
    from shared.errors import JsonValue

# Merges are rare and reach over whole groups of records, so they take their turns.
_ALONE = "select pg_advisory_xact_lock(hashtextextended('participants.person_merge', 0))"

# An enrolment holds its person for share, and whatever refers to a person holds the key: both
# wait for this lock or are waited for.
_LOCK = """
    select p.id, p.subject_id from person p
    where p.subject_id in (select subject_id from person where id = any($1::uuid[]))
    order by p.id for update
"""

_OVERLAPS = """
    select a.programme, a.id as absorbed_enrolment, s.id as survivor_enrolment
    from enrolment a
    join enrolment s on s.programme = a.programme
     and daterange(s.started_on, s.exited_on, '[)') && daterange(a.started_on, a.exited_on, '[)')
    where a.subject_id = $1 and s.subject_id = $2
      and a.retracted_at is null and s.retracted_at is null
    order by a.started_on, a.id, s.started_on, s.id
"""

_MERGE = """
    insert into person_merge (absorbed_id, survivor_id, absorbed_protection,
                              survivor_protection, reason, merged_by)
    values ($1, $2, $3, $4, $5, $6) returning *
"""

_REVERSE = f"""
    update person_merge set reversed_at = now(), reversal_reason = $2, reversed_by = $3, {BUMP}
    where id = $1 returning *
"""

# The absorbed record and those that had been merged into it before.
_BRANCH = """
    with recursive branch as (
        select id from person where id = $1
        union all
        select p.id from person p join branch on p.merged_into = branch.id
    )
    select id from branch order by id
"""


_COUNT_AS = f"""
    update person set merged_into = case when id = $2 then $3 else merged_into end,
                      merged_root = nullif($4, id), {BUMP}
    where id = any($1::uuid[])
"""


async def merge(session: WriteSession, given: PersonMergeIn, *, by: Caller) -> Record:
    """Let one record stand for a person from now on, and return the merge.

    Both are protected as the more protected of them.

    Raises:
        ScopeMissing: to say that two people are one takes participants:identity.
        MergeWithItself: the two are one record.
        PersonNotFound: one is not there, or not for this caller to change.
        MergeRefused: with each reason.

    """
    by.require_scope(IDENTITY)
    if given.absorbed_id == given.survivor_id:
        raise MergeWithItself
    conn = await driver(session)
    await conn.execute(_ALONE)
    await conn.fetch(_LOCK, [given.absorbed_id, given.survivor_id])
    absorbed = await queries.person_for_change(conn, given.absorbed_id, by=by)
    survivor = await queries.person_for_change(conn, given.survivor_id, by=by)
    await _check(conn, absorbed, survivor)
    made: Record | None = await conn.fetchrow(
        _MERGE,
        given.absorbed_id,
        given.survivor_id,
        absorbed["protection"],
        survivor["protection"],
        given.reason,
        by.subject,
    )
    assert made is not None  # noqa: S101  INSERT ... VALUES RETURNING gives one row
    await _count_as(conn, given.absorbed_id, into=given.survivor_id, reason=given.reason, by=by)
    protection = stricter(absorbed["protection"], survivor["protection"])
    await protect_alike(conn, given.survivor_id, protection, reason=given.reason, by=by.subject)
    await _recount(conn, [given.survivor_id], reason=given.reason, by=by)
    await _tell(conn, made, undone=False)
    return made


async def reverse(session: WriteSession, merge_id: UUID, *, reason: str, by: Caller) -> Record:
    """Take a merge back: each record is counted for itself, and what was recorded stays with it.

    Raises:
        ScopeMissing: participants:identity is needed as for a merge.
        PersonMergeNotFound: not there, or not for this caller to see.
        MergeReversed: already.

    """
    by.require_scope(IDENTITY)
    conn = await driver(session)
    await conn.execute(_ALONE)
    held = await queries.person_merge(conn, merge_id, by=by, lock=True)
    if held["reversed_at"] is not None:
        raise MergeReversed
    absorbed, survivor = held["absorbed_id"], held["survivor_id"]
    locked = await conn.fetch(_LOCK, [absorbed])
    await keep_version(conn, "person_merge", [merge_id], reason=reason, by=by.subject)
    undone: Record | None = await conn.fetchrow(_REVERSE, merge_id, reason, by.subject)
    assert undone is not None  # noqa: S101  the row is locked
    await _count_as(conn, absorbed, into=None, reason=reason, by=by)
    await _protect_as_before(conn, held, locked[0]["subject_id"], reason=reason, by=by)
    await _recount(conn, [absorbed, survivor], reason=reason, by=by)
    await _tell(conn, undone, undone=True)
    return undone


async def _check(conn: Connection, absorbed: Record, survivor: Record) -> None:
    reasons: list[JsonValue] = [
        {
            "code": "already_merged",
            "personId": str(person["id"]),
            "mergedInto": str(person["subject_id"]),
        }
        for person in (absorbed, survivor)
        if person["merged_into"] is not None
    ]
    if not reasons:
        overlaps = await conn.fetch(_OVERLAPS, absorbed["id"], survivor["id"])
        reasons = [
            {
                "code": "enrolments_overlap",
                "programme": row["programme"],
                "enrolmentIds": [str(row["absorbed_enrolment"]), str(row["survivor_enrolment"])],
            }
            for row in overlaps
        ]
    if reasons:
        raise MergeRefused(reasons=reasons)


async def _count_as(
    conn: Connection, absorbed: UUID, *, into: UUID | None, reason: str, by: Caller
) -> None:
    """Count a record, and those merged into it, as another person; or (None) for itself again."""
    branch = [row["id"] for row in await conn.fetch(_BRANCH, absorbed)]
    subject = into or absorbed
    await keep_version(conn, "person", branch, reason=reason, by=by.subject)
    await conn.execute(_COUNT_AS, branch, absorbed, into, subject)
    enrolled = await conn.fetch(
        "select id from enrolment where person_id = any($1::uuid[])", branch
    )
    ids = [row["id"] for row in enrolled]
    await keep_version(conn, "enrolment", ids, reason=reason, by=by.subject)
    await conn.execute(
        f"update enrolment set subject_id = $2, {BUMP} where id = any($1::uuid[])", ids, subject
    )


async def _recount(conn: Connection, persons: list[UUID], *, reason: str, by: Caller) -> None:
    """Count all that is about these people for whom it is about now."""
    cause, who = Cause.MERGE, by.subject
    await refreeze(conn, persons, cause=cause, reason=reason, by=who)
    await realign_people(conn, persons, cause=cause, reason=reason, by=who)


async def _protect_as_before(
    conn: Connection, held: Record, survivor: UUID, *, reason: str, by: Caller
) -> None:
    """Take back the protection that the merge gave, unless another has been recorded since."""
    given = stricter(held["absorbed_protection"], held["survivor_protection"])
    for subject, before in (
        (held["absorbed_id"], held["absorbed_protection"]),
        (survivor, held["survivor_protection"]),
    ):
        now = await conn.fetchval("select protection from person where id = $1", subject)
        if now == given:
            await protect_alike(conn, subject, before, reason=reason, by=by.subject)


async def _tell(conn: Connection, merged: Record, *, undone: bool) -> None:
    event = PersonMerged(
        merge_id=merged["id"],
        absorbed_id=merged["absorbed_id"],
        survivor_id=merged["survivor_id"],
        undone=undone,
    )
    await outbox.record(conn, [event], ROUTES)
