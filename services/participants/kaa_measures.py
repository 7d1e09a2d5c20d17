"""Measures for youths of the responsibility for activity: begun, declined, ended, corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from pydantic.alias_generators import to_camel

from services.participants import queries
from services.participants.errors.kaa import (
    BegunOrDeclined,
    FollowUpBeforeMeasure,
    KaaDayInFuture,
    KaaRecordRetracted,
    MeasureEndedAlready,
    MeasureEndIncomplete,
    MeasureEndsBeforeStart,
    MeasureNotBegun,
)
from services.participants.errors.records import ValueNeeded
from services.participants.figures import facts
from services.participants.kaa_contacts import WRITE, check_day
from services.participants.queries import kaa as reads
from shared.clock import today, utcnow
from shared.db import WriteSession, driver
from shared.events import new_id
from shared.journal import Cause, settle
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from asyncpg import Record

    from services.participants.schemas.kaa import (
        KaaMeasureCorrectionIn,
        KaaMeasureEndIn,
        KaaMeasureIn,
    )
    from services.participants.sealing import Seals
    from shared.auth import Caller
    from shared.db import Connection

_FIELDS = (
    "kind",
    "responsible",
    "started_on",
    "declined_on",
    "ended_on",
    "end_reason",
    "occupation_after",
    "follow_up_days",
)
_NEVER_EMPTY = ("kind", "responsible", "follow_up_days")

_RECORD = """
    insert into kaa_measure (id, membership_id, kind, responsible, started_on, declined_on,
                             content_sealed, follow_up_days)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def record(session: WriteSession, given: KaaMeasureIn, *, seals: Seals, by: Caller) -> Record:
    """Record a measure that has begun, or an offer that was declined, while a member.

    Raises:
        ScopeMissing: the caller may read the register and not write.
        KaaMembershipNotFound: not there, or not for this caller to see.
        KaaRecordRetracted, BegunOrDeclined, KaaDayInFuture, OutsideMembership,
        FollowUpBeforeMeasure: the first rule that is broken.

    """
    by.require_scope(WRITE)
    conn = await driver(session)
    membership = await reads.membership_for_record(conn, given.membership_id, by=by)
    if membership["retracted"]:
        raise KaaRecordRetracted
    values = {name: getattr(given, name, None) for name in _FIELDS}
    _check(membership, values)
    measure_id = new_id()
    await conn.execute(
        _RECORD,
        measure_id,
        given.membership_id,
        given.kind,
        given.responsible,
        given.started_on,
        given.declined_on,
        sealed_goal(given.goal, measure_id, seals),
        given.follow_up_days,
    )
    await _settle(conn, measure_id, cause=Cause.NEW, reason="recorded", fresh=True)
    return await queries.one(conn, reads.KAA_MEASURE, measure_id, by=by)


async def end(
    session: WriteSession, measure_id: UUID, given: KaaMeasureEndIn, *, by: Caller
) -> Record:
    """End a measure; it may end after the responsibility has.

    Raises:
        KaaMeasureNotFound: not there, or not for this caller to see.
        KaaRecordRetracted, MeasureNotBegun, MeasureEndedAlready, MeasureEndsBeforeStart,
        KaaDayInFuture: the first rule that is broken.

    """
    by.require_scope(WRITE)
    conn = await driver(session)
    held = await _live(conn, measure_id, by=by)
    if held["started_on"] is None:
        raise MeasureNotBegun
    if held["ended_on"] is not None:
        raise MeasureEndedAlready
    changes = given.model_dump()
    _check(held, {**held, **changes})
    await _rewrite(conn, measure_id, changes, cause=Cause.NEW, reason="ended", by=by)
    return await queries.one(conn, reads.KAA_MEASURE, measure_id, by=by)


async def correct(
    session: WriteSession,
    measure_id: UUID,
    correction: KaaMeasureCorrectionIn,
    *,
    expected: int,
    seals: Seals,
    by: Caller,
) -> Record:
    """Correct a measure; the version before is kept, its goal sealed as it was.

    Raises:
        KaaMeasureNotFound: not there, or not for this caller to see.
        PreconditionFailed: it changed since the caller read it.
        DomainError: ValueNeeded, and those of `record` and `end`.

    """
    by.require_scope(WRITE)
    conn = await driver(session)
    held = await _live(conn, measure_id, by=by)
    require_version(expected, held["version"])
    given = correction.model_fields_set
    changes = {name: getattr(correction, name) for name in _FIELDS if name in given}
    for name in _NEVER_EMPTY:
        if name in changes and changes[name] is None:
            raise ValueNeeded.of(to_camel(name), "null", "A value is needed.")
    _check(held, {**held, **changes})
    if "goal" in given:
        changes["content_sealed"] = sealed_goal(correction.goal, measure_id, seals)
    cause, reason = Cause.CORRECTION, correction.reason
    await _rewrite(conn, measure_id, changes, cause=cause, reason=reason, by=by)
    return await queries.one(conn, reads.KAA_MEASURE, measure_id, by=by)


async def retract(
    session: WriteSession, measure_id: UUID, *, expected: int, reason: str, by: Caller
) -> Record:
    """Take back a measure that never was.

    Raises:
        KaaMeasureNotFound: not there, or not for this caller to see.
        PreconditionFailed: it changed since the caller read it.
        KaaRecordRetracted: already.

    """
    by.require_scope(WRITE)
    conn = await driver(session)
    held = await _live(conn, measure_id, by=by)
    require_version(expected, held["version"])
    gone, cause = {"retracted_at": utcnow()}, Cause.RETRACTION
    await _rewrite(conn, measure_id, gone, cause=cause, reason=reason, by=by)
    return await queries.one(conn, reads.KAA_MEASURE, measure_id, by=by)


def sealed_goal(goal: str | None, measure_id: UUID, seals: Seals) -> bytes | None:
    if goal is None:
        return None
    return seals.seal_content(msgspec.json.encode(goal), table="kaa_measure", record_id=measure_id)


def opened_goal(row: Record, seals: Seals) -> str | None:
    """Return the goal of a measure's row, if it has one."""
    if row["content_sealed"] is None:
        return None
    opened = seals.open_content(row["content_sealed"], table="kaa_measure", record_id=row["id"])
    return msgspec.json.decode(opened, type=str)


def _check(membership: Record, values: Mapping[str, Any]) -> None:
    """Refuse what cannot be of a measure of this membership."""
    if (values["started_on"] is None) == (values["declined_on"] is None):
        raise BegunOrDeclined
    began = "started_on" if values["declined_on"] is None else "declined_on"
    check_day(membership, values[began], began)
    ending = [values[name] is None for name in ("ended_on", "end_reason", "occupation_after")]
    if len(set(ending)) > 1:
        raise MeasureEndIncomplete
    if values["ended_on"] is not None:
        _check_end(values)
    if any(day < values[began] for day in values["follow_up_days"] or ()):
        raise FollowUpBeforeMeasure.of("followUpDays", "too_early", "Not before the measure.")


def _check_end(values: Mapping[str, Any]) -> None:
    if values["started_on"] is None:
        raise MeasureNotBegun
    if values["ended_on"] < values["started_on"]:
        raise MeasureEndsBeforeStart.of("endedOn", "too_early", "Not before the start.")
    if values["ended_on"] > today():
        raise KaaDayInFuture.of("endedOn", "in_future", "The day has not come.")


async def _live(conn: Connection, measure_id: UUID, *, by: Caller) -> Record:
    seen = await queries.one(conn, reads.KAA_MEASURE, measure_id, by=by)
    await reads.membership_for_record(conn, seen["membership_id"], by=by)
    await conn.execute("select from kaa_measure where id = $1 for update", measure_id)
    held = await queries.one(conn, reads.KAA_MEASURE, measure_id, by=by)
    if held["retracted"]:
        raise KaaRecordRetracted
    return held


async def _rewrite(
    conn: Connection,
    measure_id: UUID,
    values: Mapping[str, Any],
    *,
    cause: Cause,
    reason: str,
    by: Caller,
) -> None:
    await keep_version(conn, "kaa_measure", [measure_id], reason=reason, by=by.subject)
    assignments = "".join(f"{name} = ${place}, " for place, name in enumerate(values, start=2))
    await conn.execute(
        f"update kaa_measure set {assignments}{BUMP} where id = $1", measure_id, *values.values()
    )
    await _settle(conn, measure_id, cause=cause, reason=reason)


async def _settle(
    conn: Connection, measure_id: UUID, *, cause: Cause, reason: str, fresh: bool = False
) -> None:
    await settle(
        conn,
        facts.JOURNAL,
        "kaa_measure",
        [measure_id],
        wanted_sql=facts.KAA_MEASURE,
        cause=cause,
        reason=reason,
        fresh=fresh,
    )
