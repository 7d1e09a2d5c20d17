"""What follows from enrolments that a delivery changed: their facts, and all that hangs on them.

A source sends an enrolment whole each time. That somebody has left since, or has answered, is
news and corrects nothing; any other difference means that what was told before was wrong.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from services.participants import activities, esf_participations, hour_attestations
from services.participants.figures import facts
from services.participants.follow_ups import realign
from services.participants.told_referrals import tell_referred
from shared.journal import Cause, settle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from shared.db import Connection
    from shared.deliveries import Batch

ENTRY_COLUMNS = (
    "unit",
    "programme",
    "team",
    "ground",
    "circumstances",
    "status_at_entry",
    "unemployed_since",
    "education_at_entry",
    "started_on",
)


def _of(alias: str, *names: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _as_told(answer: str, day: str) -> str:
    """Return the SQL that a row says of an answer what was told, or nothing, or the first."""
    return f"""(b.{day} is null or e.{day} is null
                or (b.{day}, b.{answer}) is not distinct from (e.{day}, e.{answer}))"""


# Before the batch is applied: the enrolment as it was beside what is said of it now.
_CAUSES = f"""
    select b.record_id,
           case when not (
                    e.retracted_at is null and e.person_id = p.id
                    and (e.stated_district, {_of("e", *ENTRY_COLUMNS)})
                        is not distinct from (b.residence_district, {_of("b", *ENTRY_COLUMNS)})
                    and (e.exited_on is null or (e.exited_on, e.outcome)
                                                is not distinct from (b.exited_on, b.outcome))
                    and {_as_told("esf_circumstances", "esf_consented_on")}
                    and {_as_told("esf_results", "esf_results_on")}
                ) then '{Cause.CORRECTION}'
                when e.exited_on is distinct from b.exited_on then '{Cause.NEW}'
                else '{Cause.PROGRESS}' end as cause
    from batch b
    join enrolment e on e.id = b.record_id
    join person p on p.identity_number_hash = b.identity_hash
    where b.effect = 'changed' order by b.row_no
"""

_IN_TURN = (Cause.CORRECTION, Cause.PROGRESS, Cause.NEW)
"""Of one person's enrolments in one batch those that correct come first: what hangs on several of
them, which only follow-ups do, counts as corrected."""


async def causes(conn: Connection) -> dict[Cause, list[UUID]]:
    """Return the changed enrolments of a batch that is not applied yet, by what changes them."""
    found: dict[Cause, list[UUID]] = defaultdict(list)
    for row in await conn.fetch(_CAUSES):
        found[Cause(row["cause"])].append(row["record_id"])
    return found


async def follow_all(
    conn: Connection,
    told: Mapping[Cause, list[UUID]],
    created: list[UUID],
    left: list[UUID],
    batch: Batch,
) -> None:
    """Follow a whole batch: what it changed, what is new, and of whom it was about before.

    Args:
        conn: inside the batch's transaction, the enrolments written and the new ones booked.
        told: the changed enrolments by cause (`causes`).
        created: the new ones.
        left: other enrolments of people about whom a changed one is no longer.
        batch: of the delivery.

    """
    parts = [*filter(None, (*told.values(), created, left))]
    if len(parts) > 1:
        await esf_participations.hold(conn, [each for part in parts for each in part])
    for cause in _IN_TURN:
        await follow(conn, told.get(cause, []), cause, batch)
    reason, by = batch.reason, batch.by
    await realign(conn, created, cause=Cause.NEW, reason=reason, by=by)
    await realign(conn, left, cause=Cause.CORRECTION, reason=reason, by=by)


async def follow(conn: Connection, changed: list[UUID], cause: Cause, batch: Batch) -> None:
    """Settle changed enrolments, plan and move what hangs on them, tell whoever referred them."""
    if not changed:
        return
    await book(conn, changed, cause, batch)
    reason, by = batch.reason, batch.by
    await activities.realign(conn, changed, cause=cause, reason=reason, by=by)
    await realign(conn, changed, cause=cause, reason=reason, by=by)
    await hour_attestations.realign(conn, changed, reason=reason, by=by)
    await tell_referred(conn, changed, reason=reason, by=by)


async def book(
    conn: Connection, ids: list[UUID], cause: Cause, batch: Batch, *, fresh: bool = False
) -> None:
    """Settle the facts of enrolments themselves; of new ones nothing is booked yet."""
    await settle(
        conn,
        facts.JOURNAL,
        "enrolment",
        ids,
        wanted_sql=facts.ENROLMENT,
        cause=cause,
        reason=batch.reason,
        fresh=fresh,
    )
