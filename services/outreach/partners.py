"""Partners and the agreements with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.outreach import keeping
from services.outreach.domain.days import require_interval
from services.outreach.models import Agreement, Partner
from services.outreach.queries import AGREEMENTS, PARTNERS
from shared.auth import Caller
from shared.db import WriteSession


async def add_partner(session: WriteSession, values: dict[str, Any], *, by: Caller) -> Partner:
    """Add a partner.

    Raises:
        CodeTaken: another partner has the code.

    """
    return await keeping.add(session, Partner(**values), by=by.subject)


async def change_partner(
    session: WriteSession,
    code: str,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> Partner:
    """Change a partner's name or kind.

    Raises:
        NotFoundHere, PreconditionFailed: the partner.

    """
    row = await keeping.for_change(session, PARTNERS, code, version=version, by=by)
    await keeping.change(session, row, values, reason=reason, by=by.subject)
    return row


async def agree(session: WriteSession, values: dict[str, Any], *, by: Caller) -> Agreement:
    """Record an agreement with a partner.

    Raises:
        UnknownReference: no such partner.
        EndsBeforeStart: the last day is before the first.

    """
    require_interval(values["starts_on"], values["ends_on"])
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
        NotFoundHere, PreconditionFailed: the agreement.
        EndsBeforeStart: the last day is before the first.

    """
    row = await keeping.for_change(session, AGREEMENTS, agreement_id, version=version, by=by)
    require_interval(values.get("starts_on", row.starts_on), values.get("ends_on", row.ends_on))
    await keeping.change(session, row, values, reason=reason, by=by.subject)
    return row
