"""What budget says of deviations, for whoever is about to answer for a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.reports.api.assembling import ledger
from services.reports.domain.attesting import explained, statements_of, unexplained
from services.reports.gathering import ProviderFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncpg import Record

    from services.reports.domain.assembly import Document
    from services.reports.front.pages import Visit


@dataclass(frozen=True)
class Deviations:
    """A report's deviations above the threshold: in the way of attesting, and explained ones."""

    unexplained: Sequence[dict[str, str]] = ()
    explained: Sequence[dict[str, Any]] = ()
    unknown: bool = False
    """Whether budget could not be asked."""


async def deviations_of(visit: Visit, report: Record, document: Document) -> Deviations | None:
    """Return the deviations of a report's period at its basis; None for one without statements."""
    if not any(statements_of(document)):
        return None
    try:
        found = await ledger(visit.request, visit.session.caller).deviations(
            report["period"], report["basis"]
        )
    except ProviderFailed:
        return Deviations(unknown=True)
    return Deviations(unexplained(found), explained(found))
