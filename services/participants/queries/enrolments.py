"""Enrolments, advisory sessions, pending enrolments and follow-ups of a caller's units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from services.participants.errors.advice import AdvisorySessionNotFound
from services.participants.errors.enrolments import EnrolmentNotFound, PendingEnrolmentNotFound
from services.participants.errors.follow_ups import FollowUpNotFound
from services.participants.errors.hours import HourAttestationNotFound
from services.participants.queries.follow_ups import TODAY
from services.participants.queries.people import may_see_protected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asyncpg import Record

    from shared.auth import Caller
    from shared.db import Connection
    from shared.errors import NotFound
    from shared.paging import PageRequest


@dataclass(frozen=True, slots=True)
class Listed:
    """A table whose rows belong to a unit and are about a person.

    Attributes:
        columns: what is selected; the record is ``r``, the person ``p``.
        source: FROM clause.
        order: of lists.

    """

    columns: str
    source: str
    order: str
    missing: type[NotFound]


ATTENDED = """
    (select coalesce(sum(a.minutes), 0)::integer from attendance a
     where a.enrolment_id = e.id and a.retracted_at is null and e.retracted_at is null
       and a.day >= greatest(h.month, e.started_on)
       and a.day < least((h.month + interval '1 month')::date, e.exited_on))
"""
"""Minutes on record for the month of ``h`` on days that its enrolment ``e`` covers."""

ENROLMENT = Listed(
    """r.id, r.person_id, r.unit, r.programme, r.team, r.ground, r.circumstances,
       r.target_groups, r.target_group_rules, r.unemployed_since,
       r.status_at_entry, r.education_at_entry, r.started_on, r.exited_on, r.outcome,
       r.source_key as external_reference, r.referral_id, r.sex, r.age_group, r.district,
       r.stated_district,
       r.retracted_at is not null as retracted, r.version""",
    "enrolment r join person p on p.id = r.person_id",
    "r.started_on desc, r.id",
    EnrolmentNotFound,
)
ADVISORY_SESSION = Listed(
    """r.id, r.person_id, r.unit, r.programme, r.held_on, r.ordinal,
       r.source_key as external_reference, r.retracted_at is not null as retracted, r.version""",
    "advisory_session r join person p on p.id = r.person_id",
    "r.held_on desc, r.id",
    AdvisorySessionNotFound,
)
PENDING_ENROLMENT = Listed(
    f"""r.id, r.referral_id, r.person_id, r.unit, r.programme, r.referred_on, r.state, r.reason,
       r.decided_on, r.enrolment_id, r.version, r.answer_due_on, r.withdrawn_on,
       r.withdrawal_reason, r.overdue and r.state = 'pending' as overdue,
       case when r.state = 'pending' then greatest({TODAY} - r.referred_on, 0) end
           as days_waiting""",
    "pending_enrolment r join person p on p.id = r.person_id",
    "r.referred_on, r.id",
    PendingEnrolmentNotFound,
)
FOLLOW_UP = Listed(
    f"""r.id, r.enrolment_id, r.activity_id, e.person_id, r.kind, r.unit, e.programme, r.exited_on,
       r.due_on, r.state, r.result, r.answered_on, r.employment_status, r.improvement, r.version,
       case when r.state = 'open' then greatest({TODAY} - r.due_on, 0) end as days_waiting,
       case when r.kind = 'esf' then (
           select first.status_at_entry from enrolment first
           where first.subject_id = e.subject_id and first.programme = e.programme
             and first.retracted_at is null
           order by first.started_on, first.id limit 1) end as status_at_first_entry""",
    """follow_up r join enrolment e on e.id = r.enrolment_id
       join person p on p.id = e.person_id""",
    "r.due_on, r.id",
    FollowUpNotFound,
)
HOUR_ATTESTATION = Listed(
    """r.id, r.enrolment_id, r.person_id, r.unit, r.programme, r.month, r.minutes, r.attested_by,
       r.withdrawn_at, r.started_on, r.exited_on, r.version, r.recorded_at, r.from_attendance,
       r.attended, r.withdrawn_at is null and r.attended <> r.minutes
       and (r.from_attendance or r.attended > 0) as differs""",
    f"""(select h.*, e.person_id, e.unit, e.started_on, e.exited_on, {ATTENDED} as attended
        from hour_attestation h join enrolment e on e.id = h.enrolment_id) r
       join person p on p.id = r.person_id""",
    "r.month, r.id",
    HourAttestationNotFound,
)

Rows: TypeAlias = "tuple[list[Record], int]"

ABOUT_PERSON = "p.subject_id = (select subject_id from person where id = {})"
"""Condition of lists: about a person, whichever record of theirs it was recorded with."""

_SEEN = "($1::text[] is null or r.unit = any($1)) and ($2 or p.protection = 'none')"


async def one(
    conn: Connection, listed: Listed, record_id: UUID, *, by: Caller, lock: bool = False
) -> Record:
    """Return one record, locked if it is about to change.

    Raises:
        NotFound: the table's own; also when the caller may not see the record.

    """
    row: Record | None = await conn.fetchrow(
        f"select {listed.columns} from {listed.source} where {_SEEN} and r.id = $3"
        f"{' for update of r' if lock else ''}",
        by.unit_filter(),
        may_see_protected(by),
        record_id,
    )
    if row is None:
        raise listed.missing
    return row


async def enrolments_page(
    conn: Connection,
    *,
    by: Caller,
    paging: PageRequest,
    unit: str | None,
    programme: str | None,
    person: UUID | None,
    on: date | None,
) -> Rows:
    """Return one page of enrolments; with ``on``, of those that stand on the day."""
    return await page(
        conn,
        ENROLMENT,
        by=by,
        paging=paging,
        where={
            "r.unit = {}": unit,
            "r.programme = {}": programme,
            ABOUT_PERSON: person,
            "r.retracted_at is null and {} >= r.started_on"
            " and {} < coalesce(r.exited_on, 'infinity')": on,
        },
    )


async def advisory_sessions_page(
    conn: Connection, *, by: Caller, paging: PageRequest, unit: str | None, person: UUID | None
) -> Rows:
    """Return one page of advisory sessions."""
    where = {"r.unit = {}": unit, ABOUT_PERSON: person}
    return await page(conn, ADVISORY_SESSION, by=by, paging=paging, where=where)


async def pending_enrolments_page(
    conn: Connection,
    *,
    by: Caller,
    paging: PageRequest,
    unit: str | None,
    state: str | None,
    overdue: bool,
) -> Rows:
    """Return one page of referrals and their fate."""
    where = {
        "r.unit = {}": unit,
        "r.state = {}": state,
        "(r.overdue and r.state = 'pending') = {}": overdue or None,
    }
    return await page(conn, PENDING_ENROLMENT, by=by, paging=paging, where=where)


async def follow_ups_page(
    conn: Connection,
    *,
    by: Caller,
    paging: PageRequest,
    unit: str | None,
    due_before: date | None,
    state: str | None,
    kind: str | None,
) -> Rows:
    """Return one page of follow-ups; due ones are open ones unless another state is asked for."""
    if due_before is not None and state is None:
        state = "open"
    where = {
        "r.unit = {}": unit,
        "r.due_on < {}": due_before,
        "r.state = {}": state,
        "r.kind = {}": kind,
    }
    return await page(conn, FOLLOW_UP, by=by, paging=paging, where=where)


async def hour_attestations_page(
    conn: Connection,
    *,
    by: Caller,
    paging: PageRequest,
    enrolment: UUID | None,
    programme: str | None,
    month: date | None,
    differs: bool | None,
) -> Rows:
    """Return one page of attested hours, withdrawn ones included."""
    where = {
        "r.enrolment_id = {}": enrolment,
        "r.programme = {}": programme,
        "r.month = {}": month,
        "(r.withdrawn_at is null and r.attended <> r.minutes"
        " and (r.from_attendance or r.attended > 0)) = {}": differs,
    }
    return await page(conn, HOUR_ATTESTATION, by=by, paging=paging, where=where)


async def page(
    conn: Connection,
    listed: Listed,
    *,
    by: Caller,
    paging: PageRequest,
    where: Mapping[str, str | date | UUID | bool | None],
) -> Rows:
    """Return one page of what the caller may see, and how much there is.

    ``where`` gives values by condition, with ``{}`` where the value goes; a condition without a
    value does not apply.
    """
    given = {condition: value for condition, value in where.items() if value is not None}
    conditions = " and ".join(
        (_SEEN, *(text.replace("{}", f"${at}") for at, text in enumerate(given, start=3)))
    )
    values = (by.unit_filter(), may_see_protected(by), *given.values())
    source = f"from {listed.source} where {conditions}"
    total = await conn.fetchval(f"select count(*) {source}", *values)
    rows = await conn.fetch(
        f"select {listed.columns} {source} order by {listed.order}"
        f" limit {paging.limit} offset {paging.offset}",
        *values,
    )
    return rows, total
