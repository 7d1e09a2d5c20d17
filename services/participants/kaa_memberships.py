"""Keep what counts right when memberships of the responsibility for activity change.

Contacts and measures count while their youth is a member: when a membership begins or ends on
another day, when it is taken back, or when a birth date proves wrong, they count anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.figures import facts
from shared.journal import settle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from shared.db import Connection

_OF_PEOPLE = """
    select m.id from person asked
    join person held on held.subject_id = asked.subject_id
    join kaa_membership m on m.person_id = held.id
    where asked.id = any($1::uuid[]) order by m.id
"""


async def settle_memberships(
    conn: Connection, ids: Sequence[UUID], *, reason: str, fresh: bool = False
) -> None:
    """Book what memberships count for, and, unless they are new, their contacts and measures."""
    await settle(
        conn,
        facts.JOURNAL,
        "kaa_membership",
        ids,
        wanted_sql=facts.KAA_MEMBERSHIP,
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
        await settle(conn, facts.JOURNAL, table, kept, wanted_sql=wanted, reason=reason)


async def settle_people(conn: Connection, persons: Sequence[UUID], *, reason: str) -> None:
    """Book anew all that these people's memberships count for, merged records included."""
    rows = await conn.fetch(_OF_PEOPLE, list(persons))
    await settle_memberships(conn, [row["id"] for row in rows], reason=reason)
