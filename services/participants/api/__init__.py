"""The routes of participants."""

from services.participants.api import (
    activities,
    advisory_sessions,
    attendance,
    enrolments,
    follow_ups,
    hour_attestations,
    pending_enrolments,
    persons,
    plans,
    programmes,
    target_groups,
    teams,
    units,
)

ROUTERS = (
    persons.router,
    persons.lookups,
    target_groups.router,
    units.router,
    programmes.router,
    teams.router,
    enrolments.router,
    activities.router,
    plans.router,
    advisory_sessions.router,
    pending_enrolments.router,
    follow_ups.router,
    hour_attestations.router,
    attendance.router,
)
