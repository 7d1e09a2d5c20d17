"""Which list each figure counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.counting import Counted
from tests.participants.recount import (
    activities,
    children,
    enrolments,
    esf,
    follow_ups,
    kaa,
    offering,
)
from tests.participants.recount.rows import Rows

TABLES = (
    "unit",
    "programme",
    "team",
    "person",
    "residence",
    "enrolment",
    "advisory_session",
    "activity",
    "follow_up",
    "kaa_membership",
    "kaa_contact",
    "kaa_measure",
    "plan",
    "child_checklist",
    "concern_report",
    "routine_document",
    "routine_review",
)

LISTS: dict[str, Callable[[Rows], list[Counted]]] = {
    "units": offering.units,
    "programmes": offering.programmes,
    "teams": offering.teams,
    "enrolled": enrolments.enrolled,
    "persons-enrolled": enrolments.enrolled,
    "enrolled-during": enrolments.enrolled,
    "exits": enrolments.exits,
    "enrolled-by-target-group": enrolments.by_group,
    "persons-enrolled-by-target-group": enrolments.by_group,
    "uvas-reached": partial(enrolments.by_group, only=("uvas",)),
    "advised": enrolments.advised,
    "in-activity": activities.in_activity,
    "activities-started": activities.in_activity,
    "activities-ended": activities.ended,
    "activity-hours": activities.hours,
    "follow-ups": partial(follow_ups.asked, kinds=follow_ups.THREE_MONTHS),
    "follow-up-answers": partial(follow_ups.answered, kinds=follow_ups.THREE_MONTHS),
    "esf-follow-ups": partial(follow_ups.asked, kinds=follow_ups.SIX_MONTHS),
    "esf-follow-up-answers": partial(follow_ups.answered, kinds=follow_ups.SIX_MONTHS),
    "follow-ups-overdue": follow_ups.overdue,
    "kaa-members": kaa.members,
    "kaa-members-during": kaa.members,
    "kaa-joined": kaa.joined,
    "kaa-left": kaa.left,
    "kaa-contact-sought": kaa.contacts,
    "kaa-contacted": kaa.two_way_contacts,
    "kaa-contacts": kaa.contacts,
    "kaa-two-way-contacts": kaa.two_way_contacts,
    "kaa-measures-begun": kaa.measures_begun,
    "kaa-measures-ended": kaa.measures_ended,
    "kaa-offers-declined": kaa.offers_declined,
    "child-plans": children.plans,
    "child-plans-with-checklist": children.with_checklist,
    "child-checklist-days": children.with_checklist,
    "concern-reports": children.concern_reports,
    "concern-report-hours": children.concern_reports,
    "routine-documents": children.routines,
    "routine-documents-overdue": children.overdue_routines,
    **esf.LISTS,
}
