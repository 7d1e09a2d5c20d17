"""Keep frozen breakdowns right when what is known about a person's past changes.

Sex, age group and district of a record are those of its day. When it turns out that a person
lived elsewhere then, that their identity becomes protected, or that two records are one
person's, the records are corrected as any other fact is: earlier bases keep what was believed,
later ones get what is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.participants import (
    child_checklists,
    esf_participations,
    target_groups,
    told_people,
)
from services.participants.figures import facts
from shared.journal import settle
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.db import Connection
    from shared.journal import Cause

FROZEN = {
    "enrolment": "started_on",
    "advisory_session": "held_on",
    "plan": "drawn_up_on",
    "kaa_membership": "joined_on",
}
"""Tables with a frozen breakdown (`frozen_breakdown`), and the column of its day."""

_STALE = """
    select r.id, r.person_id from {table} r
    join person p on p.id = r.person_id
    cross join lateral breakdown_on(r.person_id, r.{day}, r.stated_district) b
    where p.subject_id in (select subject_id from person where id = any($1::uuid[]))
      and r.retracted_at is null
      and (r.sex, r.age_group, r.district) is distinct from (b.sex, b.age_group, b.district)
"""

_REFREEZE = """
    update {table} set sex = b.sex, age_group = b.age_group, district = b.district, {bump}
    from (select r.id, f.* from {table} r
          cross join lateral breakdown_on(r.person_id, r.{day}, r.stated_district) f
          where r.id = any($1::uuid[])) b
    where {table}.id = b.id
"""


_RECORDS = """
    select id from person
    where subject_id in (select subject_id from person where id = any($1::uuid[])) order by id
"""


async def refreeze(
    conn: Connection, persons: Sequence[UUID], *, cause: Cause, reason: str, by: str
) -> None:
    """Correct breakdowns and target groups of everything recorded about these people.

    And settle all of it. Merged records too: what is known of the one who stands for a person
    decides.
    """
    await refrozen(conn, persons, reason=reason, by=by)
    records = [row["id"] for row in await conn.fetch(_RECORDS, list(persons))]
    await target_groups.rejudge(conn, records, reason=reason, by=by)
    await child_checklists.rejudge(conn, records, cause=cause, reason=reason, by=by)
    await resettle(conn, records, cause=cause, reason=reason)
    await told_people.tell_later(conn, persons=records)


async def refrozen(
    conn: Connection, persons: Sequence[UUID], *, reason: str, by: str
) -> list[UUID]:
    """Correct the breakdowns of these people's records; return whose there were any of."""
    affected: set[UUID] = set()
    for table, day in FROZEN.items():
        affected |= await _refrozen(conn, table, day, persons, reason=reason, by=by)
    return sorted(affected)


async def resettle(conn: Connection, persons: Sequence[UUID], *, cause: Cause, reason: str) -> None:
    """Settle every record about these people; what counts as it should stays as it is."""
    if not persons:
        return
    await esf_participations.hold_people(conn, persons)
    for about in facts.ABOUT_PEOPLE:
        rows = await conn.fetch(about.ids, list(persons))
        await settle(
            conn,
            facts.JOURNAL,
            about.kind,
            [row["id"] for row in rows],
            wanted_sql=about.wanted,
            cause=cause,
            reason=reason,
        )


async def _refrozen(
    conn: Connection, table: str, day: str, persons: Sequence[UUID], *, reason: str, by: str
) -> set[UUID]:
    """Freeze the breakdowns of a table's stale rows anew; return whom they are about."""
    stale = await conn.fetch(_STALE.format(table=table, day=day), list(persons))
    ids = [row["id"] for row in stale]
    if ids:
        await keep_version(conn, table, ids, reason=reason, by=by)
        # Only now: what somebody else was correcting has been waited for.
        await conn.execute(_REFREEZE.format(table=table, day=day, bump=BUMP), ids)
    return {row["person_id"] for row in stale}
