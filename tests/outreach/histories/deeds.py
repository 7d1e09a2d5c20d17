"""Everything that is done in outreach, and how often."""

from __future__ import annotations

from tests.outreach.histories import (
    labour,
    meetings,
    partners,
    people,
    referrals,
    reports,
    schedules,
)
from tests.outreach.histories.history import Deed

DEEDS: dict[Deed, int] = {
    **meetings.DEEDS,
    **reports.DEEDS,
    **schedules.DEEDS,
    **labour.DEEDS,
    **partners.DEEDS,
    **referrals.DEEDS,
    **people.DEEDS,
}
