"""Reading what is true now, or what was known at a basis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import Request

from shared.basis import reading_at
from shared.clock import utcnow
from shared.db import Connection, driver


@asynccontextmanager
async def reading_now_or_at(
    request: Request, basis: datetime | None
) -> AsyncIterator[tuple[Connection, datetime]]:
    """Open a transaction that reads everything committed, or what was recorded by a basis.

    Who has just recorded something sees it; what was committed a moment ago is not settled yet,
    so that only a basis that is given makes an answer repeatable.
    """
    db = request.app.state.services.db
    if basis is None:
        async with db.read() as session:
            yield await driver(session), utcnow()
        return
    async with reading_at(db, basis) as (session, at):
        yield await driver(session), at
