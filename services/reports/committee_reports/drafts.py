"""Drafts: made, and given newer contents, while each content stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from services.reports import kept_reports, reporting
from services.reports.committee_reports.states import add_step, for_change, require_draft
from services.reports.errors import NotReplaceable, PartialFigures
from shared.auth import ALL, Caller
from shared.unit import require_version

if TYPE_CHECKING:
    from asyncpg import Record

    from services.reports.domain.assembly import Document
    from services.reports.reporting import Request
    from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Replacing:
    """An attested report that a new one replaces, and why."""

    report_id: UUID
    reason: str


def require_every_unit(caller: Caller) -> None:
    """Refuse a caller whose figures are those of some units only.

    Raises:
        PartialFigures: the token does not cover every unit.

    """
    if caller.units != ALL:
        raise PartialFigures


async def make(
    conn: Connection,
    asked: Request,
    document: Document,
    *,
    replacing: Replacing | None,
    by: Caller,
) -> UUID:
    """Keep a document as a new draft.

    Raises:
        NotReplaceable: what it would replace is not an attested report of the same question.

    """
    if replacing is not None:
        await _require_replaceable(conn, asked, replacing.report_id)
    report_id: UUID = await conn.fetchval(
        """insert into committee_report (template, period, area, programme, title,
               content_number, supersedes, supersedes_reason, by)
           values ($1, $2, $3, $4, $5, 1, $6, $7, $8) returning id""",
        asked.template,
        document["period"]["period"],
        asked.area or "",
        asked.programme or "",
        document["title"],
        replacing and replacing.report_id,
        replacing and replacing.reason,
        by.subject,
    )
    await _add_content(conn, report_id, 1, document, by=by)
    await add_step(conn, report_id, 1, "made", by=by)
    return report_id


async def refresh(
    conn: Connection, report_id: UUID, document: Document, *, expected: int, by: Caller
) -> None:
    """Give a draft a newer content; the earlier ones stay.

    Raises:
        ReportNotFound, PreconditionFailed, ReportNotDraft: the report.

    """
    report = await for_change(conn, report_id, expected)
    require_refreshable(report, expected)
    number = report["content_number"] + 1
    await _add_content(conn, report_id, number, document, by=by)
    await conn.execute(
        "update committee_report set content_number = $2, version = version + 1 where id = $1",
        report_id,
        number,
    )
    await add_step(conn, report_id, report["version"] + 1, "refreshed", by=by)


def require_refreshable(report: Record, expected: int) -> None:
    """Refuse a report that cannot be refreshed, before its new content is assembled.

    Raises:
        PreconditionFailed, ReportNotDraft: the report.

    """
    require_version(expected, report["version"])
    require_draft(report)


def question(report: Record, *, basis: datetime | None = None) -> Request:
    """Return the question that a report answers, at a basis."""
    return reporting.Request(
        template=report["template"],
        period=report["period"],
        area=report["area"] or None,
        programme=report["programme"] or None,
        basis=basis,
    )


async def _add_content(
    conn: Connection, report_id: UUID, number: int, document: Document, *, by: Caller
) -> None:
    body, _ = reporting.encode(document)
    await conn.execute(
        """insert into committee_report_content
               (report_id, number, basis, status, content, content_hash, by)
           values ($1, $2, $3, $4, $5, $6, $7)""",
        report_id,
        number,
        datetime.fromisoformat(document["basis"]),
        document["status"],
        body,
        sha256(body).hexdigest(),
        by.subject,
    )


async def _require_replaceable(conn: Connection, asked: Request, report_id: UUID) -> None:
    report = await kept_reports.found(conn, report_id)
    same = replace(asked, basis=None) == question(report)
    if report["state"] != "attested" or not same or report["superseded_by"] is not None:
        raise NotReplaceable
