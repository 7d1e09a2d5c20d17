"""Groups that meet over time (SFF), and how many studied in them each year."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.outreach import keeping, queries
from services.outreach.domain.days import require_interval
from services.outreach.errors import AlreadyRetracted, GroupNotRunningThatYear
from services.outreach.facts import Kind, resettle
from services.outreach.models import StudentCount, StudyGroup
from services.outreach.places import require_in_use
from services.outreach.queries import GROUPS, STUDENTS
from shared.auth import Caller
from shared.db import WriteSession, driver
from shared.journal import Cause


async def open_group(session: WriteSession, values: dict[str, Any], *, by: Caller) -> StudyGroup:
    """Open a group.

    Raises:
        UnitNotAllowed: the token does not cover the unit.
        EndsBeforeStart: the last day is before the first.
        UnknownReference, NotValidThatDay: the operation or the venue on the first day.

    """
    by.require_unit(values["unit"])
    require_interval(values["starts_on"], values["ends_on"])
    await require_in_use(
        await driver(session),
        values["starts_on"],
        operation=values["operation"],
        venue=values["venue"],
    )
    return await keeping.add(session, StudyGroup(**values), by=by.subject)


async def change_group(
    session: WriteSession,
    group_id: UUID,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> StudyGroup:
    """Change a group; its students follow where it met and when it began.

    Raises:
        NotFoundHere, PreconditionFailed, AlreadyRetracted: the group.
        EndsBeforeStart: the last day is before the first.
        UnknownReference, NotValidThatDay: the venue on the first day.
        GroupNotRunningThatYear: students are counted in a year it would no longer have.

    """
    row = await keeping.for_change(session, GROUPS, group_id, version=version, by=by)
    first = values.get("starts_on", row.starts_on)
    last = values.get("ends_on", row.ends_on)
    require_interval(first, last)
    conn = await driver(session)
    await require_in_use(conn, first, venue=values.get("venue", row.venue))
    for counted in await queries.student_counts(session, group_id):
        _require_running(first, last, counted.year)
    cause = Cause.NEW if keeping.told_of_its_end(row, values) else None
    await keeping.change(session, row, values, reason=reason, by=by.subject, cause=cause)
    await resettle(conn, (Kind.STUDENTS,), "group_id", group_id, reason=reason)
    return row


async def retract_group(
    session: WriteSession, group_id: UUID, *, version: int, reason: str, by: Caller
) -> StudyGroup:
    """Say that a group never was; its students are taken back with it.

    Raises:
        NotFoundHere, PreconditionFailed, AlreadyRetracted: the group.

    """
    row = await keeping.retract(session, GROUPS, group_id, version=version, reason=reason, by=by)
    conn = await driver(session)
    await resettle(
        conn,
        (Kind.STUDENTS,),
        "group_id",
        group_id,
        reason=reason,
        cause=Cause.RETRACTION,
    )
    return row


async def count_students(
    session: WriteSession, group_id: UUID, values: dict[str, Any], *, by: Caller
) -> StudentCount:
    """Count a group's students of one calendar year.

    Raises:
        NotFoundHere: no such group among the caller's units.
        AlreadyRetracted: the group never was.
        GroupNotRunningThatYear: the group has no day in the year.
        StudentsAlreadyCounted: the year is counted; it is corrected instead.

    """
    group = await _standing(session, group_id, by=by)
    _require_running(group.starts_on, group.ends_on, values["year"])
    row = StudentCount(**values, group_id=group.id, unit=group.unit)
    return await keeping.add(session, row, by=by.subject)


async def correct_students(
    session: WriteSession,
    count_id: UUID,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> StudentCount:
    """Correct how many studied in a group in a year.

    Raises:
        NotFoundHere, PreconditionFailed: the count.
        AlreadyRetracted: the count, or its group.

    """
    # The group first, as for those who change it: its students follow it.
    found = await queries.read(session, STUDENTS, count_id, by=by)
    await _standing(session, found.group_id, by=by)
    row = await keeping.for_change(session, STUDENTS, count_id, version=version, by=by)
    await keeping.change(session, row, values, reason=reason, by=by.subject)
    return row


async def _standing(session: WriteSession, group_id: UUID, *, by: Caller) -> StudyGroup:
    """Return a group that was, locked."""
    row = await queries.read_for_change(session, GROUPS, group_id, by=by)
    if row.retracted_at is not None:
        raise AlreadyRetracted
    return row


def _require_running(first: date, last: date | None, year: int) -> None:
    if first.year > year or (last is not None and last.year < year):
        raise GroupNotRunningThatYear(year)
