"""Schedules: registered, changed from a day on, and departed from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.outreach import keeping, queries
from services.outreach.domain.codes import ExceptionKind
from services.outreach.domain.days import require_interval
from services.outreach.domain.recurrence import require_rule
from services.outreach.domain.schedules import (
    Departure,
    Plan,
    require_departure,
    require_sessions,
)
from services.outreach.domain.times import require_times
from services.outreach.errors import TooManyDays
from services.outreach.models import Schedule, ScheduleException
from services.outreach.places import require_in_use
from services.outreach.queries import SCHEDULE_EXCEPTIONS, SCHEDULES
from services.outreach.scheduled_sessions import HORIZON, columns_of, follow, plan_of
from shared.auth import Caller
from shared.clock import today
from shared.db import WriteSession, driver

MOST_PREVIEWED = timedelta(days=2 * 366)
_A_DAY = timedelta(days=1)


def checked_plan(said: Mapping[str, Any]) -> Plan:
    """Return what a schedule says of its days, if it can be followed.

    Raises:
        RuleRefused, RuleGivesNothing: the rule.
        EndsBeforeStart, EndWithoutStart, SessionTooLong: its days or times.

    """
    require_interval(said["starts_on"], said["ends_on"])
    require_times(said["starts_at"], said["ends_at"])
    require_rule(said["rule"])
    plan = plan_of(said)
    if plan.ends_on is None or plan.applies_from <= plan.ends_on:
        require_sessions(plan)
    return plan


def previewed(said: Mapping[str, Any], *, first: date, last: date) -> Plan:
    """Return the plan of a schedule that nobody has registered.

    Raises:
        DomainError: those of `checked_plan`.
        EndsBeforeStart: the last day to look at is before the first.
        TooManyDays: more than two years are to be looked at.

    """
    require_interval(first, last)
    if last - first > MOST_PREVIEWED:
        raise TooManyDays(MOST_PREVIEWED.days)
    return checked_plan({**said, "applies_from": said["starts_on"]})


async def register(
    session: WriteSession, values: dict[str, Any], *, by: Caller
) -> tuple[Schedule, bool]:
    """Register a schedule and plan its sessions, from its first day on, to the horizon.

    Raises:
        UnitNotAllowed: the token does not cover the unit.
        UnknownReference, NotValidThatDay: operation or venue on the first day.
        IdTaken: the id holds another schedule.
        DomainError: those of `checked_plan`.

    """
    by.require_unit(values["unit"])
    values = {**values, "applies_from": values["starts_on"]}
    checked_plan(values)
    conn = await driver(session)
    await require_in_use(
        conn, values["starts_on"], operation=values["operation"], venue=values["venue"]
    )
    row, new = await keeping.add_once(session, SCHEDULES, values, by=by.subject)
    if new:
        await follow(conn, columns_of(row), reason=keeping.CREATED)
    return row, new


async def change(
    session: WriteSession,
    schedule_id: UUID,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> Schedule:
    """Change a schedule from a day on (today unless said): what it gave before stays.

    Planned sessions of that day and later that nobody has touched follow: they are moved, or
    cancelled when it gives them no more, and new ones are planned.

    Raises:
        NotFoundHere, PreconditionFailed: the schedule.
        UnknownReference, NotValidThatDay: the venue on the day.
        DomainError: those of `checked_plan`.

    """
    row = await keeping.for_change(session, SCHEDULES, schedule_id, version=version, by=by)
    applies_from = max(values.get("applies_from") or today(), row.starts_on)
    values = {**values, "applies_from": applies_from}
    checked_plan({**columns_of(row), **values})
    conn = await driver(session)
    venue = values.get("venue", row.venue)
    await require_in_use(conn, applies_from, operation=row.operation, venue=venue)
    # What it gives until then may lie beyond what has been planned so far.
    before = max(applies_from - _A_DAY, today() + HORIZON)
    await follow(conn, columns_of(row), last=before, reason=reason)
    if await keeping.change(session, row, values, reason=reason, by=by.subject):
        await follow(conn, columns_of(row), last=before, reason=reason)
    return row


async def depart(
    session: WriteSession, schedule_id: UUID, values: dict[str, Any], *, by: Caller
) -> tuple[ScheduleException, bool]:
    """Record a stop, a moved day or an extra one; the sessions follow at once.

    Sessions in a stop are cancelled with its reason; those held or changed by hand stay.

    Raises:
        NotFoundHere: no such schedule among the caller's units.
        EndsBeforeStart, EndWithoutStart, SessionTooLong: its days or times.
        ExceptionIncomplete, NotADayOfTheSchedule, DayOfTheSchedule: see `require_departure`.
        DayExcepted: the day is moved, or extra, already.
        IdTaken: the id holds another exception.

    """
    row = await queries.read_for_change(session, SCHEDULES, schedule_id, by=by)
    values = {**values, "schedule_id": row.id, "unit": row.unit}
    require_interval(values["first_on"], values["last_on"])
    require_times(values["starts_at"], values["ends_at"])
    require_departure(plan_of(columns_of(row)), _departure(values))
    kept, new = await keeping.add_once(session, SCHEDULE_EXCEPTIONS, values, by=by.subject)
    if new:
        last = _reach(values["moved_to"] or values["first_on"])
        conn = await driver(session)
        await follow(conn, columns_of(row), last=last, reason=values["reason"])
    return kept, new


async def retract_exception(
    session: WriteSession, exception_id: UUID, *, version: int, reason: str, by: Caller
) -> ScheduleException:
    """Take an exception back: the sessions follow the schedule again.

    Raises:
        NotFoundHere, PreconditionFailed, AlreadyRetracted: the exception.

    """
    found = await queries.read(session, SCHEDULE_EXCEPTIONS, exception_id, by=by)
    row = await queries.read_for_change(session, SCHEDULES, found.schedule_id, by=by)
    gone = await keeping.retract(
        session, SCHEDULE_EXCEPTIONS, exception_id, version=version, reason=reason, by=by
    )
    last = _reach(gone.first_on)
    await follow(await driver(session), columns_of(row), last=last, reason=reason)
    return gone


def _reach(day: date) -> date:
    return max(day, today() + HORIZON)


def _departure(values: Mapping[str, Any]) -> Departure:
    return Departure(
        kind=ExceptionKind(values["kind"]),
        first_on=values["first_on"],
        last_on=values["last_on"],
        moved_to=values["moved_to"],
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
        reason=values["reason"],
    )
