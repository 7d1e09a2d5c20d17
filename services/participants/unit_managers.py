"""Appoint the manager who signs a unit's concern reports, by dates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from services.participants.errors.offering import ClosedBeforeOpened
from shared.db import WriteSession, driver
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from asyncpg import Record

    from services.participants.schemas.concern_report import UnitManagerIn
    from shared.db import Connection

_DAY = timedelta(days=1)

_STANDING = """
    select id, manager, valid_from, valid_to from unit_manager
    where unit = $1 and $2 between valid_from and coalesce(valid_to, 'infinity') for update
"""

_APPOINT = """
    insert into unit_manager (unit, manager, valid_from, valid_to)
    values ($1, $2, $3, $4) returning *
"""


async def appoint(session: WriteSession, given: UnitManagerIn, *, by: str) -> Record:
    """Appoint a manager from a day on; whoever stood until then ends the day before.

    With a last day (an acting manager) the one who stood comes back the day after it.

    Raises:
        ClosedBeforeOpened: the last day lies before the first.
        UnknownUnit, ManagersOverlap: from the database's own constraints.

    """
    if given.valid_to is not None and given.valid_to < given.valid_from:
        raise ClosedBeforeOpened
    conn = await driver(session)
    standing = await conn.fetchrow(_STANDING, given.unit, given.valid_from)
    if standing is not None:
        await keep_version(conn, "unit_manager", [standing["id"]], reason=given.reason, by=by)
        await _make_room(conn, standing, given.valid_from)
        if given.valid_to is not None and _lasts_beyond(standing, given.valid_to):
            await conn.execute(
                _APPOINT,
                given.unit,
                standing["manager"],
                given.valid_to + _DAY,
                standing["valid_to"],
            )
    row: Record | None = await conn.fetchrow(
        _APPOINT, given.unit, given.manager, given.valid_from, given.valid_to
    )
    assert row is not None  # noqa: S101  an INSERT without conflict clause returns its row
    return row


def _lasts_beyond(standing: Record, day: date) -> bool:
    return standing["valid_to"] is None or standing["valid_to"] > day


async def _make_room(conn: Connection, standing: Record, first: date) -> None:
    standing_id: UUID = standing["id"]
    if standing["valid_from"] == first:
        await conn.execute("delete from unit_manager where id = $1", standing_id)
    else:
        await conn.execute(
            f"update unit_manager set valid_to = $2, {BUMP} where id = $1",
            standing_id,
            first - _DAY,
        )
