"""Record contacts with youths of the responsibility for activity, correct and retract them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel

from services.participants import queries
from services.participants.errors.kaa import (
    KaaDayInFuture,
    KaaRecordRetracted,
    OutsideMembership,
)
from services.participants.errors.records import ValueNeeded
from services.participants.figures import facts
from services.participants.queries import kaa as reads
from shared.clock import today, utcnow
from shared.db import WriteSession, driver
from shared.journal import Cause, settle
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from asyncpg import Record

    from services.participants.schemas.kaa import KaaContactCorrectionIn, KaaContactIn
    from shared.auth import Caller
    from shared.db import Connection

WRITE = "participants:write"
_FIELDS = ("held_on", "channel", "two_way", "occupation")

_RECORD = """
    insert into kaa_contact (membership_id, held_on, channel, two_way, occupation)
    values ($1, $2, $3, $4, $5) returning id
"""


async def record(session: WriteSession, given: KaaContactIn, *, by: Caller) -> Record:
    """Record a contact on a day of the membership.

    Raises:
        ScopeMissing: the caller may read the register and not write.
        KaaMembershipNotFound: not there, or not for this caller to see.
        KaaRecordRetracted, KaaDayInFuture, OutsideMembership: the rule that is broken.

    """
    by.require_scope(WRITE)
    conn = await driver(session)
    membership = await reads.membership_for_record(conn, given.membership_id, by=by)
    if membership["retracted"]:
        raise KaaRecordRetracted
    check_day(membership, given.held_on, "held_on")
    made = await conn.fetchval(
        _RECORD, given.membership_id, given.held_on, given.channel, given.two_way, given.occupation
    )
    await _settle(conn, made, cause=Cause.NEW, reason="contacted", fresh=True)
    return await queries.one(conn, reads.KAA_CONTACT, made, by=by)


async def correct(
    session: WriteSession,
    contact_id: UUID,
    correction: KaaContactCorrectionIn,
    *,
    expected: int,
    by: Caller,
) -> Record:
    """Correct a contact; the version before is kept with the reason.

    Raises:
        KaaContactNotFound: not there, or not for this caller to see.
        PreconditionFailed: it changed since the caller read it.
        KaaRecordRetracted, ValueNeeded: the rule that is broken; also those of `record`.

    """
    by.require_scope(WRITE)
    conn = await driver(session)
    held = await _live(conn, contact_id, expected, by=by)
    given = correction.model_fields_set & set(_FIELDS)
    changes = {name: getattr(correction, name) for name in _FIELDS if name in given}
    for name, value in changes.items():
        if value is None:
            raise ValueNeeded.of(to_camel(name), "null", "A value is needed.")
    check_day(held, changes.get("held_on", held["held_on"]), "held_on")
    cause, reason = Cause.CORRECTION, correction.reason
    await _rewrite(conn, contact_id, changes, cause=cause, reason=reason, by=by)
    return await queries.one(conn, reads.KAA_CONTACT, contact_id, by=by)


async def retract(
    session: WriteSession, contact_id: UUID, *, expected: int, reason: str, by: Caller
) -> Record:
    """Take back a contact that never was.

    Raises:
        KaaContactNotFound: not there, or not for this caller to see.
        PreconditionFailed: it changed since the caller read it.
        KaaRecordRetracted: already.

    """
    by.require_scope(WRITE)
    conn = await driver(session)
    await _live(conn, contact_id, expected, by=by)
    gone, cause = {"retracted_at": utcnow()}, Cause.RETRACTION
    await _rewrite(conn, contact_id, gone, cause=cause, reason=reason, by=by)
    return await queries.one(conn, reads.KAA_CONTACT, contact_id, by=by)


def check_day(membership: Record, day: date, field: str) -> None:
    """Refuse a day that has not come, or on which the youth is no member.

    Args:
        membership: a row with the days between which the youth is one.
        day: when something happened.
        field: of the body.

    """
    if day > today():
        raise KaaDayInFuture.of(to_camel(field), "in_future", "The day has not come.")
    if not membership["joined_on"] <= day < membership["ends_on"]:
        raise OutsideMembership(
            joined_on=f"{membership['joined_on']}", ends_on=f"{membership['ends_on']}"
        )


async def _live(conn: Connection, contact_id: UUID, expected: int, *, by: Caller) -> Record:
    seen = await queries.one(conn, reads.KAA_CONTACT, contact_id, by=by)
    await reads.membership_for_record(conn, seen["membership_id"], by=by)
    await conn.execute("select from kaa_contact where id = $1 for update", contact_id)
    held = await queries.one(conn, reads.KAA_CONTACT, contact_id, by=by)
    if held["retracted"]:
        raise KaaRecordRetracted
    require_version(expected, held["version"])
    return held


async def _rewrite(
    conn: Connection,
    contact_id: UUID,
    values: Mapping[str, Any],
    *,
    cause: Cause,
    reason: str,
    by: Caller,
) -> None:
    await keep_version(conn, "kaa_contact", [contact_id], reason=reason, by=by.subject)
    assignments = "".join(f"{name} = ${place}, " for place, name in enumerate(values, start=2))
    await conn.execute(
        f"update kaa_contact set {assignments}{BUMP} where id = $1", contact_id, *values.values()
    )
    await _settle(conn, contact_id, cause=cause, reason=reason)


async def _settle(
    conn: Connection, contact_id: UUID, *, cause: Cause, reason: str, fresh: bool = False
) -> None:
    await settle(
        conn,
        facts.JOURNAL,
        "kaa_contact",
        [contact_id],
        wanted_sql=facts.KAA_CONTACT,
        cause=cause,
        reason=reason,
        fresh=fresh,
    )
