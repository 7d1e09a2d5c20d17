"""Groups, employers and what they led to, and the people employed to reach out."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.outreach.domain.codes import Contract, EventKind, WorkerRole
from services.outreach.models.base import (
    Record,
    RetractableRecord,
    count,
    counted,
    one_of,
    ordered,
    reference,
)


class StudyGroup(RetractableRecord):
    """A group that meets at a place over time, such as SFI for parents on leave (SFF)."""

    __tablename__ = "study_group"
    __table_args__ = (ordered("starts_on", "ends_on"),)

    operation: Mapped[str] = reference("operation.code")
    venue: Mapped[str | None] = reference("venue.code")
    unit: Mapped[str]
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class StudentCount(RetractableRecord):
    """How many people studied in a group during a calendar year, by sex."""

    __tablename__ = "student_count"
    __table_args__ = (
        UniqueConstraint("group_id", "year"),
        counted("women", "men", "unknown"),
        CheckConstraint("year between 1990 and 2100", name="year"),
    )

    group_id: Mapped[UUID] = reference("study_group.id")
    unit: Mapped[str]
    year: Mapped[int]
    women: Mapped[int] = count()
    men: Mapped[int] = count()
    unknown: Mapped[int] = count()


class Employer(Record):
    """A company or other employer. Never a sole trader's number: that is a personal number."""

    __tablename__ = "employer"
    __table_args__ = (
        CheckConstraint("organisation_number ~ '^[0-9]{2}[2-9][0-9]{7}$'", name="legal_person"),
    )

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sector: Mapped[str]
    organisation_number: Mapped[str | None] = mapped_column(unique=True)


class EmployerVisit(RetractableRecord):
    __tablename__ = "employer_visit"
    __table_args__ = (
        Index("employer_visit_employer_idx", "employer"),
        Index("employer_visit_listed_idx", "unit", text("visited_on desc"), text("id desc")),
    )

    employer: Mapped[str] = reference("employer.code")
    unit: Mapped[str]
    visited_on: Mapped[date]
    partner: Mapped[str | None] = reference("partner.code")


class Internship(RetractableRecord):
    """Internships that an employer offered on a day, and by whom those places were taken.

    The days are those that the internships cover, if they are agreed.
    """

    __tablename__ = "internship"
    __table_args__ = (
        counted("women", "men", "unknown"),
        CheckConstraint("places > 0", name="places"),
        CheckConstraint("women + men + unknown <= places", name="taken"),
        CheckConstraint("starts_on is not null or ends_on is null", name="days"),
        ordered("starts_on", "ends_on"),
        Index("internship_employer_idx", "employer"),
        Index("internship_listed_idx", "unit", text("offered_on desc"), text("id desc")),
    )

    employer: Mapped[str] = reference("employer.code")
    unit: Mapped[str]
    offered_on: Mapped[date]
    places: Mapped[int]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    women: Mapped[int] = count()
    men: Mapped[int] = count()
    unknown: Mapped[int] = count()


class RecruitmentEvent(RetractableRecord):
    __tablename__ = "recruitment_event"
    __table_args__ = (one_of("kind", EventKind),)

    employer: Mapped[str | None] = reference("employer.code")
    venue: Mapped[str | None] = reference("venue.code")
    unit: Mapped[str]
    kind: Mapped[str]
    held_on: Mapped[date]


class Hire(RetractableRecord):
    """People whom an employer hired through the committee, by sex, on one day."""

    __tablename__ = "hire"
    __table_args__ = (
        counted("women", "men", "unknown"),
        CheckConstraint("women + men + unknown > 0", name="somebody"),
        Index("hire_employer_idx", "employer"),
        Index("hire_recruitment_event_idx", "recruitment_event_id"),
    )

    employer: Mapped[str] = reference("employer.code")
    recruitment_event_id: Mapped[UUID | None] = reference("recruitment_event.id")
    unit: Mapped[str]
    hired_on: Mapped[date]
    women: Mapped[int] = count()
    men: Mapped[int] = count()
    unknown: Mapped[int] = count()


class OutreachWorker(RetractableRecord):
    """An employment, not a person: role, contract and the days; no name is needed or kept."""

    __tablename__ = "outreach_worker"
    __table_args__ = (
        one_of("role", WorkerRole),
        one_of("contract", Contract),
        ordered("starts_on", "ends_on"),
        CheckConstraint("extensions >= 0", name="extensions"),
    )

    operation: Mapped[str] = reference("operation.code")
    unit: Mapped[str]
    district: Mapped[str]
    role: Mapped[str]
    contract: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    extensions: Mapped[int] = count()
