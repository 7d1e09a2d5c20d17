"""Reads of outreach. A caller sees the units in its token; catalogues are everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from services.outreach.domain.counting import CountingRule, Counts
from services.outreach.errors import NotFoundHere
from services.outreach.models import (
    Agreement,
    Contact,
    CountingRuleRow,
    Employer,
    EmployerVisit,
    Hire,
    Operation,
    OutreachSession,
    OutreachWorker,
    Partner,
    Record,
    RecruitmentEvent,
    Referral,
    StudentCount,
    StudyGroup,
    Venue,
    VisitTally,
)
from shared.auth import Caller
from shared.db import ReadSession, WriteSession

Row = TypeVar("Row", bound=Record)
Session = ReadSession | WriteSession


@dataclass(frozen=True, slots=True)
class Noun(Generic[Row]):
    """How records of one kind are named, found, listed and seen.

    Args:
        model: the table.
        name: as errors say it.
        key: what a URL names a record by.
        day: the day that lists are ordered and limited by, the newest first; catalogues have
            none and are ordered by their key.
        units: the columns of which one must be among the caller's units; none for catalogues.

    """

    model: type[Row]
    name: str
    key: Any
    day: Any = None
    units: tuple[Any, ...] = ()

    def seen_by(self, caller: Caller) -> Select[Row]:
        """Return the SELECT of the records that a caller may see."""
        statement = select(self.model)
        covered = caller.unit_filter()
        if covered is None or not self.units:
            return statement
        return statement.where(or_(*(unit.in_(covered) for unit in self.units)))


OPERATIONS = Noun(Operation, "operation", Operation.code)
VENUES = Noun(Venue, "venue", Venue.code)
PARTNERS = Noun(Partner, "partner", Partner.code)
AGREEMENTS = Noun(Agreement, "agreement", Agreement.id, Agreement.starts_on)
EMPLOYERS = Noun(Employer, "employer", Employer.code)
SESSIONS = Noun(
    OutreachSession,
    "session",
    OutreachSession.id,
    OutreachSession.planned_on,
    (OutreachSession.unit,),
)
TALLIES = Noun(VisitTally, "visit tally", VisitTally.id, VisitTally.held_on, (VisitTally.unit,))
CONTACTS = Noun(Contact, "contact", Contact.id, Contact.happened_on, (Contact.unit,))
GROUPS = Noun(StudyGroup, "group", StudyGroup.id, StudyGroup.starts_on, (StudyGroup.unit,))
STUDENTS = Noun(StudentCount, "student count", StudentCount.id, units=(StudentCount.unit,))
EMPLOYER_VISITS = Noun(
    EmployerVisit,
    "employer visit",
    EmployerVisit.id,
    EmployerVisit.visited_on,
    (EmployerVisit.unit,),
)
RECRUITMENT_EVENTS = Noun(
    RecruitmentEvent,
    "recruitment event",
    RecruitmentEvent.id,
    RecruitmentEvent.held_on,
    (RecruitmentEvent.unit,),
)
HIRES = Noun(Hire, "hire", Hire.id, Hire.hired_on, (Hire.unit,))
WORKERS = Noun(
    OutreachWorker,
    "outreach worker",
    OutreachWorker.id,
    OutreachWorker.starts_on,
    (OutreachWorker.unit,),
)
REFERRALS = Noun(
    Referral,
    "referral",
    Referral.id,
    Referral.referred_on,
    (Referral.referring_unit, Referral.unit),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records of a list: equal in these columns, within these days (both included)."""

    limit: int
    offset: int
    equal: Mapping[str, Any]
    first: date | None = None
    last: date | None = None


async def read(session: Session, noun: Noun[Row], key: str | UUID, *, by: Caller) -> Row:
    """Return one record.

    Raises:
        NotFoundHere: there is none, or the caller's units do not cover it.

    """
    row = await session.scalar(noun.seen_by(by).where(noun.key == key))
    if row is None:
        raise NotFoundHere(noun.name)
    return row


async def read_for_change(
    session: WriteSession, noun: Noun[Row], key: str | UUID, *, by: Caller
) -> Row:
    """Return one record as it is now, locked until the transaction ends; raises as `read`."""
    statement = noun.seen_by(by).where(noun.key == key).with_for_update()
    row = await session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFoundHere(noun.name)
    return row


async def listed(
    session: Session, noun: Noun[Row], wanted: Wanted, *, by: Caller
) -> tuple[list[Row], int]:
    """Return one page of records and how many there are in all."""
    statement = noun.seen_by(by).where(*_criteria(noun, wanted))
    total = await session.scalar(select(func.count()).select_from(statement.subquery()))
    order = (noun.key,) if noun.day is None else (noun.day.desc(), noun.key.desc())
    page = statement.order_by(*order).limit(wanted.limit).offset(wanted.offset)
    return list(await session.scalars(page)), total or 0


def _criteria(noun: Noun[Row], wanted: Wanted) -> list[ColumnElement[bool]]:
    criteria: list[ColumnElement[bool]] = [
        getattr(noun.model, column) == value
        for column, value in wanted.equal.items()
        if value is not None
    ]
    if noun.day is not None:
        criteria += [noun.day >= wanted.first] if wanted.first else []
        criteria += [noun.day <= wanted.last] if wanted.last else []
    return criteria


async def counting_rules(session: Session, operation: str) -> list[CountingRule]:
    """Return an operation's rules, the earliest first."""
    rows = await session.scalars(
        select(CountingRuleRow)
        .where(CountingRuleRow.operation == operation)
        .order_by(CountingRuleRow.valid_from)
    )
    return [CountingRule(r.version, r.valid_from, Counts(r.counts), r.note) for r in rows]


async def student_counts(session: Session, group_id: UUID) -> list[StudentCount]:
    """Return a group's students per year, the earliest year first."""
    rows = await session.scalars(
        select(StudentCount)
        .where(StudentCount.group_id == group_id, StudentCount.retracted_at.is_(None))
        .order_by(StudentCount.year)
    )
    return list(rows)


async def has_visits(session: Session, session_id: UUID) -> bool:
    """Tell whether visits are counted on a session."""
    counted = select(VisitTally.id).where(
        VisitTally.session_id == session_id, VisitTally.retracted_at.is_(None)
    )
    return bool(await session.scalar(select(counted.exists())))


async def open_referral(
    session: Session, *, person_id: UUID, unit: str, programme: str
) -> UUID | None:
    """Return the referral of a person that waits for an answer from the same place."""
    return await session.scalar(
        select(Referral.id).where(
            Referral.person_id == person_id,
            Referral.unit == unit,
            Referral.programme == programme,
            Referral.declined_on.is_(None),
            Referral.enrolled_on.is_(None),
            Referral.exited_on.is_(None),
        )
    )
