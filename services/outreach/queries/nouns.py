"""The nouns of outreach: by what each is named, ordered and seen."""

from __future__ import annotations

from services.outreach.models import (
    Agreement,
    Collaboration,
    Contact,
    Employer,
    EmployerVisit,
    Hire,
    Internship,
    Operation,
    OutreachSession,
    OutreachWorker,
    Partner,
    RecruitmentEvent,
    Referral,
    Schedule,
    ScheduleException,
    StudentCount,
    StudyGroup,
    Venue,
    VisitTally,
)
from services.outreach.queries.reading import Noun

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
SCHEDULES = Noun(Schedule, "schedule", Schedule.id, Schedule.starts_on, (Schedule.unit,))
SCHEDULE_EXCEPTIONS = Noun(
    ScheduleException,
    "schedule exception",
    ScheduleException.id,
    ScheduleException.first_on,
    (ScheduleException.unit,),
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
COLLABORATIONS = Noun(
    Collaboration,
    "collaboration",
    Collaboration.id,
    Collaboration.starts_on,
    (Collaboration.unit,),
)
INTERNSHIPS = Noun(
    Internship, "internship", Internship.id, Internship.offered_on, (Internship.unit,)
)
