"""Tell outreach what became of those it referred, and let a referral wait again for its unit.

An enrolment is told of as it is now, with its version, in the transaction of each change: one by
the API or fifty thousand by a delivery. Most enrolments have no referral behind them: they
concern nobody else, and nothing is told of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.events import (
    ROUTES,
    EnrolmentCorrected,
    EnrolmentExited,
    ReferralAccepted,
    ReferralReceived,
)
from shared import outbox
from shared.clock import today
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection
    from shared.events import Event

# The version before the present one says whether the change was that somebody left.
_REFERRED = """
    select e.id as enrolment_id, e.referral_id, e.started_on, e.exited_on, e.outcome,
           e.retracted_at is not null as retracted, e.version as version_after,
           e.retracted_at is null and e.exited_on is not null
           and (e.exited_on::text, e.outcome)
               is distinct from (v.body ->> 'exited_on', v.body ->> 'outcome') as left_now
    from enrolment e
    join record_version v
         on v.kind = 'enrolment' and v.record_id = e.id and v.version = e.version - 1
    where e.id = any($1::uuid[]) and e.referral_id is not null
    order by e.id
"""

# A referral is accepted by the enrolment that stands; one that was taken back never was. What was
# withdrawn while it was accepted does not wait again.
_ANSWERED_OTHERWISE = """
    select p.id, case when e.retracted_at is null then e.id end as enrolment_id
    from enrolment e join pending_enrolment p on p.referral_id = e.referral_id
    where e.id = any($1::uuid[])
      and case when e.retracted_at is null then p.enrolment_id is null
               else p.enrolment_id = e.id end
    order by p.id
"""

_ANSWER = f"""
    update pending_enrolment p
    set state = case when said.enrolment_id is not null then 'accepted'
                     when p.withdrawn_on is not null then 'withdrawn' else 'pending' end,
        enrolment_id = said.enrolment_id, reason = null,
        decided_on = case when coalesce(said.enrolment_id::text, p.withdrawn_on::text) is not null
                          then $3::date end,
        {BUMP}
    from unnest($1::uuid[], $2::uuid[]) said (id, enrolment_id)
    where p.id = said.id
    returning p.referral_id, p.enrolment_id, p.version as version_after
"""


async def tell_referred(
    conn: Connection, enrolment_ids: Sequence[UUID], *, reason: str, by: str
) -> None:
    """Tell of referred enrolments as a change has made them.

    An enrolment that never was is no answer: its referral waits again for its unit. One that a
    source brings back is the answer again.

    Args:
        conn: in the transaction of the change, after it.
        enrolment_ids: those changed, referred or not.
        reason: of the change.
        by: who made it.

    """
    referred = await conn.fetch(_REFERRED, list(enrolment_ids))
    if not referred:
        return
    told: list[Event] = [_news(row) for row in referred]
    otherwise = await conn.fetch(_ANSWERED_OTHERWISE, [row["enrolment_id"] for row in referred])
    if otherwise:
        waiting = [row["id"] for row in otherwise]
        await keep_version(conn, "pending_enrolment", waiting, reason=reason, by=by)
        by_now = [row["enrolment_id"] for row in otherwise]
        told += [_answer(row) for row in await conn.fetch(_ANSWER, waiting, by_now, today())]
    await outbox.record(conn, told, ROUTES)


def _news(row: Record) -> EnrolmentExited | EnrolmentCorrected:
    enrolment = {
        name: row[name]
        for name in (
            "enrolment_id",
            "referral_id",
            "started_on",
            "exited_on",
            "outcome",
            "version_after",
        )
    }
    if row["left_now"]:
        return EnrolmentExited(**enrolment)
    return EnrolmentCorrected(**enrolment, retracted=row["retracted"])


def _answer(row: Record) -> ReferralReceived | ReferralAccepted:
    if row["enrolment_id"] is None:
        return ReferralReceived(
            referral_id=row["referral_id"],
            received_on=today(),
            version_after=row["version_after"],
        )
    return ReferralAccepted(
        referral_id=row["referral_id"],
        accepted_on=today(),
        enrolment_id=row["enrolment_id"],
        version_after=row["version_after"],
    )
