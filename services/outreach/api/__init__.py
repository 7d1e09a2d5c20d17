"""The routes of outreach."""

from services.outreach.api import (
    collaborations,
    contacts,
    employers,
    groups,
    hires,
    internships,
    operations,
    outreach_workers,
    partners,
    referrals,
    sessions,
    uvas_rules,
    venues,
    visit_tallies,
)

ROUTERS = (
    operations.router,
    uvas_rules.router,
    venues.router,
    sessions.router,
    visit_tallies.router,
    contacts.router,
    referrals.router,
    groups.router,
    groups.counts,
    employers.router,
    employers.visits,
    hires.router,
    hires.events,
    outreach_workers.router,
    partners.router,
    partners.agreements,
    collaborations.router,
    internships.router,
)
