"""Answer the child checklist of a plan, correct it, take it back.

A plan that needs one and has none is kept and shown as lacking it: what it says helps the person
meanwhile. Each new plan needs its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from pydantic.alias_generators import to_camel

from services.participants import queries
from services.participants.domain.child_checklists import (
    ChecklistContent,
    decoded,
    encoded,
    missing_view,
)
from services.participants.domain.codes import ChecklistGround
from services.participants.errors.child_checklists import (
    ChecklistBeforePlan,
    ChecklistIncomplete,
    ChecklistNotCalledFor,
    ChecklistRetracted,
)
from services.participants.errors.plans import PlanRetracted
from services.participants.figures import facts
from shared.clock import today, utcnow
from shared.db import WriteSession, driver
from shared.events import new_id
from shared.journal import Cause, settle
from shared.records import BUMP, RecordVersion, keep_version, record_history
from shared.unit import require_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from asyncpg import Record

    from services.participants.schemas.child_checklist import (
        ChecklistCorrectionIn,
        ChildChecklistIn,
    )
    from services.participants.sealing import Seals
    from shared.auth import Caller
    from shared.db import Connection

TABLE = "child_checklist"

_ANSWER = """
    insert into child_checklist (id, plan_id, answered_on, answered_by, content_sealed)
    values ($1, $2, $3, $4, $5)
"""
_MISJUDGED = """
    select l.id from plan l join person p on p.id = l.person_id
    where p.subject_id in (select subject_id from person where id = any($1::uuid[]))
      and l.retracted_at is null
      and l.checklist_ground
          is distinct from checklist_ground(l.person_id, l.guardian, l.drawn_up_on)
"""
_JUDGE = f"""
    update plan set checklist_ground = checklist_ground(person_id, guardian, drawn_up_on), {BUMP}
    where id = any($1::uuid[])
"""
_ANSWERS = ("effect_short_term", "effect_long_term", "parents_view", "childs_view", "reflection")


async def answer(
    session: WriteSession, given: ChildChecklistIn, *, seals: Seals, by: Caller
) -> Record:
    """Record the checklist of a plan that needs one.

    Raises:
        PlanNotFound: not there, or not for this caller to see.
        PlanRetracted, ChecklistNotCalledFor, ChecklistBeforePlan, ChecklistIncomplete: the
        first rule that is broken.
        ChecklistAnswered: from the database's own constraint.

    """
    conn = await driver(session)
    plan = await queries.one(conn, queries.PLAN, given.plan_id, by=by, lock=True)
    if plan["retracted"]:
        raise PlanRetracted
    _check(given.content, plan["checklist_ground"], given.answered_on, plan["drawn_up_on"])
    checklist_id = new_id()
    sealed = seals.seal_content(encoded(given.content), table=TABLE, record_id=checklist_id)
    await conn.execute(_ANSWER, checklist_id, given.plan_id, given.answered_on, by.subject, sealed)
    await _settle(conn, [given.plan_id], cause=Cause.PROGRESS, reason="checklist answered")
    return await queries.one(conn, queries.CHILD_CHECKLIST, checklist_id, by=by)


async def correct(
    session: WriteSession,
    checklist_id: UUID,
    given: ChecklistCorrectionIn,
    *,
    expected: int,
    seals: Seals,
    by: Caller,
) -> Record:
    """Correct a checklist; the version before is kept, sealed as it was.

    Raises:
        ChildChecklistNotFound: not there, or not for this caller to see.
        PreconditionFailed: somebody changed it since the version that was read.
        ChecklistRetracted, ChecklistNotCalledFor, ChecklistBeforePlan, ChecklistIncomplete: the
        first rule that is broken.

    """
    conn = await driver(session)
    held = await _live(conn, checklist_id, expected, by)
    changed = {name: getattr(given, name) for name in _ANSWERS if getattr(given, name) is not None}
    content = msgspec.structs.replace(opened(held, seals=seals), **changed)
    answered_on = given.answered_on or held["answered_on"]
    _check(content, held["checklist_ground"], answered_on, held["drawn_up_on"])
    sealed = seals.seal_content(encoded(content), table=TABLE, record_id=checklist_id)
    changes = {"answered_on": answered_on, "answered_by": by.subject, "content_sealed": sealed}
    cause = Cause.CORRECTION
    return await _change(conn, held, changes, cause=cause, reason=given.reason, by=by)


async def retract(
    session: WriteSession, checklist_id: UUID, *, reason: str, expected: int, by: Caller
) -> Record:
    """Take back a checklist that was another plan's; its plan lacks one again.

    Raises:
        ChildChecklistNotFound: not there, or not for this caller to see.
        PreconditionFailed: somebody changed it since the version that was read.
        ChecklistRetracted: already.

    """
    conn = await driver(session)
    held = await _live(conn, checklist_id, expected, by)
    gone = {"retracted_at": utcnow()}
    return await _change(conn, held, gone, cause=Cause.RETRACTION, reason=reason, by=by)


async def rejudge(
    conn: Connection, persons: Sequence[UUID], *, cause: Cause, reason: str, by: str
) -> None:
    """Judge anew which of these people's plans need a checklist, and settle those that change.

    Who was in the responsibility for activity on a day may be told long after it.
    """
    plans = [row["id"] for row in await conn.fetch(_MISJUDGED, list(persons))]
    if plans:
        await keep_version(conn, "plan", plans, reason=reason, by=by)
        await conn.execute(_JUDGE, plans)
        await _settle(conn, plans, cause=cause, reason=reason)


def opened(row: Record, *, seals: Seals) -> ChecklistContent:
    """Return the answers of a checklist."""
    return decoded(seals.open_content(row["content_sealed"], table=TABLE, record_id=row["id"]))


async def history(
    conn: Connection, checklist_id: UUID, *, seals: Seals
) -> list[tuple[RecordVersion, ChecklistContent]]:
    """Return every version of a checklist with its answers, the oldest first."""
    return [
        (version, decoded(seals.open_content(_kept(version), table=TABLE, record_id=checklist_id)))
        for version in await record_history(conn, TABLE, checklist_id)
    ]


def _kept(version: RecordVersion) -> bytes:
    return bytes.fromhex(version.body["content_sealed"].removeprefix("\\x"))


async def _live(conn: Connection, checklist_id: UUID, expected: int, by: Caller) -> Record:
    held = await queries.one(conn, queries.CHILD_CHECKLIST, checklist_id, by=by, lock=True)
    require_version(expected, held["version"])
    if held["retracted"]:
        raise ChecklistRetracted
    return held


async def _change(
    conn: Connection,
    held: Record,
    changes: dict[str, Any],
    *,
    cause: Cause,
    reason: str,
    by: Caller,
) -> Record:
    await keep_version(conn, TABLE, [held["id"]], reason=reason, by=by.subject)
    assignments = "".join(f"{name} = ${at}, " for at, name in enumerate(changes, start=2))
    await conn.execute(
        f"update child_checklist set {assignments}{BUMP} where id = $1",
        held["id"],
        *changes.values(),
    )
    await _settle(conn, [held["plan_id"]], cause=cause, reason=reason)
    return await queries.one(conn, queries.CHILD_CHECKLIST, held["id"], by=by)


async def _settle(conn: Connection, plans: Sequence[UUID], *, cause: Cause, reason: str) -> None:
    await settle(
        conn,
        facts.JOURNAL,
        "plan",
        plans,
        wanted_sql=facts.CHILD_PLAN,
        cause=cause,
        reason=reason,
    )


def _check(
    content: ChecklistContent, ground: str | None, answered_on: date, drawn_up_on: date
) -> None:
    if ground is None:
        raise ChecklistNotCalledFor
    if answered_on > today():
        raise ChecklistBeforePlan.of("answeredOn", "in_future", "The day has not come.")
    if answered_on < drawn_up_on:
        raise ChecklistBeforePlan.of("answeredOn", "too_early", "It lies before the plan.")
    missing = missing_view(content, ChecklistGround(ground))
    if missing is not None:
        raise ChecklistIncomplete.of(
            to_camel(missing), "missing", "The view of the parents, or of the youth, is needed."
        )
