"""Contacts that may be one meeting told twice. Whoever an answer names is noted."""

from __future__ import annotations

from starlette.responses import Response

from services.outreach import contact_distinctions, queries
from services.outreach.api.contacts import shown
from services.outreach.api.parameters import READ, WRITE, DaysQuery, UnitQuery, wanted
from services.outreach.schemas.likely_doubles import (
    ContactDistinctionIn,
    ContactDistinctionOut,
    LikelyDoubleOut,
)
from shared.dependencies import AccessedDep, CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/likely-doubles", tag="likely-doubles")
distinctions = ServiceRouter(prefix="/contact-distinctions", tag="contact-distinctions")


@router.get("", scope=READ)
async def list_likely_doubles(
    *,
    session: Reading,
    caller: CallerDep,
    accessed: AccessedDep,
    paging: Paging,
    days: DaysQuery,
    unit: UnitQuery = None,
) -> Page[LikelyDoubleOut]:
    """List contacts that may be doubles.

    Pairs of a contact recorded by hand and one that a register pushed, of the same unit, day
    and channel, with the same person; or both anonymous, of the same operation, sex and age
    group. Both count. Of one that is too much, that by hand is retracted, as a register would
    push its own again; of two that were two, a contact distinction says so.
    """
    pairs, total = await queries.likely_doubles(session, wanted(paging, days, unit=unit), by=caller)
    items = [
        LikelyDoubleOut(by_hand=shown(hand, accessed), pushed=shown(pushed, accessed))
        for hand, pushed in pairs
    ]
    return Page.of(items, total=total, paging=paging)


@distinctions.post("", scope=WRITE, status_code=201, answers=ContactDistinctionOut, idempotent=True)
async def distinguish_contacts(
    body: ContactDistinctionIn, session: Transaction, caller: CallerDep
) -> Response:
    """Say that two contacts were two.

    They leave the list of likely doubles and count as before. Said again, it answers 200.
    """
    one, other = body.contact_ids
    row, new = await contact_distinctions.distinguish(
        session, (one, other), reason=body.reason, by=caller
    )
    said = ContactDistinctionOut.of(row)
    return created(said, location=f"/contacts/{row.contact_id}") if new else answered(said)
