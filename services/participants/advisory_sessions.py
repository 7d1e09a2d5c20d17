"""Advise people who are not enrolled: at most three times each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic.alias_generators import to_camel

from services.participants import queries
from services.participants.errors.advice import (
    AdvisorySessionRetracted,
    FourthAdvisorySession,
    PersonIsEnrolled,
)
from services.participants.errors.offering import ProgrammeNotInOperation, UnitNotInOperation
from services.participants.errors.people import PersonNotFound
from services.participants.errors.records import ValueNeeded
from services.participants.figures import facts
from shared.db import WriteSession, driver
from shared.journal import Cause, settle
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asyncpg import Record

    from services.participants.schemas.enrolment import (
        AdvisorySessionCorrectionIn,
        AdvisorySessionIn,
    )
    from shared.auth import Caller
    from shared.db import Connection
    from shared.errors import DomainError

# The locks on every record of the person make two sessions recorded at once take their turns;
# the unique index on (person, ordinal) and the check on the ordinal hold whatever forgets them.
_SITUATION = """
    with advised as materialized (
        select id from person
        where subject_id = (select subject_id from person where id = $1)
          and ($5 or protection = 'none')
        order by id for update
    )
    select exists (select from advised) as person_known,
           exists (select from unit where code = $2
                   and $4 between valid_from and coalesce(valid_to, 'infinity')) as unit_open,
           $3::text is null or exists (
               select from programme where code = $3
               and $4 between valid_from and coalesce(valid_to, 'infinity')) as programme_open,
           not exists (
               select from enrolment e
               where e.subject_id = (select subject_id from person where id = $1)
               and e.retracted_at is null
               and e.started_on <= $4::date and coalesce(e.exited_on, 'infinity') > $4
           ) as not_enrolled
"""

_REFUSALS: tuple[tuple[str, type[DomainError]], ...] = (
    ("person_known", PersonNotFound),
    ("unit_open", UnitNotInOperation),
    ("programme_open", ProgrammeNotInOperation),
    ("not_enrolled", PersonIsEnrolled),
)

_HOLD = """
    insert into advisory_session (person_id, unit, programme, held_on, source_key, ordinal,
                                  sex, age_group, district)
    select $1, $2, $3, $4::date, $5, free.ordinal, b.sex, b.age_group, b.district
    from breakdown_on($1, $4::date, null) b
    cross join lateral (
        select coalesce(array_agg(held.ordinal), '{}') as ordinals
        from advisory_session held
        where held.retracted_at is null and held.person_id in (
            select id from person
            where subject_id = (select subject_id from person where id = $1))
    ) taken
    cross join lateral (
        select candidate as ordinal from generate_series(1, 3) candidate
        where candidate <> all(taken.ordinals) and cardinality(taken.ordinals) < 3
        order by candidate limit 1
    ) free
    returning id
"""


_CORRECT = f"""
    update advisory_session set unit = $2, programme = $3, held_on = $4,
           (sex, age_group, district) = (
               select b.sex, b.age_group, b.district
               from breakdown_on(person_id, $4, stated_district) b), {BUMP}
    where id = $1
"""


async def hold(session: WriteSession, given: AdvisorySessionIn, *, by: Caller) -> Record:
    """Record an advisory session.

    Raises:
        UnitNotAllowed: the unit is not the caller's.
        PersonNotFound, UnitNotInOperation, ProgrammeNotInOperation, PersonIsEnrolled: the
        first rule that is broken.
        FourthAdvisorySession: three are recorded and stand.

    """
    by.require_unit(given.unit)
    conn = await driver(session)
    await _check(conn, given.model_dump(), by)
    held = await conn.fetchval(
        _HOLD,
        given.person_id,
        given.unit,
        given.programme,
        given.held_on,
        given.external_reference,
    )
    if held is None:
        raise FourthAdvisorySession
    await settle(
        conn,
        facts.JOURNAL,
        "advisory_session",
        [held],
        wanted_sql=facts.ADVISORY_SESSION,
        reason="held",
        fresh=True,
    )
    return await queries.one(conn, queries.ADVISORY_SESSION, held, by=by)


async def correct(
    session: WriteSession,
    session_id: UUID,
    correction: AdvisorySessionCorrectionIn,
    *,
    expected: int,
    by: Caller,
) -> Record:
    """Correct what was recorded wrongly; the session keeps its place among the three.

    Raises:
        AdvisorySessionNotFound: not there, or not for this caller to see.
        PreconditionFailed: the record changed since the caller read it.
        UnitNotAllowed: the unit it moves to is not the caller's.
        AdvisorySessionRetracted, ValueNeeded: the rule that is broken; also those of `hold`.

    """
    conn = await driver(session)
    held = await queries.one(conn, queries.ADVISORY_SESSION, session_id, by=by, lock=True)
    if held["retracted"]:
        raise AdvisorySessionRetracted
    require_version(expected, held["version"])
    given = correction.model_fields_set - {"reason"}
    after = {**held, **{name: getattr(correction, name) for name in given}}
    for name in ("unit", "held_on"):
        if after[name] is None:
            raise ValueNeeded.of(to_camel(name), "null", "A value is needed.")
    by.require_unit(after["unit"])
    await _check(conn, after, by)
    reason = correction.reason
    await keep_version(conn, "advisory_session", [session_id], reason=reason, by=by.subject)
    await conn.execute(_CORRECT, session_id, after["unit"], after["programme"], after["held_on"])
    await settle(
        conn,
        facts.JOURNAL,
        "advisory_session",
        [session_id],
        wanted_sql=facts.ADVISORY_SESSION,
        cause=Cause.CORRECTION,
        reason=reason,
    )
    return await queries.one(conn, queries.ADVISORY_SESSION, session_id, by=by)


async def retract(
    session: WriteSession, session_id: UUID, *, expected: int, reason: str, by: Caller
) -> Record:
    """Take back a session that never was held; the person may be advised once more.

    Raises:
        AdvisorySessionNotFound: not there, or not for this caller to see.
        PreconditionFailed: the record changed since the caller read it.
        AdvisorySessionRetracted: already.

    """
    conn = await driver(session)
    held = await queries.one(conn, queries.ADVISORY_SESSION, session_id, by=by, lock=True)
    if held["retracted"]:
        raise AdvisorySessionRetracted
    require_version(expected, held["version"])
    await keep_version(conn, "advisory_session", [session_id], reason=reason, by=by.subject)
    await conn.execute(
        f"update advisory_session set retracted_at = now(), {BUMP} where id = $1", session_id
    )
    await settle(
        conn,
        facts.JOURNAL,
        "advisory_session",
        [session_id],
        wanted_sql=facts.ADVISORY_SESSION,
        cause=Cause.RETRACTION,
        reason=reason,
    )
    return await queries.one(conn, queries.ADVISORY_SESSION, session_id, by=by)


async def _check(conn: Connection, given: Mapping[str, Any], by: Caller) -> None:
    situation = await conn.fetchrow(
        _SITUATION,
        given["person_id"],
        given["unit"],
        given["programme"],
        given["held_on"],
        queries.may_see_protected(by),
    )
    assert situation is not None  # noqa: S101  a SELECT without FROM gives one row
    for flag, refusal in _REFUSALS:
        if not situation[flag]:
            raise refusal
