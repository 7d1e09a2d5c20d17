"""How long an employment in outreach may be, and be made."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from services.outreach.domain.codes import Contract
from services.outreach.errors import ExtensionRefused

_SIX = 6


def require_extension(
    contract: Contract, held: date | None, wanted: date, *, extensions: int
) -> None:
    """Check that an employment may be made longer.

    "Sex månader med möjlighet till förlängning i sex månader": once, and by six months at most.

    Raises:
        ExtensionRefused: it goes on anyway, would not be longer, or its contract says no.

    """
    if held is None:
        raise ExtensionRefused("It has no last day.")
    if wanted <= held:
        raise ExtensionRefused(f"It already lasts until {held.isoformat()}.")
    if contract is not Contract.SIX_MONTHS:
        return
    if extensions:
        raise ExtensionRefused("Six months are extended once.")
    if wanted > _months_later(held):
        raise ExtensionRefused("Six months are extended by six months at most.")


def _months_later(last: date) -> date:
    """Return the last day six months on; the last of a month stays the last of one."""
    following = last + timedelta(days=1)
    year, month = divmod(following.year * 12 + following.month - 1 + _SIX, 12)
    day = min(following.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)
