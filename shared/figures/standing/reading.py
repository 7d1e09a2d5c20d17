"""Reading figures at a basis, and remembering afterwards which questions took long."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from shared.basis import reading_at
from shared.figures.standing.questions import LONG, NOTED, Noted, remember

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Database, ReadSession

log = structlog.get_logger(__name__)


@asynccontextmanager
async def reading_figures(
    db: Database, basis: datetime | None = None, *, long: float = LONG
) -> AsyncIterator[tuple[ReadSession, datetime]]:
    """Open a transaction as `shared.basis.reading_at`; what takes long to count in it stands.

    Args:
        db: the service's.
        basis: settled; None for the newest.
        long: seconds that counting may take without its question standing.

    Raises:
        BasisNotSettled, BasisUnavailable: see `shared.basis.settled_basis`.

    """
    noted = Noted(long)
    token = NOTED.set(noted)
    try:
        async with reading_at(db, basis) as (session, at):
            yield session, at
    finally:
        NOTED.reset(token)
    try:
        await remember(db, noted.questions)
    except Exception as error:  # noqa: BLE001  what was asked has been answered, and is right
        log.warning("question_not_remembered", code=type(error).__name__)
