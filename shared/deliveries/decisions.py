"""What a named person decides about a delivery, and reading deliveries back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.db import driver
from shared.deliveries import body
from shared.deliveries.errors import (
    DeliveryNotCancellable,
    DeliveryNotFound,
    DeliveryNotHeld,
    DeliveryOvertaken,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from shared.db import Connection, Database

Stored = Any
"""A row of ``delivery`` as the driver gives it."""

_ERRORS_AT_ONCE = 5_000


async def find(conn: Connection, register: str, delivery_id: UUID, *, of: str | None) -> Stored:
    """Return a stored delivery; ``of`` limits it to one sender's own.

    Raises:
        DeliveryNotFound: there is none, or it is somebody else's.

    """
    row = await conn.fetchrow(
        """select * from delivery
           where register = $1 and id = $2 and ($3::text is null or delivered_by = $3)""",
        register,
        delivery_id,
        of,
    )
    if row is None:
        raise DeliveryNotFound
    return row


async def listed(
    conn: Connection, register: str, *, of: str | None, state: str | None, limit: int, offset: int
) -> tuple[list[Stored], int]:
    """Return a page of a register's deliveries, the newest first, and how many there are."""
    where = """where register = $1 and ($2::text is null or delivered_by = $2)
               and ($3::text is null or state = $3)"""
    total: int = await conn.fetchval(f"select count(*) from delivery {where}", register, of, state)
    rows = await conn.fetch(
        f"select * from delivery {where} order by created_at desc, id desc limit $4 offset $5",
        register,
        of,
        state,
        limit,
        offset,
    )
    return rows, total


async def release(
    conn: Connection, register: str, delivery_id: UUID, *, reason: str, by: str
) -> Stored:
    """Let a held delivery go on, on a named person's word; it is validated anew.

    Raises:
        DeliveryNotFound: there is none.
        DeliveryNotHeld: it is not waiting for anybody.
        DeliveryOvertaken: newer rows of the register have been applied meanwhile.

    """
    row = await _locked(conn, register, delivery_id)
    if row["state"] != "held":
        raise DeliveryNotHeld
    overtaken = await conn.fetchval(
        """select exists (select from delivery where register = $1 and not dry_run
             and (created_at, id) > ($2, $3) and state in ('applying', 'applied'))""",
        register,
        row["created_at"],
        delivery_id,
    )
    if overtaken:
        raise DeliveryOvertaken
    # What was applied before a failure stands, so that one goes on at its cursor.
    return await conn.fetchrow(
        """update delivery set state = case when cursor > 0 or ended > 0 then 'applying'
                                            else 'validating' end,
                  released_by = $2, released_at = now(), release_reason = $3,
                  explanation_code = null, explanation = null, failures = 0, retry_at = null
           where id = $1 returning *""",
        delivery_id,
        by,
        reason,
    )


async def cancel(
    conn: Connection, register: str, delivery_id: UUID, *, by: str, of: str | None
) -> Stored:
    """Withdraw a delivery of which nothing is being applied.

    Raises:
        DeliveryNotFound: there is none, or it is somebody else's.
        DeliveryNotCancellable: it is being applied, or finished.

    """
    await find(conn, register, delivery_id, of=of)
    row = await _locked(conn, register, delivery_id)
    if row["state"] not in ("received", "validating", "held"):
        raise DeliveryNotCancellable
    await body.purge(conn, delivery_id)
    return await conn.fetchrow(
        """update delivery set state = 'cancelled', cancelled_by = $2, cancelled_at = now(),
                  finished_at = now()
           where id = $1 returning *""",
        delivery_id,
        by,
    )


async def errors_of(
    conn: Connection, delivery_id: UUID, *, hidden: str | None = None, limit: int, offset: int
) -> tuple[list[Stored], int]:
    """Return a page of what was wrong with which rows, in row order, and how many there are.

    ``hidden`` is a SELECT of the subjects whose keys are left out.
    """
    total: int = await conn.fetchval(
        "select count(*) from delivery_error where delivery_id = $1", delivery_id
    )
    rows = await conn.fetch(
        f"""select {_shown(hidden)} from delivery_error where delivery_id = $1
           order by row_no, error_no limit $2 offset $3""",
        delivery_id,
        limit,
        offset,
    )
    return rows, total


def _shown(hidden: str | None) -> str:
    key = "key" if hidden is None else f"case when subject in ({hidden}) then null else key end"
    return f"row_no, error_no, {key} as key, field, code, detail, difference"


async def every_error(
    db: Database, delivery_id: UUID, *, hidden: str | None = None
) -> AsyncIterator[list[Stored]]:
    """Yield all row errors in row order, a few thousand at a time, holding no transaction open."""
    from_row, from_error = 0, 0
    while True:
        async with db.read() as session:
            conn = await driver(session)
            rows = await conn.fetch(
                f"""select {_shown(hidden)} from delivery_error
                   where delivery_id = $1 and (row_no, error_no) > ($2, $3)
                   order by row_no, error_no limit $4""",
                delivery_id,
                from_row,
                from_error,
                _ERRORS_AT_ONCE,
            )
        yield rows
        if len(rows) < _ERRORS_AT_ONCE:
            return
        from_row, from_error = rows[-1]["row_no"], rows[-1]["error_no"]


async def _locked(conn: Connection, register: str, delivery_id: UUID) -> Stored:
    row = await conn.fetchrow(
        "select * from delivery where register = $1 and id = $2 for update", register, delivery_id
    )
    if row is None:
        raise DeliveryNotFound
    return row
