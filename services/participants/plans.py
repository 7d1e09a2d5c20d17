"""Plans (planer) drawn up with people: renewed by a new plan, corrected, retracted.

What a plan says is sealed and bound to it; lists and events know only that there is one, and
when it is to be looked at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.participants import queries
from services.participants.domain.plans import encoded
from services.participants.errors.offering import UnitNotInOperation, UnknownUnit
from services.participants.errors.people import PersonNotFound
from services.participants.errors.plans import (
    PlanBeforeRenewed,
    PlanInFuture,
    PlanOutsideEnrolment,
    PlanRenewed,
    PlanRetracted,
    ReviewBeforePlan,
)
from services.participants.errors.records import ValueNeeded
from services.participants.figures import facts
from shared.clock import today, utcnow
from shared.db import WriteSession, driver
from shared.events import new_id
from shared.journal import Cause, settle
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from datetime import date

    from asyncpg import Record

    from services.participants.schemas.plan import ContentIn, PlanCorrectionIn, PlanIn
    from services.participants.sealing import Seals
    from shared.auth import Caller
    from shared.db import Connection
    from shared.errors import DomainError

_SITUATION = """
    select b.sex is not null as person_known, u.code is not null as unit_known,
           $3::date between u.valid_from and coalesce(u.valid_to, 'infinity') as unit_open,
           $4::uuid is null or exists (
               select from enrolment e join person holder on holder.id = e.person_id
               where e.id = $4 and e.unit = $2 and e.retracted_at is null
                 and holder.subject_id = p.subject_id and e.started_on <= $3::date
                 and coalesce(e.exited_on, 'infinity') > $3::date) as within,
           coalesce(p.guardian, false) as guardian, b.sex, b.age_group, b.district
    from (select $1::uuid as person_id) asked
    left join person p on p.id = asked.person_id and ($5 or p.protection = 'none')
    left join unit u on u.code = $2
    left join lateral breakdown_on(p.id, $3, null) b on true
"""

_REFUSALS: tuple[tuple[str, type[DomainError]], ...] = (
    ("person_known", PersonNotFound),
    ("unit_known", UnknownUnit),
    ("unit_open", UnitNotInOperation),
    ("within", PlanOutsideEnrolment),
)

_DRAW_UP = """
    insert into plan (id, person_id, enrolment_id, unit, drawn_up_on, review_on, follows,
                      guardian, content_sealed, sex, age_group, district)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""


async def draw_up(session: WriteSession, given: PlanIn, *, seals: Seals, by: Caller) -> Record:
    """Record a plan drawn up with a person whom the caller sees.

    Raises:
        UnitNotAllowed: the unit is not the caller's.
        PersonNotFound, UnknownUnit, UnitNotInOperation, PlanInFuture, ReviewBeforePlan,
        PlanOutsideEnrolment: the first rule that is broken.

    """
    by.require_unit(given.unit)
    conn = await driver(session)
    await queries.person_for_change(conn, given.person_id, by=by)
    place = {
        "person_id": given.person_id,
        "enrolment_id": given.enrolment_id,
        "unit": given.unit,
        "follows": None,
    }
    return await _drawn_up(conn, given, place, seals=seals, by=by)


async def renew(
    session: WriteSession, plan_id: UUID, given: ContentIn, *, seals: Seals, by: Caller
) -> Record:
    """Draw up the plan that follows another, for the same person, unit and enrolment.

    Raises:
        PlanNotFound: not there, or not for this caller to see.
        PlanRetracted, PlanRenewed, PlanBeforeRenewed: the rule; also those of `draw_up`.

    """
    conn = await driver(session)
    held = await _live(conn, plan_id, by=by)
    if held["renewed_by"] is not None:
        raise PlanRenewed
    if given.drawn_up_on <= held["drawn_up_on"]:
        raise PlanBeforeRenewed
    place = {
        "person_id": held["person_id"],
        "enrolment_id": held["enrolment_id"],
        "unit": held["unit"],
        "follows": plan_id,
    }
    return await _drawn_up(conn, given, place, seals=seals, by=by)


async def correct(
    session: WriteSession,
    plan_id: UUID,
    correction: PlanCorrectionIn,
    *,
    expected: int,
    seals: Seals,
    by: Caller,
) -> Record:
    """Correct what was recorded wrongly; the version before is kept, sealed as it was.

    Raises:
        PlanNotFound: not there, or not for this caller to see.
        PreconditionFailed: the plan changed since the caller read it.
        PlanRetracted, ValueNeeded: the rule that is broken; also those of `draw_up`.

    """
    conn = await driver(session)
    held = await _live(conn, plan_id, by=by)
    require_version(expected, held["version"])
    changes = _corrected(correction, plan_id, seals)
    after = {**held, **changes}
    _check_days(after["drawn_up_on"], after["review_on"])
    judged = await _judged(conn, after, after["drawn_up_on"], by=by)
    changes |= {name: judged[name] for name in ("sex", "age_group", "district")}
    cause, reason = Cause.CORRECTION, correction.reason
    await _rewrite(conn, plan_id, changes, cause=cause, reason=reason, by=by.subject)
    return await queries.one(conn, queries.PLAN, plan_id, by=by)


async def retract(
    session: WriteSession, plan_id: UUID, *, expected: int, reason: str, by: Caller
) -> Record:
    """Take back a plan that never was drawn up; the one before is in force again.

    Raises:
        PlanNotFound: not there, or not for this caller to see.
        PreconditionFailed: the plan changed since the caller read it.
        PlanRetracted, PlanRenewed: already, or another follows it.

    """
    conn = await driver(session)
    held = await _live(conn, plan_id, by=by)
    require_version(expected, held["version"])
    if held["renewed_by"] is not None:
        raise PlanRenewed
    gone, cause = {"retracted_at": utcnow()}, Cause.RETRACTION
    await _rewrite(conn, plan_id, gone, cause=cause, reason=reason, by=by.subject)
    return await queries.one(conn, queries.PLAN, plan_id, by=by)


async def _drawn_up(
    conn: Connection, given: ContentIn, place: dict[str, Any], *, seals: Seals, by: Caller
) -> Record:
    _check_days(given.drawn_up_on, given.review_on)
    judged = await _judged(conn, place, given.drawn_up_on, by=by)
    guardian = given.guardian_of_children
    plan_id = new_id()
    await conn.execute(
        _DRAW_UP,
        plan_id,
        place["person_id"],
        place["enrolment_id"],
        place["unit"],
        given.drawn_up_on,
        given.review_on,
        place["follows"],
        judged["guardian"] if guardian is None else guardian,
        seals.seal_content(encoded(given.content), table="plan", record_id=plan_id),
        judged["sex"],
        judged["age_group"],
        judged["district"],
    )
    await _settle(conn, plan_id, cause=Cause.NEW, reason="drawn up")
    return await queries.one(conn, queries.PLAN, plan_id, by=by)


async def _live(conn: Connection, plan_id: UUID, *, by: Caller) -> Record:
    """Return and lock a plan that was not retracted."""
    held = await queries.one(conn, queries.PLAN, plan_id, by=by, lock=True)
    if held["retracted"]:
        raise PlanRetracted
    return held


async def _judged(conn: Connection, place: dict[str, Any], day: date, *, by: Caller) -> Record:
    judged: Record | None = await conn.fetchrow(
        _SITUATION,
        place["person_id"],
        place["unit"],
        day,
        place["enrolment_id"],
        queries.may_see_protected(by),
    )
    assert judged is not None  # noqa: S101  the statement selects from a single asked row
    for flag, refusal in _REFUSALS:
        if not judged[flag]:
            raise refusal
    return judged


async def _rewrite(
    conn: Connection, plan_id: UUID, values: dict[str, Any], *, cause: Cause, reason: str, by: str
) -> None:
    await keep_version(conn, "plan", [plan_id], reason=reason, by=by)
    assignments = "".join(f"{name} = ${place}, " for place, name in enumerate(values, start=2))
    await conn.execute(
        f"update plan set {assignments}{BUMP} where id = $1", plan_id, *values.values()
    )
    await _settle(conn, plan_id, cause=cause, reason=reason)


async def _settle(conn: Connection, plan_id: UUID, *, cause: Cause, reason: str) -> None:
    await settle(
        conn,
        facts.JOURNAL,
        "plan",
        [plan_id],
        wanted_sql=facts.CHILD_PLAN,
        cause=cause,
        reason=reason,
    )


def _check_days(drawn_up_on: date, review_on: date) -> None:
    if drawn_up_on > today():
        raise PlanInFuture.of("drawnUpOn", "in_future", "The day has not come.")
    if review_on <= drawn_up_on:
        raise ReviewBeforePlan.of("reviewOn", "too_early", "A review lies after its plan.")


def _corrected(correction: PlanCorrectionIn, plan_id: UUID, seals: Seals) -> dict[str, Any]:
    """Return the columns a correction names, with their new values."""
    given = correction.model_fields_set
    for name, field in (
        ("drawn_up_on", "drawnUpOn"),
        ("review_on", "reviewOn"),
        ("guardian_of_children", "guardianOfChildren"),
    ):
        if name in given and getattr(correction, name) is None:
            raise ValueNeeded.of(field, "null", "A value is needed.")
    changes: dict[str, Any] = {
        name: getattr(correction, name) for name in ("drawn_up_on", "review_on") if name in given
    }
    if "guardian_of_children" in given:
        changes["guardian"] = correction.guardian_of_children
    if given & {"goal", "steps"}:
        if correction.content is None:
            raise ValueNeeded.of("steps", "missing", "Give goal and steps together.")
        changes["content_sealed"] = seals.seal_content(
            encoded(correction.content), table="plan", record_id=plan_id
        )
    return changes
