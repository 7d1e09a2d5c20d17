"""Attesting: a person answers for a frozen content, or is told what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from services.reports import kept_reports
from services.reports.committee_reports.states import enter, for_change, require_frozen
from services.reports.domain import attesting
from services.reports.errors import (
    AlreadyAttested,
    ContentChanged,
    DeviationsUncommented,
    DeviationsUnknown,
    ReportPartial,
    SamePerson,
    TiesBroken,
)
from services.reports.events import ROUTES, ReportAttested
from services.reports.gathering import ProviderFailed
from shared import outbox

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from services.reports.domain.assembly import Document
    from services.reports.gathering import Ledger
    from shared.auth import Caller
    from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Signing:
    """Who attests what: the name as it stands on the report, and the content that was read."""

    name: str
    content_hash: str
    four_eyes: bool
    """Whether another person than the one who made the content must attest it."""


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
    report = await for_change(conn, report_id, expected)
    require_frozen(report)
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
    await enter(conn, report, "attested", step="attested", by=by)
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
