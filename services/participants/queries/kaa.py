"""The responsibility for activity as a caller's units may see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from services.participants.errors.kaa import (
    KaaContactNotFound,
    KaaMeasureNotFound,
    KaaMembershipNotFound,
)
from services.participants.queries.enrolments import Listed, one, page

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.queries.enrolments import Rows
    from shared.auth import Caller
    from shared.db import Connection
    from shared.paging import PageRequest

# Until when the youth is a member, the day itself not included, and why it ends.
_ENDS = "least(m.left_on, birthday(s.birth_date, 20))"
_REASON = """case when m.left_on < birthday(s.birth_date, 20) then m.leave_reason
                   else 'turned_twenty' end"""
_WHOSE = "join person h on h.id = m.person_id join person s on s.id = h.subject_id"

KAA_MEMBERSHIP = Listed(
    """r.id, r.person_id, r.unit, r.joined_on, r.join_reason, r.ends_on, r.end_reason,
       r.schooling, r.studies, r.diploma, r.adapted_certificate, r.equivalent_education,
       r.study_certificate, r.contact_sealed, r.born, r.source_key as external_reference,
       r.retracted_at is not null as retracted, r.version""",
    f"""(select m.*, {_ENDS} as ends_on, {_REASON} as end_reason, s.birth_date as born
         from kaa_membership m {_WHOSE}) r join person p on p.id = r.person_id""",
    "r.joined_on desc, r.id",
    KaaMembershipNotFound,
)


def _of_member(table: str) -> str:
    return f"""(select c.*, m.person_id, m.unit, m.joined_on, {_ENDS} as ends_on
                from {table} c join kaa_membership m on m.id = c.membership_id {_WHOSE}) r
               join person p on p.id = r.person_id"""


KAA_CONTACT = Listed(
    """r.id, r.membership_id, r.person_id, r.unit, r.held_on, r.channel, r.two_way, r.occupation,
       r.joined_on, r.ends_on, r.retracted_at is not null as retracted, r.version""",
    _of_member("kaa_contact"),
    "r.held_on desc, r.id",
    KaaContactNotFound,
)
KAA_MEASURE = Listed(
    """r.id, r.membership_id, r.person_id, r.unit, r.kind, r.responsible, r.started_on,
       r.declined_on, r.ended_on, r.end_reason, r.occupation_after, r.content_sealed,
       r.follow_up_days, r.joined_on, r.ends_on, r.retracted_at is not null as retracted,
       r.version""",
    _of_member("kaa_measure"),
    "coalesce(r.started_on, r.declined_on) desc, r.id",
    KaaMeasureNotFound,
)

_CONDITIONS = {
    "unit": "r.unit = {}",
    "person": "r.person_id = {}",
    "membership": "r.membership_id = {}",
    "on": "r.retracted_at is null and {} >= r.joined_on and {} < r.ends_on",
    "since": "r.held_on >= {}",
    "follow_up_before": (
        "r.retracted_at is null and r.ended_on is null"
        " and exists (select from unnest(r.follow_up_days) day where day < {})"
    ),
}

_PEOPLE_OF = """
    select from person where id in (
        select unnest(array[p.id, p.subject_id]) from kaa_membership m
        join person p on p.id = m.person_id where m.id = $1)
    order by id for share
"""

Asked: TypeAlias = Mapping[str, "str | UUID | date | None"]


async def kaa_page(
    conn: Connection, listed: Listed, *, by: Caller, paging: PageRequest, where: Asked
) -> Rows:
    """Return one page of memberships, contacts or measures."""
    given = {_CONDITIONS[name]: value for name, value in where.items()}
    return await page(conn, listed, by=by, paging=paging, where=given)


async def kaa_records(
    conn: Connection, listed: Listed, membership_id: UUID, *, by: Caller
) -> list[Record]:
    """Return every contact, or every measure, of a membership that the caller may see."""
    seen = await one(conn, KAA_MEMBERSHIP, membership_id, by=by)
    rows: list[Record] = await conn.fetch(
        f"select {listed.columns} from {listed.source} where r.membership_id = $1"
        f" and r.retracted_at is null order by {listed.order}",
        seen["id"],
    )
    return rows


async def membership_for_record(conn: Connection, membership_id: UUID, *, by: Caller) -> Record:
    """Return a membership that something is recorded about; it does not change meanwhile.

    Nor does the person, whose birth date ends it. People are locked first, as where they change.

    Raises:
        KaaMembershipNotFound: not there, or not for this caller to see.

    """
    await conn.execute(_PEOPLE_OF, membership_id)
    await conn.execute("select from kaa_membership where id = $1 for share", membership_id)
    return await one(conn, KAA_MEMBERSHIP, membership_id, by=by)
