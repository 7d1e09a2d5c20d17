"""Committee reports: drafts that are fixed at a basis, frozen, and attested by a person.

Every content that a draft has had is kept. Attesting binds the content's hash and basis to a
name; the database itself refuses any later change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from services.reports import kept_reports, reporting
from services.reports.domain import attesting
from services.reports.errors import (
    AlreadyAttested,
    ContentChanged,
    DeviationsUncommented,
    DeviationsUnknown,
    NotReplaceable,
    PartialFigures,
    ReportNotDraft,
    ReportNotFrozen,
    ReportPartial,
    SamePerson,
    TiesBroken,
)
from services.reports.events import ROUTES, ReportAttested
from services.reports.gathering import ProviderFailed
from shared import outbox
from shared.auth import ALL, Caller
from shared.unit import require_version

if TYPE_CHECKING:
    from asyncpg import Record

    from services.reports.domain.assembly import Document
    from services.reports.gathering import Ledger
    from services.reports.reporting import Request
    from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Replacing:
    """An attested report that a new one replaces, and why."""

    report_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Signing:
    """Who attests what: the name as it stands on the report, and the content that was read."""

    name: str
    content_hash: str
    four_eyes: bool
    """Whether another person than the one who made the content must attest it."""


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
    await _add_step(conn, report_id, 1, "made", by=by)
    return report_id


async def refresh(
    conn: Connection, report_id: UUID, document: Document, *, expected: int, by: Caller
) -> None:
    """Give a draft a newer content; the earlier ones stay.

    Raises:
        ReportNotFound, PreconditionFailed, ReportNotDraft: the report.

    """
    report = await _for_change(conn, report_id, expected)
    require_refreshable(report, expected)
    number = report["content_number"] + 1
    await _add_content(conn, report_id, number, document, by=by)
    await conn.execute(
        "update committee_report set content_number = $2, version = version + 1 where id = $1",
        report_id,
        number,
    )
    await _add_step(conn, report_id, report["version"] + 1, "refreshed", by=by)


def require_refreshable(report: Record, expected: int) -> None:
    """Refuse a report that cannot be refreshed, before its new content is assembled.

    Raises:
        PreconditionFailed, ReportNotDraft: the report.

    """
    require_version(expected, report["version"])
    _require_draft(report)


async def freeze(conn: Connection, report_id: UUID, *, expected: int, by: Caller) -> None:
    """Stop a draft from being refreshed, so that what is read is what is attested.

    Raises:
        ReportNotFound, PreconditionFailed, ReportNotDraft: the report.

    """
    report = await _for_change(conn, report_id, expected)
    _require_draft(report)
    await _enter(conn, report, "frozen", step="frozen", by=by)


async def thaw(
    conn: Connection, report_id: UUID, *, reason: str, expected: int, by: Caller
) -> None:
    """Make a frozen report a draft again.

    Raises:
        ReportNotFound, PreconditionFailed, ReportNotFrozen: the report.

    """
    report = await _for_change(conn, report_id, expected)
    _require_frozen(report)
    await _enter(conn, report, "draft", step="thawed", reason=reason, by=by)


async def attest(
    conn: Connection,
    report_id: UUID,
    signing: Signing,
    ledger: Ledger,
    *,
    expected: int,
    by: Caller,
) -> None:
    """Put a person's name to a frozen report's content.

    Args:
        conn: the writing transaction.
        report_id: which report.
        signing: the name and what was read.
        ledger: asked whether every deviation has its comment.
        expected: the version that was read.
        by: who attests.

    Raises:
        ReportNotFound, PreconditionFailed, ReportNotFrozen, ContentChanged: the report.
        SamePerson: who made the content attests it.
        ReportPartial, TiesBroken, DeviationsUncommented, DeviationsUnknown: the content.
        AlreadyAttested: another report answers the question already.

    """
    report = await _for_change(conn, report_id, expected)
    _require_frozen(report)
    if report["content_hash"] != signing.content_hash:
        raise ContentChanged
    if signing.four_eyes and report["content_by"] == by.subject:
        raise SamePerson
    await _require_alone(conn, report)
    await require_attestable(await kept_reports.content(conn, report_id), report, ledger)
    await conn.execute(
        """insert into attestation (report_id, number, basis, content_hash, by, name)
           values ($1, $2, $3, $4, $5, $6)""",
        report_id,
        report["content_number"],
        report["basis"],
        report["content_hash"],
        by.subject,
        signing.name,
    )
    await _enter(conn, report, "attested", step="attested", by=by)
    await outbox.record(conn, [_told(report)], ROUTES)


async def require_attestable(body: bytes, report: Record, ledger: Ledger) -> None:
    """Refuse a content that nobody can answer for.

    Raises:
        ReportPartial, TiesBroken, DeviationsUncommented, DeviationsUnknown: each with its list.

    """
    document: Document = msgspec.json.decode(body)
    if document["status"] != "complete":
        raise ReportPartial(missing=attesting.missing_parts(document))
    broken = attesting.broken_ties(document)
    if broken:
        raise TiesBroken(broken_ties=broken)
    if not any(attesting.statements_of(document)):
        return
    try:
        deviations = await ledger.deviations(report["period"], report["basis"])
    except ProviderFailed as failed:
        raise DeviationsUnknown(reason=failed.reason) from failed
    missing = attesting.unexplained(deviations)
    if missing:
        raise DeviationsUncommented(uncommented_deviations=missing)


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


async def _add_step(
    conn: Connection, report_id: UUID, version: int, step: str, *, reason: str = "", by: Caller
) -> None:
    await conn.execute(
        """insert into committee_report_step (report_id, version, step, reason, by)
           values ($1, $2, $3, $4, $5)""",
        report_id,
        version,
        step,
        reason,
        by.subject,
    )


async def _enter(
    conn: Connection, report: Record, state: str, *, step: str, reason: str = "", by: Caller
) -> None:
    await conn.execute(
        "update committee_report set state = $2, version = version + 1 where id = $1",
        report["id"],
        state,
    )
    await _add_step(conn, report["id"], report["version"] + 1, step, reason=reason, by=by)


async def _for_change(conn: Connection, report_id: UUID, expected: int) -> Record:
    """Lock a report and return it as it is then."""
    await conn.execute("select from committee_report where id = $1 for update", report_id)
    report = await kept_reports.found(conn, report_id)
    require_version(expected, report["version"])
    return report


def _require_draft(report: Record) -> None:
    if report["state"] != "draft":
        raise ReportNotDraft(state=report["state"])


def _require_frozen(report: Record) -> None:
    if report["state"] != "frozen":
        raise ReportNotFrozen(state=report["state"])


async def _require_replaceable(conn: Connection, asked: Request, report_id: UUID) -> None:
    report = await kept_reports.found(conn, report_id)
    same = replace(asked, basis=None) == question(report)
    if report["state"] != "attested" or not same or report["superseded_by"] is not None:
        raise NotReplaceable


async def _require_alone(conn: Connection, report: Record) -> None:
    """Refuse when the question has an attested answer that this report does not replace."""
    same = (report["template"], report["period"], report["area"], report["programme"])
    await conn.execute(
        "select pg_advisory_xact_lock(hashtextextended($1, 0))", "attest:" + "/".join(same)
    )
    other = await conn.fetchval(
        """select r.id from committee_report r
           where (r.template, r.period, r.area, r.programme) = ($1, $2, $3, $4)
             and r.state = 'attested' and r.id is distinct from $5
             and not exists (select from committee_report s
                             where s.supersedes = r.id and s.state = 'attested')""",
        *same,
        report["supersedes"],
    )
    if other is not None:
        raise AlreadyAttested(attested=str(other))


def _told(report: Record) -> ReportAttested:
    told: dict[str, Any] = {
        name: report[name] or None for name in ("area", "programme", "template", "period")
    }
    return ReportAttested(
        report_id=report["id"],
        basis=report["basis"],
        content_hash=report["content_hash"],
        **told,
    )
