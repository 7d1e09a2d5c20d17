"""How much of the inbox is not applied, and tidying what is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Backlog:
    """What has been received and not applied."""

    due: int
    """Due now, or waiting for another try."""

    parked: int
    """Waiting for an earlier event of the same aggregate."""

    dead: int

    oldest_age: float
    """Seconds since the oldest of them was received."""


async def backlog(conn: Connection) -> Backlog:
    """Count what is not applied."""
    row = await conn.fetchrow(
        """
        SELECT count(*) FILTER (WHERE next_attempt_at IS NOT NULL) AS due,
               count(*) FILTER (WHERE next_attempt_at IS NULL AND dead_at IS NULL) AS parked,
               count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead,
               coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8
                   AS oldest_age
          FROM inbox WHERE applied_at IS NULL
        """
    )
    assert row is not None  # noqa: S101  an aggregate without GROUP BY gives one row
    return Backlog(**dict(row))


async def prune(conn: Connection, *, older_than: timedelta, limit: int) -> int:
    """Delete at most ``limit`` events applied longer ago than that; return how many.

    The cursor still knows that they were applied, so a late duplicate has no effect.
    """
    done = await conn.execute(
        """
        DELETE FROM inbox WHERE (source, event_id) IN (
            SELECT source, event_id FROM inbox
             WHERE applied_at < now() - $1::interval ORDER BY applied_at LIMIT $2)
        """,
        older_than,
        limit,
    )
    return int(done.removeprefix("DELETE "))
