"""What each kind of record counts for: the SELECTs that the journal is settled by.

Each is a SELECT over the present records that gives one row per record and measure. Facts
carry the breakdown frozen on their record; dimensions that mean nothing for a kind are empty.
"""

from services.participants.figures.facts.activities import ACTIVITY
from services.participants.figures.facts.advice import ADVISORY_SESSION
from services.participants.figures.facts.child_checklists import CHILD_PLAN
from services.participants.figures.facts.concern_reports import CONCERN_REPORT
from services.participants.figures.facts.enrolments import ENROLMENT, enrolment_facts
from services.participants.figures.facts.esf import ESF_KIND, ESF_PARTICIPATION
from services.participants.figures.facts.follow_ups import FOLLOW_UP
from services.participants.figures.facts.journal import JOURNAL
from services.participants.figures.facts.kaa import KAA_CONTACT, KAA_MEASURE, KAA_MEMBERSHIP
from services.participants.figures.facts.offering import PROGRAMME, TEAM, UNIT
from services.participants.figures.facts.people import ABOUT_PEOPLE, AboutPeople
from services.participants.figures.facts.routine_documents import ROUTINE_DOCUMENT

__all__ = [
    "ABOUT_PEOPLE",
    "ACTIVITY",
    "ADVISORY_SESSION",
    "CHILD_PLAN",
    "CONCERN_REPORT",
    "ENROLMENT",
    "ESF_KIND",
    "ESF_PARTICIPATION",
    "FOLLOW_UP",
    "JOURNAL",
    "KAA_CONTACT",
    "KAA_MEASURE",
    "KAA_MEMBERSHIP",
    "PROGRAMME",
    "ROUTINE_DOCUMENT",
    "TEAM",
    "UNIT",
    "AboutPeople",
    "enrolment_facts",
]
