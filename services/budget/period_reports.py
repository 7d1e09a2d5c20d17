"""Reports of a period: the manager of the economy signs what the statements say at a basis.

What is signed is kept word for word with its hash, so that it can be shown later whether the
ledger still says the same at that basis, and where it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.budget import deviations, statements
from services.budget.domain import signed_content
from services.budget.domain.appendix import Project
from services.budget.domain.deviations import CommentState, Deviation
from services.budget.domain.periods import PeriodRange
from services.budget.domain.signed_content import Difference
from services.budget.domain.signed_formats import FORMATS, NEWEST, Format
from services.budget.domain.ties import Checked
from services.budget.errors import PeriodNotReportable, PeriodReportFormatUnknown
from services.budget.queries import period_reports
from services.budget.queries.projects import appendix_projects
from services.budget.statements import Report
from shared.basis import settled_within
from shared.db import Connection
from shared.errors import JsonValue
from shared.events import new_id
from shared.money import to_decimal_string


@dataclass(frozen=True, slots=True)
class Verification:
    """What a report's content hashes to when it is computed once more at its basis."""

    report: asyncpg.Record
    computed_hash: str
    differences: Sequence[Difference]

    @property
    def unchanged(self) -> bool:
        return self.computed_hash == self.report["content_hash"] and not self.differences


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything that a signature vouches for, computed at a basis."""

    report: Report
    deviations: Sequence[Deviation]
    projects: Sequence[Project]

    def content(self, signed_in: Format) -> str:
        report = self.report
        return signed_content.canonical(
            report.range,
            report.statements.values(),
            report.ties,
            self.deviations,
            self.projects,
            signed_in=signed_in,
        )


async def _found(
    conn: Connection, of: PeriodRange, basis: datetime, *, from_postings: bool = False
) -> _Found:
    return _Found(
        report=await statements.report(conn, of, basis, from_postings=from_postings),
        deviations=await deviations.deviations_of(conn, of, basis, from_postings=from_postings),
        projects=await appendix_projects(conn, of, basis),
    )


async def sign(conn: Connection, of: PeriodRange, *, basis: datetime | None, by: str) -> UUID:
    """Put somebody's name to the statements of a range.

    Args:
        conn: the writing transaction.
        of: the periods; the year's opening and all periods before them are used, too.
        basis: of the statements that were read; the newest settled one when None.
        by: who signs.

    Raises:
        BasisNotSettled: something may still be recorded at or before the basis.
        PeriodNotReportable: periods are open, ties are broken or comments are missing.

    """
    at = await settled_within(conn, basis)
    found = await _found(conn, of, at, from_postings=True)
    _refuse(await period_reports.open_periods(conn, of, at), found.report.ties, found.deviations)
    content = found.content(FORMATS[NEWEST])
    report_id = new_id()
    await conn.execute(
        """
        insert into period_report
            (id, first_period, last_period, basis, format, content, content_hash, by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        report_id,
        of.first,
        of.last,
        at,
        NEWEST,
        content,
        signed_content.hash_of(content),
        by,
    )
    return report_id


def _refuse(
    open_periods: Sequence[int], ties: Sequence[Checked], departures: Sequence[Deviation]
) -> None:
    broken: list[JsonValue] = [
        {
            "code": one.tie.code,
            "title": one.tie.title,
            "difference": to_decimal_string(one.difference),
        }
        for one in ties
        if not one.holds
    ]
    uncommented: list[JsonValue] = [
        {
            "subjectKind": one.kind,
            "subjectKey": one.key,
            "deviation": to_decimal_string(one.amount),
            "comment": one.state,
        }
        for one in departures
        if one.state in {CommentState.MISSING, CommentState.OUTDATED}
    ]
    if open_periods or broken or uncommented:
        raise PeriodNotReportable(
            f"{len(open_periods)} periods are open, {len(broken)} ties are broken,"
            f" {len(uncommented)} deviations lack a comment.",
            open_periods=list(open_periods),
            broken_ties=broken,
            uncommented_deviations=uncommented,
        )


async def verify(conn: Connection, report_id: UUID) -> Verification:
    """Compute a signed report once more and say where it differs from what was signed.

    In the format that it was signed in: what forms have come to say since is no difference. The
    ledger's postings themselves are added up, as when it was signed, never a snapshot of their
    sums: what somebody changed behind the triggers' back is found.

    Raises:
        PeriodReportNotFound: there is none.
        PeriodReportFormatUnknown: it was signed in a format that this release does not have.

    """
    kept = await period_reports.period_report(conn, report_id)
    signed_in = FORMATS.get(kept["format"])
    if signed_in is None:
        raise PeriodReportFormatUnknown(
            f"It was signed in format {kept['format']}.",
            format=kept["format"],
            known_formats=list(FORMATS),
        )
    of, at = PeriodRange(kept["first_period"], kept["last_period"]), kept["basis"]
    computed = (await _found(conn, of, at, from_postings=True)).content(signed_in)
    return Verification(
        report=kept,
        computed_hash=signed_content.hash_of(computed),
        differences=signed_content.differences(kept["content"], computed),
    )
