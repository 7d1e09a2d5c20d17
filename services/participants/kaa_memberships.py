"""Keep what counts right when memberships of the responsibility for activity change.

Contacts and measures count while their youth is a member: when a membership begins or ends on
another day, or is taken back, they count anew. What a birth date that proves wrong, or a merge,
changes is settled with everything else about the person (`breakdowns.resettle`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants import told_people
from services.participants.figures import facts
from shared.journal import settle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from shared.db import Connection
    from shared.journal import Cause


async def settle_memberships(
    conn: Connection, ids: Sequence[UUID], *, cause: Cause, reason: str, fresh: bool = False
) -> None:
    """Book what memberships count for, and, unless they are new, their contacts and measures.

    Outreach is told of them.
    """
    await told_people.tell_later(conn, memberships=ids)
    await settle(
        conn,
        facts.JOURNAL,
        "kaa_membership",
        ids,
        wanted_sql=facts.KAA_MEMBERSHIP,
        cause=cause,
        reason=reason,
        fresh=fresh,
    )
    if fresh:
        return
    for table, wanted in (("kaa_contact", facts.KAA_CONTACT), ("kaa_measure", facts.KAA_MEASURE)):
        rows = await conn.fetch(
            f"select id from {table} where membership_id = any($1::uuid[]) order by id", list(ids)
        )
        kept = [row["id"] for row in rows]
        await settle(
            conn, facts.JOURNAL, table, kept, wanted_sql=wanted, cause=cause, reason=reason
        )
