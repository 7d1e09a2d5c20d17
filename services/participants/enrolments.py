"""Enrol people, let them exit, and correct or retract what was recorded wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic.alias_generators import to_camel

from services.participants import activities, hour_attestations, queries, target_groups
from services.participants.domain.codes import Outcome
from services.participants.entry_rules import (
    ASKED,
    FLAGS,
    JUDGED,
    MAY_ENTER,
    check_unemployed_since,
    checked,
    judge,
)
from services.participants.errors.enrolments import (
    AlreadyExited,
    EnrolledAfterDeath,
    EnrolmentRetracted,
    ExitBeforeEntry,
    ExitInFuture,
)
from services.participants.errors.records import ValueNeeded
from services.participants.events import ROUTES, EnrolmentStarted
from services.participants.figures import facts
from services.participants.follow_ups import realign
from services.participants.told_referrals import tell_referred
from shared import outbox
from shared.clock import today, utcnow
from shared.db import WriteSession, driver
from shared.journal import Cause, append_sql, settle
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.schemas.enrolment import CorrectionIn, EnrolmentIn, ExitIn
    from shared.auth import Caller
    from shared.db import Connection

_ENROL = f"""
    with asked as ({ASKED}), judged as ({JUDGED}), created as (
        insert into enrolment (person_id, subject_id, unit, programme, team, started_on, sex,
                               age_group, district, ground, status_at_entry,
                               education_at_entry, source_key, referral_id, circumstances,
                               unemployed_since, target_groups, target_group_rules)
        select person_id, subject_id, unit, programme, team, started_on, sex, age_group, district,
               ground, $9::text, $10::text, $11::text, $12::uuid, $13::text[], $14::date,
               $15::text[], $16::text[]
        from judged where {MAY_ENTER}
        returning *
    ), booked as ({
    append_sql(
        facts.JOURNAL,
        facts.enrolment_facts("created r"),
        kind="enrolment",
        reason="'enrolled'",
        fresh=True,
    )
})
    select {queries.ENROLMENT.columns}, {FLAGS}, judged.esf
    from judged left join created r on true
"""


_BEGAN_AFTER = """
    select exists (select from enrolment e join enrolment later on later.subject_id = e.subject_id
                   where e.id = $1 and later.id <> e.id and later.retracted_at is null
                     and later.started_on > $2)
"""


async def enrol(
    session: WriteSession, entry: EnrolmentIn, *, by: Caller, referral_id: UUID | None = None
) -> Record:
    """Enrol a person; breakdown and target groups of the entry day are frozen on the enrolment.

    The enrolment and its facts are one statement, once nobody can merge or change the person.

    Raises:
        UnitNotAllowed: the unit is not the caller's.
        PersonNotFound, BornAfterEntry, UnknownUnit, UnitNotInOperation, UnknownProgramme,
        ProgrammeNotInOperation, UnknownTeam, TeamNotInOperation, PersonDeceased,
        GroundNotInKaa, UnemployedAfterEntry: the first rule that is broken.
        EnrolmentOverlap, SourceKeyTaken: from the database's own constraints.

    """
    by.require_unit(entry.unit)
    check_unemployed_since(entry.unemployed_since, entry.started_on)
    conn = await driver(session)
    await queries.hold_person(conn, entry.person_id)
    groups = await target_groups.judged(conn, entry.model_dump())
    judged = await conn.fetchrow(
        _ENROL,
        entry.person_id,
        entry.unit,
        entry.programme,
        entry.team,
        entry.started_on,
        None,
        queries.may_see_protected(by),
        entry.ground,
        entry.status_at_entry,
        entry.education_at_entry,
        entry.external_reference,
        referral_id,
        sorted(set(entry.circumstances)),
        entry.unemployed_since,
        groups["target_groups"],
        groups["target_group_rules"],
    )
    row = checked(judged)
    if row["esf"]:  # ESF+ asks nothing about an exit from which somebody has come back
        again = "enrolled again"
        await realign(conn, [row["id"]], cause=Cause.NEW, reason=again, by=by.subject)
    if referral_id is not None:
        await outbox.record(conn, [_started(row, referral_id)], ROUTES)
    return row


async def exit_enrolment(
    session: WriteSession, enrolment_id: UUID, given: ExitIn, *, by: Caller
) -> Record:
    """End an enrolment; its follow-up is planned with it.

    Raises:
        EnrolmentNotFound: not there, or not for this caller to see.
        EnrolmentRetracted, AlreadyExited, ExitBeforeEntry, ExitInFuture, EnrolledAfterDeath,
        ActivityOutsideEnrolment: the rule that is broken.

    """
    conn = await driver(session)
    held = await _live(conn, enrolment_id, by=by)
    if held["exited_on"] is not None:
        raise AlreadyExited
    if given.exited_on < held["started_on"]:
        raise ExitBeforeEntry
    values: dict[str, Any] = {"exited_on": given.exited_on, "outcome": given.outcome}
    await _check_exit(conn, enrolment_id, values)
    await _rewrite(conn, enrolment_id, values, cause=Cause.NEW, reason="exited", by=by.subject)
    return await queries.one(conn, queries.ENROLMENT, enrolment_id, by=by)


async def correct(
    session: WriteSession,
    enrolment_id: UUID,
    correction: CorrectionIn,
    *,
    expected: int,
    by: Caller,
) -> Record:
    """Correct what was recorded wrongly; bases given before keep what was believed then.

    Raises:
        EnrolmentNotFound: not there, or not for this caller to see.
        PreconditionFailed: the enrolment changed since the caller read it.
        EnrolmentRetracted, ExitBeforeEntry: the rule that is broken; also those of `enrol`.

    """
    conn = await driver(session)
    await queries.hold_person_of(conn, enrolment_id)
    held = await _live(conn, enrolment_id, by=by)
    require_version(expected, held["version"])
    changes = _corrected(correction)
    after = {**held, **changes}
    by.require_unit(after["unit"])
    if after["exited_on"] is not None and after["exited_on"] < after["started_on"]:
        raise ExitBeforeEntry
    check_unemployed_since(after["unemployed_since"], after["started_on"])
    if "exited_on" in changes:
        await _check_exit(conn, enrolment_id, changes)
    judged = await judge(conn, after, protected=queries.may_see_protected(by))
    changes |= await target_groups.judged(conn, after)
    changes |= {name: judged[name] for name in ("sex", "age_group", "district")}
    cause, reason = Cause.CORRECTION, correction.reason
    await _rewrite(conn, enrolment_id, changes, cause=cause, reason=reason, by=by.subject)
    return await queries.one(conn, queries.ENROLMENT, enrolment_id, by=by)


async def retract(
    session: WriteSession, enrolment_id: UUID, *, expected: int, reason: str, by: Caller
) -> Record:
    """Take back an enrolment that never was true: it counts for nothing from this basis on.

    A referral that it answered waits again for its unit.

    Raises:
        EnrolmentNotFound: not there, or not for this caller to see.
        PreconditionFailed: the enrolment changed since the caller read it.
        EnrolmentRetracted: already.

    """
    conn = await driver(session)
    held = await _live(conn, enrolment_id, by=by)
    require_version(expected, held["version"])
    gone, cause = {"retracted_at": utcnow()}, Cause.RETRACTION
    await _rewrite(conn, enrolment_id, gone, cause=cause, reason=reason, by=by.subject)
    return await queries.one(conn, queries.ENROLMENT, enrolment_id, by=by)


async def _live(conn: Connection, enrolment_id: UUID, *, by: Caller) -> Record:
    """Return and lock an enrolment that was not retracted."""
    held = await queries.one(conn, queries.ENROLMENT, enrolment_id, by=by, lock=True)
    if held["retracted"]:
        raise EnrolmentRetracted
    return held


async def _rewrite(
    conn: Connection,
    enrolment_id: UUID,
    values: dict[str, Any],
    *,
    cause: Cause,
    reason: str,
    by: str,
) -> None:
    """Keep the present version, write new values over it, settle what hangs on it."""
    await keep_version(conn, "enrolment", [enrolment_id], reason=reason, by=by)
    assignments = "".join(f"{name} = ${place}, " for place, name in enumerate(values, start=2))
    await conn.execute(
        f"update enrolment set {assignments}{BUMP} where id = $1", enrolment_id, *values.values()
    )
    await settle(
        conn,
        facts.JOURNAL,
        "enrolment",
        [enrolment_id],
        wanted_sql=facts.ENROLMENT,
        cause=cause,
        reason=reason,
    )
    if "retracted_at" not in values:
        await activities.require_within(conn, enrolment_id)
    await activities.realign(conn, [enrolment_id], cause=cause, reason=reason, by=by)
    await realign(conn, [enrolment_id], cause=cause, reason=reason, by=by)
    await hour_attestations.realign(conn, [enrolment_id], reason=reason, by=by)
    await tell_referred(conn, [enrolment_id], reason=reason, by=by)


async def _check_exit(conn: Connection, enrolment_id: UUID, exit_: dict[str, Any]) -> None:
    """Refuse an exit that has not happened, and a death that others of the person outlive."""
    if exit_["exited_on"] is not None and exit_["exited_on"] > today():
        raise ExitInFuture
    if exit_["outcome"] == Outcome.DECEASED and await conn.fetchval(
        _BEGAN_AFTER, enrolment_id, exit_["exited_on"]
    ):
        raise EnrolledAfterDeath


def _corrected(correction: CorrectionIn) -> dict[str, Any]:
    """Return the columns a correction names, with their new values."""
    given = correction.model_fields_set - {"reason", "exit"}
    changes: dict[str, Any] = {name: getattr(correction, name) for name in given}
    for name in ("unit", "programme", "ground", "circumstances", "status_at_entry", "started_on"):
        if name in changes and changes[name] is None:
            raise ValueNeeded.of(to_camel(name), "null", "A value is needed.")
    if "circumstances" in changes:
        changes["circumstances"] = sorted(set(changes["circumstances"]))
    if "exit" in correction.model_fields_set:
        exit_ = correction.exit
        changes["exited_on"] = exit_.exited_on if exit_ else None
        changes["outcome"] = exit_.outcome if exit_ else None
    return changes


def _started(row: Record, referral_id: UUID) -> EnrolmentStarted:
    return EnrolmentStarted(
        enrolment_id=row["id"],
        referral_id=referral_id,
        person_id=row["person_id"],
        unit=row["unit"],
        programme=row["programme"],
        started_on=row["started_on"],
        version_after=row["version"],
    )
