"""The state of a report: what may be done with it, and every step that was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports import kept_reports
from services.reports.errors import ReportNotDraft, ReportNotFrozen
from shared.unit import require_version

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from shared.auth import Caller
    from shared.db import Connection


async def freeze(conn: Connection, report_id: UUID, *, expected: int, by: Caller) -> None:
    """Stop a draft from being refreshed, so that what is read is what is attested.

    Raises:
        ReportNotFound, PreconditionFailed, ReportNotDraft: the report.

    """
    report = await for_change(conn, report_id, expected)
    require_draft(report)
    await enter(conn, report, "frozen", step="frozen", by=by)


async def thaw(
    conn: Connection, report_id: UUID, *, reason: str, expected: int, by: Caller
) -> None:
    """Make a frozen report a draft again.

    Raises:
        ReportNotFound, PreconditionFailed, ReportNotFrozen: the report.

    """
    report = await for_change(conn, report_id, expected)
    require_frozen(report)
    await enter(conn, report, "draft", step="thawed", reason=reason, by=by)


async def add_step(
    conn: Connection, report_id: UUID, version: int, step: str, *, reason: str = "", by: Caller
) -> None:
    """Note what was done with a report."""
    await conn.execute(
        """insert into committee_report_step (report_id, version, step, reason, by)
           values ($1, $2, $3, $4, $5)""",
        report_id,
        version,
        step,
        reason,
        by.subject,
    )


async def enter(
    conn: Connection, report: Record, state: str, *, step: str, reason: str = "", by: Caller
) -> None:
    """Bring a locked report into a state, by a step."""
    await conn.execute(
        "update committee_report set state = $2, version = version + 1 where id = $1",
        report["id"],
        state,
    )
    await add_step(conn, report["id"], report["version"] + 1, step, reason=reason, by=by)


async def for_change(conn: Connection, report_id: UUID, expected: int) -> Record:
    """Lock a report and return it as it is then.

    Raises:
        ReportNotFound, PreconditionFailed: the report.

    """
    await conn.execute("select from committee_report where id = $1 for update", report_id)
    report = await kept_reports.found(conn, report_id)
    require_version(expected, report["version"])
    return report


def require_draft(report: Record) -> None:
    """Refuse a report that is no draft.

    Raises:
        ReportNotDraft: it is none.

    """
    if report["state"] != "draft":
        raise ReportNotDraft(state=report["state"])


def require_frozen(report: Record) -> None:
    """Refuse a report that is not frozen.

    Raises:
        ReportNotFrozen: it is not.

    """
    if report["state"] != "frozen":
        raise ReportNotFrozen(state=report["state"])
