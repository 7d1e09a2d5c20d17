"""Protected identity of people whose records were merged: all of them are protected alike.

Sekretessmarkering and skyddad folkbokföring (16 § folkbokföringslagen) are statements about a
person, so every record of that person carries them. Fingerade personuppgifter are by nature
invisible: the person has another name and number, and nothing here knows or may know it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.participants.domain.codes import Protection
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from shared.db import Connection

STRICTNESS = (Protection.NONE, Protection.SECRECY_MARKING, Protection.PROTECTED_REGISTRATION)


def stricter(one: str, other: str) -> Protection:
    """Return the protection that covers both."""
    return max(Protection(one), Protection(other), key=STRICTNESS.index)


def address_by(protection: str) -> str:
    """Return the part of a SET list that lets go of an address which a protection rules out.

    Skyddad folkbokföring: only the tax agency's forwarding address is kept, and only then.

    Args:
        protection: SQL of the protection as it will be.

    """
    return (
        "postal_address_sealed = case when"
        f" {protection} <> 'protected_registration' then person.postal_address_sealed end,"
        " forwarding_address_sealed = case when"
        f" {protection} = 'protected_registration' then person.forwarding_address_sealed end"
    )


async def protect_alike(
    conn: Connection, subject: UUID, protection: str, *, reason: str, by: str
) -> None:
    """Protect every record of a person in one way; those that are already stay as they are."""
    rows = await conn.fetch(
        "select id from person where subject_id = $1 and protection <> $2", subject, protection
    )
    ids = [row["id"] for row in rows]
    await keep_version(conn, "person", ids, reason=reason, by=by)
    await conn.execute(
        f"update person set protection = $2, {address_by('$2::text')}, {BUMP}"
        " where id = any($1::uuid[])",
        ids,
        protection,
    )
