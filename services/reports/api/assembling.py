"""Assembling a report for whoever asks, from any route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from services.reports import looking_up, releasing, reporting
from services.reports.api.recalling import Given, Recalled
from services.reports.clients import Providers
from services.reports.domain import notes
from services.reports.domain.audience import Audience
from services.reports.settings import ReportsSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fastapi import Request

    from services.reports.domain.assembly import Document
    from services.reports.domain.disclosure.regions import Record, Region
    from services.reports.gathering import Ledger, RowKeeper
    from shared.auth import Caller
    from shared.context import ServiceContext

COMMITTEE = "reports:committee"
"""The scope of exact numbers."""


async def answered(
    request: Request, caller: Caller, asked: reporting.Request
) -> tuple[Document, bytes]:
    """Return a report as its audience may read it, and its bytes.

    What the public is told is recorded first, and the same question at the same basis gives the
    same bytes for ever.

    Raises:
        ScopeMissing: exact numbers need `reports:committee`.
        PublicNeedsEveryUnit: a release needs a token that covers every unit.

    """
    if asked.audience is Audience.COMMITTEE:
        caller.require_scope(COMMITTEE)
    context: ServiceContext = request.app.state.services
    recalled = context.get(Recalled)
    given = recalled.find(asked, caller)
    if given is None:
        given = await _given(request, caller, asked)
        recalled.keep(asked, caller, given)
    return given.document, given.body


async def _given(request: Request, caller: Caller, asked: reporting.Request) -> Given:
    if asked.audience is Audience.COMMITTEE:
        document = await assembled(request, caller, asked)
        return Given(document, reporting.encode(document)[0])
    made = await released(request, caller, asked)
    return Given(made.document, made.body)


async def released(request: Request, caller: Caller, asked: reporting.Request) -> releasing.Release:
    """Record a release to the public, or find the one that answers the question already.

    Raises:
        PublicNeedsEveryUnit: a release needs a token that covers every unit.

    """
    context: ServiceContext = request.app.state.services
    return await releasing.release(
        context.db,
        asked,
        _Sources(request, caller, asked),
        threshold=settings_of(request).disclosure_threshold,
        by=caller,
    )


@dataclass(frozen=True)
class _Sources:
    """See `releasing.Sources`."""

    request: Request
    caller: Caller
    asked: reporting.Request

    async def assemble(self) -> Document:
        return await _unnoted(self.request, self.caller, self.asked)

    async def counted(self, wanted: Mapping[datetime, Sequence[Region]]) -> list[Record]:
        context: ServiceContext = self.request.app.state.services
        return await looking_up.counted(
            context.get(Providers).asked_by(self.caller),
            wanted,
            time_budget=settings_of(self.request).time_budget,
        )


async def outlined(request: Request, caller: Caller, asked: reporting.Request) -> reporting.Outline:
    """Return what a report will be called and its basis, asked for with the caller's own token."""
    context: ServiceContext = request.app.state.services
    return await reporting.outline(
        context.db,
        context.get(Providers).asked_by(caller),
        asked,
        time_budget=settings_of(request).time_budget,
    )


async def assembled(request: Request, caller: Caller, asked: reporting.Request) -> Document:
    """Return a report as a document, asked for with the caller's own token."""
    return notes.written(await _unnoted(request, caller, asked))


async def _unnoted(request: Request, caller: Caller, asked: reporting.Request) -> Document:
    """Return a report without the notes that write themselves: those come after protection."""
    context: ServiceContext = request.app.state.services
    return await reporting.assemble(
        context.db,
        context.get(Providers).asked_by(caller),
        asked,
        time_budget=settings_of(request).time_budget,
    )


def ledger(request: Request, caller: Caller) -> Ledger:
    """Return the budget service, asked on behalf of a caller."""
    context: ServiceContext = request.app.state.services
    return context.get(Providers).ledger(caller)


def keeper(request: Request, caller: Caller, service: str) -> RowKeeper:
    """Return a service that keeps rows, asked on behalf of a caller."""
    context: ServiceContext = request.app.state.services
    return context.get(Providers).keeper(service, caller)


def settings_of(request: Request) -> ReportsSettings:
    """Return the service's settings."""
    context: ServiceContext = request.app.state.services
    return cast("ReportsSettings", context.settings)


def cache_of(document: Document) -> str:
    """Return how long an answer may be kept: a partial report, asked again, may be whole."""
    return "private, no-cache" if document["status"] == "complete" else "no-store"
