"""Tables of outreach; the source from which its migrations are made."""

from services.outreach.models.base import Base, Record, RetractableRecord, metadata
from services.outreach.models.collaboration import Collaboration, StateChange
from services.outreach.models.facts import DIMENSIONS, JOURNAL, fact
from services.outreach.models.known_people import KnownKaaMembership, KnownPerson, UvasRuleRow
from services.outreach.models.known_referrals import KnownAnswer, KnownEnrolment
from services.outreach.models.labour import (
    Employer,
    EmployerVisit,
    Hire,
    Internship,
    OutreachWorker,
    RecruitmentEvent,
    StudentCount,
    StudyGroup,
)
from services.outreach.models.meetings import (
    Contact,
    ContactDistinction,
    OutreachSession,
    SessionReport,
    VisitTally,
)
from services.outreach.models.places import Agreement, CountingRuleRow, Operation, Partner, Venue
from services.outreach.models.referral import NEWS, WAITS, Referral
from services.outreach.models.schedule import Schedule, ScheduleException

__all__ = [
    "DIMENSIONS",
    "JOURNAL",
    "NEWS",
    "WAITS",
    "Agreement",
    "Base",
    "Collaboration",
    "Contact",
    "ContactDistinction",
    "CountingRuleRow",
    "Employer",
    "EmployerVisit",
    "Hire",
    "Internship",
    "KnownAnswer",
    "KnownEnrolment",
    "KnownKaaMembership",
    "KnownPerson",
    "Operation",
    "OutreachSession",
    "OutreachWorker",
    "Partner",
    "Record",
    "RecruitmentEvent",
    "Referral",
    "RetractableRecord",
    "Schedule",
    "ScheduleException",
    "SessionReport",
    "StateChange",
    "StudentCount",
    "StudyGroup",
    "UvasRuleRow",
    "Venue",
    "VisitTally",
    "fact",
    "metadata",
]
