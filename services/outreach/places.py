"""Whether the operation and the venue of something that happened were in use that day."""

from __future__ import annotations

from datetime import date

from services.outreach.errors import NotValidThatDay, UnknownReference
from shared.db import Connection


async def require_in_use(
    conn: Connection, day: date, *, operation: str | None = None, venue: str | None = None
) -> None:
    """Check operation and venue on a day, and hold them until the transaction ends.

    The lock is the one that a foreign key takes: others may refer to them meanwhile, but a
    change of counting rule or district waits for us, and ours is read after it.

    Raises:
        UnknownReference: no such operation or venue.
        NotValidThatDay: it was not in use on the day.

    """
    for property_, code in (("operation", operation), ("venue", venue)):
        if code is None:
            continue
        valid = await conn.fetchval(
            "select valid_from <= $2 and coalesce(valid_to >= $2, true) "
            f"from {property_} where code = $1 for key share",
            code,
            day,
        )
        if valid is None:
            raise UnknownReference(property_)
        if not valid:
            raise NotValidThatDay(property_, day)
