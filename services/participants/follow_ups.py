"""Ask, three months after an exit, what became of it: opened once, moved with the exit, answered.

A follow-up exists for each exit that stands, except when the person has died.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.participants import queries
from services.participants.domain.codes import FollowUpState
from services.participants.errors.follow_ups import AnsweredBeforeExit, FollowUpClosed
from services.participants.figures import facts
from shared.db import WriteSession, driver
from shared.journal import settle
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncpg import Record

    from services.participants.schemas.enrolment import FollowUpResultIn
    from shared.auth import Caller
    from shared.db import Connection

_STANDS = "e.retracted_at is null and e.exited_on is not null and e.outcome <> 'deceased'"
"""The exit is one that is followed up."""

_OPEN = f"""
    with exited as materialized (
        select e.* from enrolment e where e.id = $1 and {_STANDS} for update
    )
    insert into follow_up (enrolment_id, unit, exited_on, due_on, state)
    select id, unit, exited_on, follow_up_due(exited_on), 'open' from exited
    on conflict (enrolment_id) where state <> 'cancelled' do nothing
    returning id
"""

_MISPLACED = f"""
    select f.id, ({_STANDS}) as stands
    from follow_up f join enrolment e on e.id = f.enrolment_id
    where f.enrolment_id = any($1::uuid[]) and f.state <> 'cancelled'
      and (not ({_STANDS})
           or (f.unit, f.exited_on) is distinct from (e.unit, e.exited_on))
"""


async def open_follow_up(session: WriteSession, enrolment_id: UUID) -> None:
    """Open the follow-up of an exit unless it is open already, or the exit no longer stands."""
    conn = await driver(session)
    opened = await conn.fetchval(_OPEN, enrolment_id)
    if opened is not None:
        await settle(
            conn,
            facts.JOURNAL,
            "follow_up",
            [opened],
            wanted_sql=facts.FOLLOW_UP,
            reason="exited",
            fresh=True,
        )


async def realign(conn: Connection, enrolments: Sequence[UUID], *, reason: str, by: str) -> None:
    """Make the follow-ups of corrected enrolments agree with them: moved, or cancelled.

    One that has been answered keeps its answer while its exit stands.
    """
    misplaced = await conn.fetch(_MISPLACED, list(enrolments))
    await keep_version(conn, "follow_up", [row["id"] for row in misplaced], reason=reason, by=by)
    await conn.execute(
        "update follow_up set state = 'cancelled', result = null, answered_on = null,"
        f" {BUMP} where id = any($1::uuid[])",
        [row["id"] for row in misplaced if not row["stands"]],
    )
    await conn.execute(
        "update follow_up set (unit, exited_on, due_on) ="
        " (select e.unit, e.exited_on, follow_up_due(e.exited_on)"
        f" from enrolment e where e.id = enrolment_id), {BUMP} where id = any($1::uuid[])",
        [row["id"] for row in misplaced if row["stands"]],
    )
    rows = await conn.fetch(
        "select id from follow_up where enrolment_id = any($1::uuid[])", list(enrolments)
    )
    await settle(
        conn,
        facts.JOURNAL,
        "follow_up",
        [row["id"] for row in rows],
        wanted_sql=facts.FOLLOW_UP,
        reason=reason,
    )


async def answer(
    session: WriteSession, follow_up_id: UUID, given: FollowUpResultIn, *, by: Caller
) -> Record:
    """Record what the person does three months later.

    Raises:
        FollowUpNotFound: not there, or not for this caller to see.
        FollowUpClosed: answered already, or cancelled with its exit.
        AnsweredBeforeExit: the answer is older than the exit.

    """
    conn = await driver(session)
    held = await queries.one(conn, queries.FOLLOW_UP, follow_up_id, by=by, lock=True)
    if held["state"] != FollowUpState.OPEN:
        raise FollowUpClosed
    if given.answered_on < held["exited_on"]:
        raise AnsweredBeforeExit
    await keep_version(conn, "follow_up", [follow_up_id], reason="answered", by=by.subject)
    await conn.execute(
        f"update follow_up set state = 'answered', result = $2, answered_on = $3, {BUMP}"
        " where id = $1",
        follow_up_id,
        given.result,
        given.answered_on,
    )
    await settle(
        conn,
        facts.JOURNAL,
        "follow_up",
        [follow_up_id],
        wanted_sql=facts.FOLLOW_UP,
        reason="answered",
    )
    return await queries.one(conn, queries.FOLLOW_UP, follow_up_id, by=by)
