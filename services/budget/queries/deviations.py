"""Thresholds and comments as they were known at a basis."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import asyncpg

from services.budget.domain.deviations import Comment, ComparedWith, SubjectKind, Threshold
from shared.db import Connection

_NEWEST_COMMENTS = """
    select distinct on (subject_key) subject_key, number, cause, action, deviation, compared_with
    from deviation_comment
    where period = $1 and subject_kind = $2 and recorded_at <= $3
    order by subject_key, number desc
"""


async def threshold(
    conn: Connection, kind: SubjectKind, on: date, basis: datetime
) -> Threshold | None:
    """Return the threshold in force on a day, None while nobody has decided one."""
    row = await conn.fetchrow(
        """
        select share_basis_points, amount, valid_from, decided_by, reference
        from deviation_threshold
        where subject_kind = $1 and valid_from <= $2 and recorded_at <= $3
        order by valid_from desc, id desc limit 1
        """,
        kind,
        on,
        basis,
    )
    if row is None:
        return None
    return Threshold(
        share=row["share_basis_points"],
        amount=row["amount"],
        valid_from=row["valid_from"],
        decided_by=row["decided_by"],
        reference=row["reference"],
    )


async def thresholds(conn: Connection) -> list[asyncpg.Record]:
    """Return every threshold that was decided, in the order they come into force."""
    return await conn.fetch(
        """
        select id, subject_kind, valid_from, share_basis_points, amount, decided_by, reference,
               by, recorded_at
        from deviation_threshold order by subject_kind, valid_from, id
        """
    )


async def comments(
    conn: Connection, kind: SubjectKind, period: int, basis: datetime
) -> dict[str, Comment]:
    """Return the newest comment on each subject's deviation at the end of a period."""
    rows = await conn.fetch(_NEWEST_COMMENTS, period, kind, basis)
    return {
        row["subject_key"]: Comment(
            number=row["number"],
            cause=row["cause"],
            action=row["action"],
            deviation=row["deviation"],
            compared_with=ComparedWith(row["compared_with"]),
        )
        for row in rows
    }


async def all_comments(
    conn: Connection, period: int | None, *, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """Return a page of comments in every version, by period and subject, and how many there are."""
    where = "where $1::int is null or period = $1"
    rows = await conn.fetch(
        f"""
        select id, period, subject_kind, subject_key, number, cause, action, deviation,
               compared_with, basis, by, recorded_at
        from deviation_comment {where}
        order by period, subject_kind, subject_key, number limit $2 offset $3
        """,
        period,
        limit,
        offset,
    )
    total = await conn.fetchval(f"select count(*) from deviation_comment {where}", period)
    return rows, total


async def one_comment(conn: Connection, comment_id: UUID) -> asyncpg.Record:
    """Return a comment that was just recorded."""
    rows: list[asyncpg.Record] = await conn.fetch(
        "select * from deviation_comment where id = $1", comment_id
    )
    return rows[0]


async def next_number(conn: Connection, period: int, kind: SubjectKind, key: str) -> int:
    """Lock a period's comments and return the number of the subject's next one."""
    await conn.execute("select pg_advisory_xact_lock(hashtext('deviation_comment'), $1)", period)
    number: int = await conn.fetchval(
        "select coalesce(max(number), 0) + 1 from deviation_comment"
        " where period = $1 and subject_kind = $2 and subject_key = $3",
        period,
        kind,
        key,
    )
    return number
