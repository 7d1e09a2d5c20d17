"""How a delivery moves from state to state: every statement that changes its row.

Each is bound to the state it starts from. A row that is no longer there has been cancelled
meanwhile, and whoever was at work on it stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from shared.deliveries import body
from shared.deliveries.register import Delivery

if TYPE_CHECKING:
    from shared.db import Connection
    from shared.deliveries.compare import Plan
    from shared.deliveries.verdicts import Explanation, RowError

MAX_FAILURES = 5
"""Tries before a delivery that keeps failing is put before a person."""


class DeliveryGone(Exception):
    """The delivery is no longer in the state that the work on it needs (it was cancelled)."""


@dataclass(frozen=True, slots=True)
class Work:
    """A delivery as the worker takes it up.

    ``released``: a person let what was planned go on. A release after failures that came before
    there was a plan is a new try, and the guard still looks at what it would do.
    """

    delivery: Delivery
    content_type: str
    state: str
    cursor: int
    released: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what became of them, and records that a snapshot ended."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    retracted: int = 0
    rejected: int = 0
    ended: int = 0


async def next_work(conn: Connection, register: str) -> Work | None:
    """Return the register's first waiting delivery, in order of arrival, if it is due."""
    row = await conn.fetchrow(
        """select *, coalesce(retry_at <= now(), true) as due from delivery
           where register = $1 and state in ('received', 'validating', 'applying')
           order by created_at, id limit 1""",
        register,
    )
    if row is None or not row["due"]:
        return None
    return Work(
        delivery_of(row),
        row["content_type"],
        row["state"],
        row["cursor"],
        row["released_at"] is not None and row["planned"] is not None,
    )


def delivery_of(row: Any) -> Delivery:  # noqa: ANN401  asyncpg's record
    """Return what rules and effects may know of a stored delivery."""
    return Delivery(
        id=row["id"],
        register=row["register"],
        mode=row["mode"],
        dry_run=row["dry_run"],
        atomic=row["atomic"],
        by=row["delivered_by"],
        day=row["day"],
    )


async def begin_validation(conn: Connection, delivery_id: UUID) -> None:
    """Take a received delivery up, or start again one whose validation broke off."""
    await _one(
        conn,
        """update delivery set state = 'validating', started_at = coalesce(started_at, now()),
                  rows = 0, rejected = 0
           where id = $1 and state in ('received', 'validating')""",
        delivery_id,
    )


async def note_rows(conn: Connection, delivery_id: UUID, rows: int) -> None:
    """Show how many rows have been read so far."""
    await _one(
        conn,
        "update delivery set rows = $2 where id = $1 and state = 'validating'",
        delivery_id,
        rows,
    )


async def keep_errors(
    conn: Connection, delivery_id: UUID, rows: int, *, subjects: bool = False
) -> int:
    """Keep the refusals found by validation; return how many rows they refuse.

    With ``subjects``, also whom each row is about.
    """
    await conn.execute("delete from delivery_error where delivery_id = $1", delivery_id)
    subject = ", subject" if subjects else ""
    await conn.execute(
        f"""insert into delivery_error
             (delivery_id, row_no, error_no, key, field, code, detail, difference{subject})
           select $1, row_no, row_number() over (partition by row_no order by code, field),
                  key, field, code, detail, difference{subject}
           from row_error""",
        delivery_id,
    )
    rejected: int = await conn.fetchval("select count(distinct row_no) from row_error")
    await _one(
        conn,
        "update delivery set rows = $2, rejected = $3 where id = $1 and state = 'validating'",
        delivery_id,
        rows,
        rejected,
    )
    return rejected


async def begin_applying(
    conn: Connection, delivery_id: UUID, plan: Plan, note: Explanation | None
) -> None:
    """Leave validation behind: from here on refused rows stand, and rows count as they go."""
    await _one(
        conn,
        """update delivery set state = 'applying', planned = $2,
                  explanation_code = $3, explanation = $4
           where id = $1 and state = 'validating'""",
        delivery_id,
        _json(plan),
        note.code if note else None,
        note.detail if note else None,
    )


async def hold(
    conn: Connection, delivery_id: UUID, reason: Explanation, plan: Plan | None = None
) -> None:
    """Stop before anything (more) is applied, until a named person decides."""
    await _one(
        conn,
        """update delivery set state = 'held', planned = coalesce($2, planned),
                  explanation_code = $3, explanation = $4
           where id = $1 and state in ('received', 'validating', 'applying')""",
        delivery_id,
        _json(plan) if plan else None,
        reason.code,
        reason.detail,
    )


async def advance(
    conn: Connection, delivery_id: UUID, before: int, after: int, counts: Counts
) -> None:
    """Move the cursor and add what became of the rows it passed, in their own transaction.

    ``before`` must be where the cursor stands: two workers can never apply one row twice.
    """
    await _one(
        conn,
        """update delivery set cursor = $3, created = created + $4, changed = changed + $5,
                  unchanged = unchanged + $6, retracted = retracted + $7,
                  rejected = rejected + $8, ended = ended + $9
           where id = $1 and state = 'applying' and cursor = $2""",
        delivery_id,
        before,
        after,
        counts.created,
        counts.changed,
        counts.unchanged,
        counts.retracted,
        counts.rejected,
        counts.ended,
    )


async def refuse_row(conn: Connection, delivery_id: UUID, error: RowError) -> None:
    """Keep a refusal that only applying the row could bring out."""
    values: list[Any] = [error.row_no, error.key, error.field, error.code, error.detail]
    column, value = "", ""
    if error.subject is not None:
        column, value = ", subject", ", $7"
        values.append(error.subject)
    await conn.execute(
        f"""insert into delivery_error
              (delivery_id, row_no, error_no, key, field, code, detail{column})
            select $1, $2, coalesce(max(error_no), 0) + 1, $3, $4, $5, $6{value}
            from delivery_error where delivery_id = $1 and row_no = $2""",
        delivery_id,
        *values,
    )


async def counts_of(conn: Connection, delivery_id: UUID) -> Counts:
    """Return the counts as the present transaction sees them."""
    row = await conn.fetchrow(
        """select created, changed, unchanged, retracted, rejected, ended
           from delivery where id = $1""",
        delivery_id,
    )
    return Counts(**dict(row or {}))


async def finish(conn: Connection, delivery_id: UUID) -> None:
    """Mark the delivery applied and let its body go; the database checks the sum of rows."""
    await _one(
        conn,
        """update delivery set state = 'applied', finished_at = now()
           where id = $1 and state = 'applying'""",
        delivery_id,
    )
    await body.purge(conn, delivery_id)


async def finish_dry_run(
    conn: Connection, delivery_id: UUID, counts: Counts, moved: list[dict[str, Any]]
) -> None:
    """Keep what a dry run would have done, now that all of it has been rolled back."""
    await _one(
        conn,
        """update delivery set created = $2, changed = $3, unchanged = $4, retracted = $5,
                  rejected = $6, ended = $7, moved_figures = $8
           where id = $1 and state = 'applying'""",
        delivery_id,
        counts.created,
        counts.changed,
        counts.unchanged,
        counts.retracted,
        counts.rejected,
        counts.ended,
        _json(moved),
    )
    await finish(conn, delivery_id)


async def reject(conn: Connection, delivery_id: UUID, rows: int, reason: Explanation) -> None:
    """Refuse the delivery as a whole: nothing of it is applied, so every row is rejected."""
    await _one(
        conn,
        """update delivery set state = 'rejected', finished_at = now(), rows = $2,
                  rejected = $2, created = 0, changed = 0, unchanged = 0, retracted = 0,
                  ended = 0, cursor = 0, explanation_code = $3, explanation = $4
           where id = $1 and state in ('validating', 'applying')""",
        delivery_id,
        rows,
        reason.code,
        reason.detail,
    )
    await body.purge(conn, delivery_id)


async def note_failure(conn: Connection, delivery_id: UUID) -> int:
    """Count a failure of ours and put the next try off, longer each time; return the failures."""
    failures: int = await conn.fetchval(
        """update delivery set failures = failures + 1,
                  retry_at = now() + make_interval(secs => least(60, power(2, failures)))
           where id = $1 returning failures""",
        delivery_id,
    )
    return failures


async def _one(conn: Connection, statement: str, *args: object) -> None:
    if await conn.execute(statement, *args) != "UPDATE 1":
        raise DeliveryGone


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
