"""Session reports: a session that was held and everybody who came, in one transaction.

A report is the whole of what its client-made id says. The same report again, from a line that
breaks, changes nothing; another report of the same session adds to it; what was wrong in one is
corrected where it stands: in the session, the tally or the contact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from services.outreach import facts, keeping, places, queries, sessions
from services.outreach.domain.codes import SessionState
from services.outreach.domain.days import require_past
from services.outreach.domain.session_reports import Report, differing
from services.outreach.errors import (
    IdTaken,
    NotFoundHere,
    ReportDiffers,
    SessionWasCancelled,
    TallyExists,
    UnknownReference,
)
from services.outreach.events import ROUTES, ContactRecorded
from services.outreach.facts import Kind
from services.outreach.models import OutreachSession, SessionReport
from services.outreach.queries import SCHEDULES, SESSIONS
from services.outreach.scheduled_sessions import plan_day
from shared import outbox
from shared.auth import Caller
from shared.clock import today
from shared.db import Connection, WriteSession, driver

_MOST_NAMED = 20

_TALLIES = """
    insert into visit_tally (session_id, report_id, operation, venue, unit, held_on, recorded_by,
                             age_group, women, men, unknown)
    select s.id, $2, s.operation, s.venue, s.unit, s.planned_on, $3,
           v.age_group, v.women, v.men, v.unknown
    from session s
    cross join unnest($4::text[], $5::int[], $6::int[], $7::int[])
         v (age_group, women, men, unknown)
    where s.id = $1
    returning id"""

_CONTACT_TYPES = {
    "id": "uuid",
    "channel": "text",
    "direction": "text",
    "person_id": "uuid",
    "sex": "text",
    "age_group": "text",
    "target_group": "text",
    "district": "text",
}
_SAID = ", ".join(_CONTACT_TYPES)
_CONTACTS = f"""
    insert into contact (session_id, operation, venue, unit, happened_on, recorded_by, {_SAID})
    select s.id, s.operation, s.venue, s.unit, s.planned_on, $2,
           {", ".join(f"c.{name}" for name in _CONTACT_TYPES)}
    from session s
    cross join unnest({
    ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_CONTACT_TYPES.values(), start=3))
}) c ({_SAID})
    where s.id = $1
    on conflict (id) do nothing
    returning id"""

_AS_FIRST_RECORDED = """
    select coalesce(v.body, to_jsonb(c))::text as body
    from contact c left join record_version v
         on v.kind = 'contact' and v.record_id = c.id and v.version = 1
    where c.id = any($1::uuid[])"""


async def report(session: WriteSession, said: Report, *, by: Caller) -> tuple[SessionReport, bool]:
    """Take a report; return it as it was taken, and whether it is new.

    Raises:
        UnitNotAllowed: the token does not cover the unit of a session that is new here.
        UnknownReference, NotValidThatDay: the session, its operation or its venue.
        InTheFuture: the session's day has not come.
        SessionWasCancelled: and the report has no correction that says otherwise.
        TallyExists: an age group is already counted on the session.
        IdTaken: a contact's id holds another contact.
        ReportDiffers: the id was first used for another report.

    """
    conn = await driver(session)
    # One at a time for each id: a copy that comes meanwhile finds the first one done.
    await conn.execute(
        "select pg_advisory_xact_lock(hashtextextended('session_report:' || $1, 0))", str(said.id)
    )
    kept = await session.get(SessionReport, said.id)
    if kept is not None:
        _require_same(kept, said, by=by)
        return kept, False
    held = await _held(session, said, by=by)
    row = SessionReport(
        id=said.id, session_id=held.id, unit=held.unit, body=said.said, recorded_by=by.subject
    )
    session.add(row)
    await session.flush()
    if said.visits:
        await _count(session, row, said.visits)
    if said.contacts:
        await _record(conn, row, held, said.contacts)
    return row, True


def _require_same(kept: SessionReport, said: Report, *, by: Caller) -> None:
    covered = by.unit_filter()
    if covered is not None and kept.unit not in covered:
        raise IdTaken("session report")
    differences = list(differing(kept.body, said.said))
    if differences:
        raise ReportDiffers(differences[:_MOST_NAMED])


async def _held(session: WriteSession, said: Report, *, by: Caller) -> OutreachSession:
    """Return the session that a report is about, held now and locked."""
    if said.new is not None:
        return await _new(session, said.id, said.new, by=by)
    row = await _found(session, said, by=by)
    if row.state == SessionState.CANCELLED and said.reason is None:
        raise SessionWasCancelled
    day = said.correction.get("planned_on", row.planned_on)
    within = "correction." if "planned_on" in said.correction else ""
    require_past(f"{within}heldOn", day, today=today())
    await places.require_in_use(
        await driver(session),
        day,
        operation=row.operation,
        venue=said.correction.get("venue", row.venue),
        within="correction." if said.correction else "",
    )
    if row.state == SessionState.HELD and not said.correction:
        return row
    values = {**said.correction, "state": SessionState.HELD}
    return await sessions.change(
        session, row.id, values, version=row.version, reason=said.reason, by=by
    )


async def _new(
    session: WriteSession, report_id: UUID, columns: Mapping[str, Any], *, by: Caller
) -> OutreachSession:
    require_past("session.heldOn", columns["planned_on"], today=today())
    await places.require_in_use(
        await driver(session),
        columns["planned_on"],
        operation=columns["operation"],
        venue=columns["venue"],
        within="session.",
    )
    values = {**columns, "id": report_id, "state": SessionState.HELD}
    row, _ = await sessions.register(session, values, by=by)
    return row


async def _found(session: WriteSession, said: Report, *, by: Caller) -> OutreachSession:
    session_id = said.session_id
    if session_id is None:
        session_id = await _scheduled(session, said, by=by)
    try:
        return await queries.read_for_change(session, SESSIONS, session_id, by=by)
    except NotFoundHere as error:
        raise UnknownReference("sessionId") from error


async def _scheduled(session: WriteSession, said: Report, *, by: Caller) -> UUID:
    """Return the session of a schedule's day, planned now if nobody has planned it yet."""
    assert said.schedule_id is not None and said.scheduled_on is not None  # noqa: S101, PT018
    try:
        schedule = await queries.read_for_change(session, SCHEDULES, said.schedule_id, by=by)
    except NotFoundHere as error:
        raise UnknownReference("scheduleId") from error
    found = await queries.session_of_schedule(session, schedule.id, said.scheduled_on)
    if found is None:
        await plan_day(await driver(session), schedule, said.scheduled_on)
        found = await queries.session_of_schedule(session, schedule.id, said.scheduled_on)
    if found is None:
        raise UnknownReference("scheduledOn")
    return found


async def _count(
    session: WriteSession, row: SessionReport, visits: Sequence[Mapping[str, Any]]
) -> None:
    counted = await queries.counted_age_groups(session, row.session_id)
    again = [n for n, tally in enumerate(visits) if tally["age_group"] in counted]
    if again:
        raise TallyExists([f"visits.{place}.ageGroup" for place in again])
    conn = await driver(session)
    columns = [[tally[name] for tally in visits] for name in _COUNTS]
    tallies = await conn.fetch(_TALLIES, row.session_id, row.id, row.recorded_by, *columns)
    ids = [tally["id"] for tally in tallies]
    await facts.settle(conn, Kind.TALLY, ids, reason=keeping.CREATED, fresh=True)


_COUNTS = ("age_group", "women", "men", "unknown")


async def _record(
    conn: Connection,
    row: SessionReport,
    held: OutreachSession,
    contacts: Sequence[Mapping[str, Any]],
) -> None:
    columns = [[contact[name] for contact in contacts] for name in _CONTACT_TYPES]
    made = await conn.fetch(_CONTACTS, held.id, row.recorded_by, *columns)
    ids = [contact["id"] for contact in made]
    if len(ids) < len(contacts):
        await _require_known(conn, held, contacts, new=set(ids))
    await facts.settle(conn, Kind.CONTACT, ids, reason=keeping.CREATED, fresh=True)
    told = [
        ContactRecorded(
            contact_id=contact_id,
            operation=held.operation,
            unit=held.unit,
            happened_on=held.planned_on,
        )
        for contact_id in ids
    ]
    await outbox.record(conn, told, ROUTES)


async def _require_known(
    conn: Connection,
    held: OutreachSession,
    contacts: Sequence[Mapping[str, Any]],
    *,
    new: set[UUID],
) -> None:
    """Check that contacts recorded before this report began as what it says of them."""
    bodies = await conn.fetch(_AS_FIRST_RECORDED, [contact["id"] for contact in contacts])
    first = {body["id"]: body for body in (msgspec.json.decode(row["body"]) for row in bodies)}
    for place, contact in enumerate(contacts):
        if contact["id"] in new:
            continue
        sent = msgspec.to_builtins({**contact, "session_id": held.id, "unit": held.unit})
        if any(first[sent["id"]].get(name) != value for name, value in sent.items()):
            raise IdTaken("contact", f"contacts.{place}.id")
