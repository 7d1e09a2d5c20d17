"""What each record counts for: the one place where records become facts of the journal.

Every kind of record has one SELECT. It is run after each change of such records, in the
transaction of the change, for one record or for a delivery's twenty thousand.
"""

from services.outreach.facts.declaring import Kind
from services.outreach.facts.holding import (
    hold_catalogues,
    hold_merges,
    hold_people,
    take_catalogues,
    take_merges,
    take_people,
)
from services.outreach.facts.meetings import wanted_contact
from services.outreach.facts.settling import (
    AT_A_VENUE,
    WANTED,
    WITH_AN_EMPLOYER,
    book,
    resettle,
    settle,
    settle_only,
)

__all__ = [
    "AT_A_VENUE",
    "WANTED",
    "WITH_AN_EMPLOYER",
    "Kind",
    "book",
    "hold_catalogues",
    "hold_merges",
    "hold_people",
    "resettle",
    "settle",
    "settle_only",
    "take_catalogues",
    "take_merges",
    "take_people",
    "wanted_contact",
]
