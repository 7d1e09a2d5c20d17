"""What a kept report is today, as every page and file of it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports import readiness
from services.reports.publication.imprints import standing_of

if TYPE_CHECKING:
    from asyncpg import Record

    from services.reports.publication.imprints import Standing
    from shared.db import Connection


async def standing(conn: Connection, row: Record) -> tuple[Standing, list[int]]:
    """Return what a kept report is now, and the months that were opened again since its basis."""
    about = (row["template"], row["period"], row["basis"])
    (reopened,) = await readiness.reopened_since(conn, [about])
    said = standing_of(
        row["state"],
        row["attested_name"],
        row["attested_at"],
        superseded=row["superseded_by"] is not None,
        reopened=reopened,
    )
    return said, reopened
