"""What outreach says of a referral after it was made: nobody answered in time, or it is withdrawn.

What one referral tells comes in the order in which it was told (the inbox sees to that), so the
pending enrolment is there. The same news again changes nothing. A unit's decision stands: a
withdrawal that comes after it is noted and decides nothing, unless that decision is taken back,
so that both services end in the same state whichever came first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.participants.errors.enrolments import PendingEnrolmentNotFound
from shared.clock import today
from shared.db import WriteSession, driver
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from datetime import date

    from asyncpg import Record

    from shared.db import Connection

_BY = "outreach"
_HELD = "select * from pending_enrolment where referral_id = $1 for update"
_OVERDUE = f"update pending_enrolment set overdue = true, answer_due_on = $2, {BUMP} where id = $1"
_WITHDRAW = f"""
    update pending_enrolment
    set withdrawn_on = $2, withdrawal_reason = $3,
        decided_on = case when state = 'pending' then $4 else decided_on end,
        state = case when state = 'pending' then 'withdrawn' else state end, {BUMP}
    where id = $1
"""


async def note_overdue(session: WriteSession, referral_id: UUID, answer_due_on: date) -> None:
    """Note that a referral was not answered in time; one that is decided shows it no more.

    Raises:
        PendingEnrolmentNotFound: it was never made; the event becomes a dead letter.

    """
    conn = await driver(session)
    held = await _held(conn, referral_id)
    if held["overdue"]:
        return
    await keep_version(conn, "pending_enrolment", [held["id"]], reason="overdue", by=_BY)
    await conn.execute(_OVERDUE, held["id"], answer_due_on)


async def note_withdrawal(
    session: WriteSession, referral_id: UUID, withdrawn_on: date, reason: str
) -> None:
    """Take a referral off its unit's list; where the unit has decided, only note it.

    Raises:
        PendingEnrolmentNotFound: it was never made; the event becomes a dead letter.

    """
    conn = await driver(session)
    held = await _held(conn, referral_id)
    if held["withdrawn_on"] is not None:
        return
    await keep_version(conn, "pending_enrolment", [held["id"]], reason="withdrawn", by=_BY)
    await conn.execute(_WITHDRAW, held["id"], withdrawn_on, reason, today())


async def _held(conn: Connection, referral_id: UUID) -> Record:
    held: Record | None = await conn.fetchrow(_HELD, referral_id)
    if held is None:
        raise PendingEnrolmentNotFound
    return held
