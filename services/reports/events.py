"""What reports tells the others."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta

from shared.events import Code, Event, Instant, Routes

Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
PeriodText = Annotated[str, Meta(pattern=r"^[0-9]{4}(-(T[123]|Q[1-4]|[0-9]{2}))?$")]


class ReportAttested(Event):
    """A person answers for a committee report; who it is stands in the report, not here."""

    type: ClassVar[str] = "reports.report.attested"
    aggregate: ClassVar[str] = "committee-report"
    key: ClassVar[str] = "report_id"

    report_id: UUID
    template: Code
    period: PeriodText
    basis: Instant
    content_hash: Hash
    area: Code | None = None
    programme: Code | None = None


ROUTES: Routes = {ReportAttested: ()}
