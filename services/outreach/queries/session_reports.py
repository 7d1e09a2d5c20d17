"""Reads of session reports."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.outreach.errors import NotFoundHere
from services.outreach.models import Contact, OutreachSession, SessionReport, VisitTally
from services.outreach.queries.reading import Session
from shared.auth import Caller


async def session_report(session: Session, report_id: UUID, *, by: Caller) -> SessionReport:
    """Return a report of one of the caller's units.

    Raises:
        NotFoundHere: there is none, or the caller's units do not cover it.

    """
    row = await session.get(SessionReport, report_id)
    covered = by.unit_filter()
    if row is None or (covered is not None and row.unit not in covered):
        raise NotFoundHere("session report")
    return row


async def reported(
    session: Session, report: SessionReport
) -> tuple[OutreachSession, list[VisitTally], list[Contact]]:
    """Return what a report is about as it stands now: its session, tallies and contacts."""
    held = await session.get_one(OutreachSession, report.session_id)
    tallies = await session.scalars(
        select(VisitTally).where(VisitTally.report_id == report.id).order_by(VisitTally.age_group)
    )
    ids = [UUID(entry["id"]) for entry in report.body["contacts"]]
    contacts = await session.scalars(
        select(Contact).where(Contact.id.in_(ids), Contact.unit == report.unit).order_by(Contact.id)
    )
    return held, list(tallies), list(contacts)


async def counted_age_groups(session: Session, session_id: UUID) -> set[str]:
    """Return the age groups that are counted on a session."""
    rows = await session.scalars(
        select(VisitTally.age_group).where(
            VisitTally.session_id == session_id, VisitTally.retracted_at.is_(None)
        )
    )
    return set(rows)
