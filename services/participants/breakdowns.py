"""Keep frozen breakdowns right when what is known about a person's past changes.

Sex, age group and district of a record are those of its day. When it turns out that a person
lived elsewhere then, or their identity becomes protected, the records are corrected as any
other fact is: earlier bases keep what was believed, later ones get what is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.participants import activities, target_groups
from services.participants.figures import facts
from services.participants.follow_ups import realign
from services.participants.kaa_memberships import settle_people
from shared.journal import settle
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.db import Connection

_STALE = """
    select r.id from {table} r
    cross join lateral breakdown_on(r.person_id, r.{day}, r.stated_district) b
    where r.person_id = any($1::uuid[]) and r.retracted_at is null
      and (r.sex, r.age_group, r.district) is distinct from (b.sex, b.age_group, b.district)
"""

_REFREEZE = """
    update {table} set (sex, age_group, district) =
           (select b.sex, b.age_group, b.district
            from breakdown_on(person_id, {day}, stated_district) b), {bump}
    where id = any($1::uuid[])
"""


async def refreeze(conn: Connection, persons: Sequence[UUID], *, reason: str, by: str) -> None:
    """Correct breakdowns and target groups of everything recorded about these people."""
    changed = await _refrozen(conn, "enrolment", "started_on", persons, reason=reason, by=by)
    rejudged = await target_groups.rejudge(conn, persons, reason=reason, by=by)
    changed = list({*changed, *rejudged})
    await settle(
        conn, facts.JOURNAL, "enrolment", changed, wanted_sql=facts.ENROLMENT, reason=reason
    )
    await activities.realign(conn, changed, reason=reason, by=by)
    await realign(conn, changed, reason=reason, by=by)
    await _refrozen(conn, "plan", "drawn_up_on", persons, reason=reason, by=by)
    advised = await _refrozen(conn, "advisory_session", "held_on", persons, reason=reason, by=by)
    await settle(
        conn,
        facts.JOURNAL,
        "advisory_session",
        advised,
        wanted_sql=facts.ADVISORY_SESSION,
        reason=reason,
    )
    await _refrozen(conn, "kaa_membership", "joined_on", persons, reason=reason, by=by)
    await settle_people(conn, persons, reason=reason)


async def _refrozen(
    conn: Connection, table: str, day: str, persons: Sequence[UUID], *, reason: str, by: str
) -> list[UUID]:
    rows = await conn.fetch(_STALE.format(table=table, day=day), list(persons))
    stale = [row["id"] for row in rows]
    if stale:
        await keep_version(conn, table, stale, reason=reason, by=by)
        await conn.execute(_REFREEZE.format(table=table, day=day, bump=BUMP), stale)
    return stale
