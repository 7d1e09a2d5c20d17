"""Reads of outreach. A caller sees the units in its token; catalogues are everybody's."""

from services.outreach.queries.labour import student_counts
from services.outreach.queries.meetings import has_visits
from services.outreach.queries.nouns import (
    AGREEMENTS,
    CONTACTS,
    EMPLOYER_VISITS,
    EMPLOYERS,
    GROUPS,
    HIRES,
    OPERATIONS,
    PARTNERS,
    RECRUITMENT_EVENTS,
    REFERRALS,
    SESSIONS,
    STUDENTS,
    TALLIES,
    VENUES,
    WORKERS,
)
from services.outreach.queries.operations import counting_rules
from services.outreach.queries.reading import (
    Noun,
    Row,
    Session,
    Wanted,
    listed,
    read,
    read_for_change,
)
from services.outreach.queries.referrals import open_referral
from services.outreach.queries.uvas_rules import uvas_rules

__all__ = [
    "AGREEMENTS",
    "CONTACTS",
    "EMPLOYERS",
    "EMPLOYER_VISITS",
    "GROUPS",
    "HIRES",
    "OPERATIONS",
    "PARTNERS",
    "RECRUITMENT_EVENTS",
    "REFERRALS",
    "SESSIONS",
    "STUDENTS",
    "TALLIES",
    "VENUES",
    "WORKERS",
    "Noun",
    "Row",
    "Session",
    "Wanted",
    "counting_rules",
    "has_visits",
    "listed",
    "open_referral",
    "read",
    "read_for_change",
    "student_counts",
    "uvas_rules",
]
