"""Which list each figure counts."""

from __future__ import annotations

from collections.abc import Callable

from tests.counting import Counted
from tests.outreach.recount import labour, meetings, partners, referrals
from tests.outreach.recount.rows import Rows

TABLES = (
    "agreement",
    "collaboration",
    "collaboration_state",
    "contact",
    "counting_rule",
    "employer",
    "employer_visit",
    "hire",
    "internship",
    "known_kaa_membership",
    "known_person",
    "outreach_worker",
    "recruitment_event",
    "referral",
    "session",
    "student_count",
    "study_group",
    "uvas_rule",
    "venue",
    "visit_tally",
)

LISTS: dict[str, Callable[[Rows], list[Counted]]] = {
    "visits": meetings.visits,
    "sessions": meetings.sessions,
    "contacts": meetings.contacts,
    "contacts-reached": meetings.reached,
    "persons-reached": meetings.persons_reached,
    "uvas-contacts": meetings.uvas_contacts,
    "uvas-reached": meetings.uvas_reached,
    "groups": labour.groups,
    "students": labour.students,
    "employer-visits": labour.employer_visits,
    "employers-visited": labour.employer_visits,
    "recruitment-events": labour.recruitment_events,
    "hires": labour.hires,
    "outreach-workers": labour.workers,
    "outreach-workers-during": labour.workers,
    "recruitment-events-with-hires": labour.events_with_hires,
    "internships-offered": labour.internships,
    "internships-taken": labour.internships_taken,
    "collaborations": partners.active,
    "collaborations-during": partners.active,
    "collaborations-paused": partners.paused,
    "agreements": partners.agreements,
    "referrals": referrals.made,
    "persons-referred": referrals.made,
    "referrals-accepted": referrals.accepted,
    "referrals-enrolled": referrals.enrolled,
    "referrals-exited": referrals.exited,
}
