"""Make the journal agree with records, in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.outreach.facts.declaring import Kind
from services.outreach.facts.holding import hold_catalogues, hold_records
from services.outreach.facts.labour import LABOUR
from services.outreach.facts.meetings import MEETINGS
from services.outreach.facts.partners import PARTNERS
from services.outreach.facts.referrals import REFERRALS
from services.outreach.models.facts import JOURNAL
from shared import journal
from shared.db import Connection
from shared.journal import Cause

WANTED: dict[Kind, str] = {**MEETINGS, **LABOUR, **REFERRALS, **PARTNERS}


async def settle(
    conn: Connection,
    kind: Kind,
    ids: Sequence[UUID],
    *,
    reason: str,
    fresh: bool = False,
    cause: Cause | None = None,
) -> None:
    """Make the journal agree with records that this transaction created or changed.

    What counts by them is settled too: visits by the kind of their session, referrals by the
    session and the contact that led to them. All have the cause, if one is given.
    """
    concerned = {kind: ids}
    if not fresh:
        concerned |= await _following(conn, kind, ids)
        await hold_catalogues(conn)
    await hold_records(conn, concerned)
    for each, which in concerned.items():
        await book(conn, each, which, reason=reason, fresh=fresh, cause=cause)


async def settle_only(
    conn: Connection, kind: Kind, ids: Sequence[UUID], *, reason: str, cause: Cause | None
) -> None:
    """Make the journal agree with records that are not changed, but counted by another rule."""
    await hold_records(conn, {kind: ids})
    await book(conn, kind, ids, reason=reason, cause=cause)


async def book(
    conn: Connection,
    kind: Kind,
    ids: Sequence[UUID],
    *,
    reason: str,
    fresh: bool = False,
    cause: Cause | None = None,
) -> None:
    """Do as `settle` about people who are taken already (`holding.take_people`)."""
    await journal.settle(
        conn,
        JOURNAL,
        kind,
        ids,
        wanted_sql=WANTED[kind],
        reason=reason,
        fresh=fresh,
        cause=cause,
    )


async def resettle(
    conn: Connection,
    kinds: Sequence[Kind],
    column: str,
    value: str | UUID,
    *,
    reason: str,
    cause: Cause | None = None,
    since: date | None = None,
) -> None:
    """Settle every record that refers to something whose own change moves their breakdown.

    A catalogue's own change takes the catalogues first (`holding.take_catalogues`).

    Args:
        conn: in the transaction of that change.
        kinds: records that have the column, or follow one that has (`_THROUGH`).
        column: a venue's, employer's, operation's, group's or session's, by code or id.
        value: which one.
        reason: of the change.
        cause: what the change is, if it is no correction.
        since: only records of this day or later, by the kind's own day.

    """
    for kind in kinds:
        limited = f" and {_DAY[kind]} >= $2" if since else ""
        concerned = _THROUGH.get((kind, column), f"{column} = $1")
        rows = await conn.fetch(
            f"select id from {kind} where {concerned}{limited} order by id",
            value,
            *([since] if since else []),
        )
        await settle_only(conn, kind, [row["id"] for row in rows], reason=reason, cause=cause)


async def _following(
    conn: Connection, kind: Kind, ids: Sequence[UUID]
) -> Mapping[Kind, Sequence[UUID]]:
    """Return the records that count by records of a kind, locked: their own changes wait."""
    following = {}
    for each, which in _FOLLOWERS.get(kind, {}).items():
        # The array is made before any row is waited for: a row that was changed meanwhile is
        # tested again by its id alone, not by a subquery that no longer finds it.
        rows = await conn.fetch(
            f"select id from {each} where id = any(array({which})) order by id for update",
            list(ids),
        )
        following[each] = [row["id"] for row in rows]
    return following


_DAY = {Kind.CONTACT: "happened_on"}
"""Kinds that a rule of a certain day concerns."""

_THROUGH = {
    (Kind.STUDENTS, "venue"): "group_id in (select id from study_group where venue = $1)",
    (Kind.REFERRAL, "venue"): """
        id in (
            select r.id from session s join referral r on r.session_id = s.id where s.venue = $1
            union all
            select r.id from contact c join referral r on r.contact_id = c.id where c.venue = $1
            union all
            select r.id from session s join contact c on c.session_id = s.id
            join referral r on r.contact_id = c.id where s.venue = $1
        )""",
}
"""Kinds without the column, which follow another record that has it."""

_FOLLOWERS: dict[Kind, dict[Kind, str]] = {
    Kind.SESSION: {
        Kind.TALLY: "select id from visit_tally where session_id = any($1::uuid[])",
        Kind.REFERRAL: """
            select id from referral where session_id = any($1::uuid[])
            union all
            select r.id from contact c join referral r on r.contact_id = c.id
            where c.session_id = any($1::uuid[])""",
    },
    Kind.CONTACT: {
        Kind.REFERRAL: "select id from referral where contact_id = any($1::uuid[])",
    },
}
"""SELECTs of the records that count by records of a kind."""

AT_A_VENUE = (
    Kind.SESSION,
    Kind.TALLY,
    Kind.CONTACT,
    Kind.REFERRAL,
    Kind.GROUP,
    Kind.STUDENTS,
    Kind.RECRUITMENT_EVENT,
)
WITH_AN_EMPLOYER = (Kind.EMPLOYER_VISIT, Kind.RECRUITMENT_EVENT, Kind.HIRE, Kind.INTERNSHIP)
