"""Reads of partners, and of the collaborations and agreements with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from services.outreach.domain.codes import CollaborationState
from services.outreach.models import Agreement, Collaboration, StateChange
from services.outreach.queries.nouns import AGREEMENTS, COLLABORATIONS, EMPLOYER_VISITS
from services.outreach.queries.reading import Conditions, Noun, Session
from shared.auth import Caller

AGREEMENT_ENDS = Agreement.ends_on
"""What a list of the soonest ending agreements is ordered by."""


@dataclass(frozen=True, slots=True)
class Engagement:
    """How many records of a kind there are with a partner, and how many hold on a day."""

    total: int
    current: int


async def state_changes(
    session: Session, collaborations: Sequence[UUID]
) -> dict[UUID, list[StateChange]]:
    """Return the changes of state that stand, by collaboration, the earliest first."""
    found: dict[UUID, list[StateChange]] = {one: [] for one in collaborations}
    rows = await session.scalars(
        select(StateChange)
        .where(StateChange.collaboration_id.in_(collaborations), StateChange.retracted_at.is_(None))
        .order_by(StateChange.valid_from)
    )
    for row in rows:
        found[row.collaboration_id].append(row)
    return found


def with_partner(partner: str | None) -> Conditions:
    """Return the condition that a collaboration is with a partner, among others or alone."""
    return () if partner is None else (Collaboration.partners.contains([partner]),)


def in_state(state: CollaborationState | None, day: date) -> Conditions:
    """Return the condition that a collaboration was in a state on a day."""
    if state is None:
        return ()
    latest = (
        select(StateChange.state)
        .where(
            StateChange.collaboration_id == Collaboration.id,
            StateChange.retracted_at.is_(None),
            StateChange.valid_from <= day,
        )
        .order_by(StateChange.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (Collaboration.retracted_at.is_(None), latest == state)


def in_force(day: date | None) -> Conditions:
    """Return the condition that an agreement covers a day."""
    if day is None:
        return ()
    return (
        Agreement.retracted_at.is_(None),
        Agreement.starts_on <= day,
        or_(Agreement.ends_on.is_(None), Agreement.ends_on >= day),
    )


def ending(days: int | None, *, today: date) -> Conditions:
    """Return the condition that an agreement ends within days and none continues it."""
    if days is None:
        return ()
    later = aliased(Agreement)
    continued = select(later.id).where(
        later.continues == Agreement.id, later.retracted_at.is_(None)
    )
    return (
        Agreement.retracted_at.is_(None),
        Agreement.ends_on.between(today, today + timedelta(days=days)),
        ~continued.exists(),
    )


async def agreements_ending(session: Session, days: int, *, today: date) -> int:
    """Return how many agreements end within days without being continued."""
    counted = select(func.count()).select_from(Agreement).where(*ending(days, today=today))
    return await session.scalar(counted) or 0


async def engagements(
    session: Session, partner: str, *, day: date, by: Caller
) -> dict[str, Engagement]:
    """Return what a partner has with the committee, as far as the caller may see."""
    visits = EMPLOYER_VISITS.model
    return {
        "agreements": await _engagement(
            session, AGREEMENTS, (Agreement.partner == partner,), in_force(day), by=by
        ),
        "collaborations": await _engagement(
            session,
            COLLABORATIONS,
            with_partner(partner),
            in_state(CollaborationState.ACTIVE, day),
            by=by,
        ),
        "employer_visits": await _engagement(
            session,
            EMPLOYER_VISITS,
            (visits.partner == partner,),
            (visits.visited_on > day - timedelta(days=365),),
            by=by,
        ),
    }


async def _engagement(
    session: Session, noun: Noun[Any], having: Conditions, current: Conditions, *, by: Caller
) -> Engagement:
    statement = noun.seen_by(by).where(*having, noun.model.retracted_at.is_(None))
    rows = statement.add_columns(and_(*current).label("is_current")).subquery()
    counted = select(func.count(), func.count().filter(rows.c.is_current)).select_from(rows)
    total, now = (await session.execute(counted)).one()
    return Engagement(total, now)
