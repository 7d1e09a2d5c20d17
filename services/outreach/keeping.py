"""How records are kept: added, changed and retracted with version, reason and facts at once.

Whatever counts for something is settled in the same transaction (`facts`), so the journal and
the records cannot part.
"""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert

from services.outreach import facts, queries
from services.outreach.errors import AlreadyRetracted, IdTaken
from services.outreach.models import (
    Agreement,
    OutreachWorker,
    Record,
    RetractableRecord,
    StudyGroup,
)
from services.outreach.queries import Noun
from shared.auth import Caller
from shared.db import WriteSession, driver
from shared.journal import Cause
from shared.records import keep_version, record_history
from shared.unit import require_version

Row = TypeVar("Row", bound=Record)
Retractable = TypeVar("Retractable", bound=RetractableRecord)

CREATED = "recorded"
"""The reason of a record's first facts."""


async def add(session: WriteSession, row: Row, *, by: str) -> Row:
    """Store a new record and what it counts for."""
    row.recorded_by = by
    session.add(row)
    await session.flush()
    await _settle(session, row, reason=CREATED, fresh=True)
    return row


async def add_once(
    session: WriteSession, noun: Noun[Row], values: dict[str, Any], *, by: str
) -> tuple[Row, bool]:
    """Store a record under the id its client made; return it, and whether it is new.

    The same record sent again, from a line that breaks, is found and not stored twice.

    Raises:
        IdTaken: the id was first used for other content.

    """
    if values.get("id") is None:
        row = noun.model(**{name: value for name, value in values.items() if name != "id"})
        return await add(session, row, by=by), True
    statement = insert(noun.model).values(**values, recorded_by=by)
    statement = statement.on_conflict_do_nothing(index_elements=["id"])
    created = await session.scalar(statement.returning(noun.model))
    if created is None:
        return await same(session, noun, values), False
    await _settle(session, created, reason=CREATED, fresh=True)
    return created, True


async def same(session: WriteSession, noun: Noun[Row], values: dict[str, Any]) -> Row:
    """Return the record that already has an id, when it began as what is sent now.

    Raises:
        IdTaken: it began as something else.

    """
    conn = await driver(session)
    history = await record_history(conn, noun.model.__tablename__, values["id"])
    sent = msgspec.to_builtins(values)
    if any(history[0].body.get(name) != value for name, value in sent.items()):
        raise IdTaken(noun.name)
    return await session.get_one(noun.model, values["id"])


async def change(
    session: WriteSession,
    row: Row,
    values: dict[str, Any],
    *,
    reason: str,
    by: str,
    cause: Cause | None = None,
) -> bool:
    """Give a record other values, keeping what it said; return whether anything differed.

    The row is a locked one. Equal values write nothing: no version, no facts. A cause is given
    by who does something else than to correct what was counted.
    """
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not differing:
        return False
    conn = await driver(session)
    await keep_version(conn, row.__tablename__, [row.id], reason=reason, by=by)
    for name, value in differing.items():
        setattr(row, name, value)
    row.version += 1
    row.recorded_at = func.greatest(
        func.now(), type(row).recorded_at + text("interval '1 microsecond'")
    )
    row.recorded_by = by
    await session.flush()
    await session.refresh(row)
    await _settle(session, row, reason=reason, fresh=False, cause=cause)
    return True


def told_of_its_end(row: Agreement | OutreachWorker | StudyGroup, values: dict[str, Any]) -> bool:
    """Tell whether a change says how long something lasts, and corrects nothing.

    That is so when only the last day differs, and is told for the first time or is later than
    before: something ended, or was prolonged.
    """
    differing = {name for name, value in values.items() if getattr(row, name) != value}
    if differing != {"ends_on"}:
        return False
    return row.ends_on is None or values["ends_on"] is None or values["ends_on"] > row.ends_on


async def retract(
    session: WriteSession,
    noun: Noun[Retractable],
    record_id: UUID,
    *,
    version: int,
    reason: str,
    by: Caller,
) -> Retractable:
    """Say that a record never was true: figures of new bases leave it out, old ones keep it.

    Raises:
        NotFoundHere: no such record among the caller's units.
        PreconditionFailed: it has changed since it was read.
        AlreadyRetracted: it is retracted.

    """
    row = await for_change(session, noun, record_id, version=version, by=by)
    now = await session.scalar(func.now().select())
    gone = {"retracted_at": now}
    await change(session, row, gone, reason=reason, by=by.subject, cause=Cause.RETRACTION)
    return row


async def for_change(
    session: WriteSession, noun: Noun[Row], key: str | UUID, *, version: int, by: Caller
) -> Row:
    """Return a record locked, if it is still the version that the caller read.

    Raises:
        NotFoundHere: no such record among the caller's units.
        PreconditionFailed: it has changed since it was read.
        AlreadyRetracted: it is retracted.

    """
    row = await queries.read_for_change(session, noun, key, by=by)
    require_version(version, row.version)
    if isinstance(row, RetractableRecord) and row.retracted_at is not None:
        raise AlreadyRetracted
    return row


async def _settle(
    session: WriteSession, row: Record, *, reason: str, fresh: bool, cause: Cause | None = None
) -> None:
    if row.__tablename__ in facts.WANTED:
        conn = await driver(session)
        kind = facts.Kind(row.__tablename__)
        await facts.settle(conn, kind, [row.id], reason=reason, fresh=fresh, cause=cause)
