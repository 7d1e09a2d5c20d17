"""Two transactions that meet: one begins while the other has not yet been committed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from services.outreach.constraints import CONSTRAINT_ERRORS
from shared.auth import ALL, Caller
from shared.database_errors import DATABASE_ERRORS, translate
from shared.db import Connection, WriteSession, driver
from shared.errors import DomainError
from tests.outreach.arena import EVERYTHING, Arena

CLERK = Caller("clerk", frozenset(EVERYTHING), ALL)

Deed: TypeAlias = "Callable[[WriteSession], Awaitable[Any]]"

WAITING = """
    select exists (select from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock')
"""


async def meet(
    arena: Arena,
    first: Deed,
    second: Deed,
    then: Callable[[Connection], Awaitable[None]] | None = None,
) -> str | None:
    """Do the second while the first is done but not committed; return the second's refusal.

    The first may go on, once the second waits for it or is done.
    """
    async with arena.db.begin() as session:
        await first(session)
        doing = asyncio.create_task(_done(arena, second))
        async with asyncio.timeout(10):
            while not doing.done() and not await arena.scalar(WAITING):
                await asyncio.sleep(0)
        if then is not None:
            await then(await driver(session))
    return await doing


async def _done(arena: Arena, deed: Deed) -> str | None:
    """Do something in a transaction of its own; return how it was refused, as a caller sees it."""
    try:
        async with arena.db.begin() as session:
            await deed(session)
    except DomainError as refused:
        return refused.code
    except DATABASE_ERRORS as error:
        meant = translate(error, CONSTRAINT_ERRORS)
        if meant is None:
            raise
        return meant.code
    return None
