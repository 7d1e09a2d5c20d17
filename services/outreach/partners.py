"""Partners and the agreements with them."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from services.outreach import keeping, queries
from services.outreach.domain.days import require_interval
from services.outreach.domain.numbers import legal_person
from services.outreach.errors import ContinuesAnother, UnknownReference
from services.outreach.models import Agreement, Partner
from services.outreach.places import referred
from services.outreach.queries import AGREEMENTS, PARTNERS
from shared.auth import Caller
from shared.backlogs import watching
from shared.clock import today
from shared.context import ServiceContext
from shared.db import Database, WriteSession
from shared.journal import Cause

ENDING_SOON = 90
"""Days ahead in which an agreement that nothing continues is shown as ending."""
METRICS = {
    "agreements_ending": f"Agreements that end within {ENDING_SOON} days and are not continued"
}


def watch_agreements(context: ServiceContext) -> AbstractAsyncContextManager[None]:
    """Show how many agreements are about to end as a metric."""
    return watching(context, METRICS, _read_ending)


async def _read_ending(db: Database) -> dict[str, float]:
    async with db.read() as session:
        ending = await queries.agreements_ending(session, ENDING_SOON, today=today())
    return {"agreements_ending": ending}


async def add_partner(session: WriteSession, values: dict[str, Any], *, by: Caller) -> Partner:
    """Add a partner.

    Raises:
        CodeTaken: another partner has the code or the organisation number.
        OrganisationNumberInvalid: it is wrong, or could be a person's.
        UnknownReference: the employer that it is too.

    """
    return await keeping.add(session, Partner(**legal_person(values)), by=by.subject)


async def change_partner(
    session: WriteSession,
    code: str,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> Partner:
    """Change what is known of a partner.

    Raises:
        NotFoundHere, PreconditionFailed: the partner.
        OrganisationNumberInvalid: it is wrong, or could be a person's.
        UnknownReference: the employer that it is too.

    """
    row = await keeping.for_change(session, PARTNERS, code, version=version, by=by)
    await keeping.change(session, row, legal_person(values), reason=reason, by=by.subject)
    return row


async def agree(session: WriteSession, values: dict[str, Any], *, by: Caller) -> Agreement:
    """Record an agreement with a partner.

    Raises:
        UnknownReference: no such partner, or no such agreement to continue.
        EndsBeforeStart: the last day is before the first.
        ContinuesAnother, AgreementContinued: the agreement before it.

    """
    require_interval(values["starts_on"], values["ends_on"])
    if values["continues"] is not None:
        await _require_predecessor(session, values, by=by)
    return await keeping.add(session, Agreement(**values), by=by.subject)


async def change_agreement(
    session: WriteSession,
    agreement_id: UUID,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> Agreement:
    """Prolong, end or correct an agreement.

    Raises:
        NotFoundHere, PreconditionFailed, AlreadyRetracted: the agreement.
        EndsBeforeStart: the last day is before the first.
        ContinuesAnother, AgreementContinued: the agreement before it.

    """
    row = await keeping.for_change(session, AGREEMENTS, agreement_id, version=version, by=by)
    first = values.get("starts_on", row.starts_on)
    require_interval(first, values.get("ends_on", row.ends_on))
    continues = values.get("continues", row.continues)
    if continues is not None:
        wanted = {"partner": row.partner, "starts_on": first, "continues": continues}
        await _require_predecessor(session, wanted, by=by)
    cause = Cause.NEW if keeping.told_of_its_end(row, values) else None
    await keeping.change(session, row, values, reason=reason, by=by.subject, cause=cause)
    return row


async def _require_predecessor(
    session: WriteSession, values: dict[str, Any], *, by: Caller
) -> None:
    before = await referred(session, AGREEMENTS, values["continues"], "continues", by=by)
    if before is None:
        raise UnknownReference("continues")
    if before.partner != values["partner"]:
        raise ContinuesAnother("It is with another partner.")
    if before.starts_on >= values["starts_on"]:
        raise ContinuesAnother("It did not begin before.")
