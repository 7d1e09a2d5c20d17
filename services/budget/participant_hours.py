"""Attested hours of participants, as participants tells of them: co-financing in kind.

The highest version of an attestation says how many minutes count now, whatever order the events
arrived in; earlier versions are kept for the bases that saw them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.claim_facts import COFINANCING_FACTS
from services.budget.figures import FACTS
from shared.db import Connection
from shared.journal import Cause, settle


@dataclass(frozen=True, slots=True)
class Attested:
    """One version of an attestation; zero minutes when it was withdrawn."""

    attestation_id: UUID
    version: int
    project: str
    programme: str
    month: date
    minutes: int


async def receive(conn: Connection, told: Attested, *, event_id: UUID) -> None:
    """Keep a version, once; value the attestation by its highest version."""
    await conn.execute(
        "select pg_advisory_xact_lock(hashtext('participant_hours'), hashtext($1))",
        str(told.attestation_id),
    )
    await conn.execute(
        """
        insert into participant_hours
            (attestation_id, version, project, programme, month, minutes, event_id, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7,
                greatest(now(), (select max(recorded_at) + interval '1 microsecond'
                                 from participant_hours where attestation_id = $1)))
        on conflict (attestation_id, version) do nothing
        """,
        told.attestation_id,
        told.version,
        told.project,
        told.programme,
        told.month,
        told.minutes,
        event_id,
    )
    await value(conn, [told.attestation_id], reason=f"attested, version {told.version}")


async def value(
    conn: Connection, attestations: Sequence[UUID], *, reason: str, cause: Cause | None = None
) -> None:
    """Make the co-financing in the journal agree with attestations, grants and rates."""
    await settle(
        conn,
        FACTS,
        "participant_hours",
        attestations,
        wanted_sql=COFINANCING_FACTS,
        reason=reason,
        cause=cause,
    )


async def value_anew(
    conn: Connection,
    *,
    programme: str | None = None,
    project: str | None = None,
    reason: str,
    cause: Cause,
) -> None:
    """Value the hours of a programme period's projects, or of one project, by today's rules."""
    rows = await conn.fetch(
        """
        select distinct h.attestation_id from participant_hours h
        where ($1::text is null or h.project = $1)
          and ($2::text is null or h.project in (
              select p.number from project p join grant_decision g on g.project_id = p.id
              where g.programme_period = $2))
        order by h.attestation_id
        """,
        project,
        programme,
    )
    await value(conn, [row["attestation_id"] for row in rows], reason=reason, cause=cause)
