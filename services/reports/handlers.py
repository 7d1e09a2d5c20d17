"""Events that reports acts on: periods of the ledger that close and open again."""

from __future__ import annotations

from typing import ClassVar

from services.reports import readiness
from services.reports.readiness import PeriodNews
from shared.db import WriteSession, driver
from shared.events import Handlers, Message, Received

HANDLERS = Handlers()


class PeriodClosed(Message):
    """Nothing more is booked in a period."""

    type: ClassVar[str] = "budget.period.closed"

    period: int


class PeriodReopened(Message):
    """A closed period takes vouchers again."""

    type: ClassVar[str] = "budget.period.reopened"

    period: int


@HANDLERS.on(PeriodClosed)
async def keep_closing(session: WriteSession, event: Received[PeriodClosed]) -> None:
    """Keep that a period closed: a report whose periods all are can be made."""
    await _keep(session, event, closed=True)


@HANDLERS.on(PeriodReopened)
async def keep_reopening(session: WriteSession, event: Received[PeriodReopened]) -> None:
    """Keep that a period was reopened: a report made of it says so from then on."""
    await _keep(session, event, closed=False)


async def _keep(
    session: WriteSession, event: Received[PeriodClosed] | Received[PeriodReopened], *, closed: bool
) -> None:
    news = PeriodNews(
        period=event.data.period,
        closed=closed,
        sequence=event.sequence,
        event_id=event.id,
        occurred_at=event.occurred_at,
    )
    await readiness.receive(await driver(session), news)
