"""Reads of contacts: pairs that may be one meeting told twice."""

from __future__ import annotations

from sqlalchemy import Text, case, cast, func, select, union_all
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import Subquery

from services.outreach.models import Contact, ContactDistinction, KnownPerson
from services.outreach.queries.nouns import CONTACTS
from services.outreach.queries.reading import Session, Wanted, criteria
from shared.auth import Caller

Pair = tuple[Contact, Contact]
"""A contact that was recorded by hand, and one that a register pushed."""


async def likely_doubles(session: Session, wanted: Wanted, *, by: Caller) -> tuple[list[Pair], int]:
    """Return one page of pairs that may be the same contact, and how many there are in all.

    One was recorded by hand and the other pushed by a register, of the same unit, day and
    channel, with the same person; or both anonymous, of the same operation, sex and age group.
    Contacts that are alike in all of that are paired one to one, those last of which somebody
    has said that they are no doubles.
    """
    pairs = _pairs(wanted, by)
    total = await session.scalar(select(func.count()).select_from(pairs))
    hand, pushed = aliased(Contact), aliased(Contact)
    page = (
        select(hand, pushed)
        .select_from(pairs)
        .join(hand, hand.id == pairs.c.by_hand)
        .join(pushed, pushed.id == pairs.c.pushed)
        .order_by(hand.happened_on.desc(), hand.id.desc())
        .limit(wanted.limit)
        .offset(wanted.offset)
    )
    found = await session.execute(page)
    return [(one, other) for one, other in found], total or 0


def _pairs(wanted: Wanted, by: Caller) -> Subquery:
    """Return the ids of pairs: one pass over the contacts, however many are alike."""
    alike = _alike(wanted, by)
    ids = func.array_agg(alike.c.id)
    found = (
        select(
            ids.filter(~alike.c.pushed)[1].label("by_hand"),
            ids.filter(alike.c.pushed)[1].label("pushed"),
        )
        .group_by(*(alike.c[name] for name in _SAME), alike.c.who, alike.c.place)
        .having(func.count() == 2)  # noqa: PLR2004  one of each
        .subquery()
    )
    said = select(ContactDistinction.contact_id).where(
        ContactDistinction.contact_id == func.least(found.c.by_hand, found.c.pushed),
        ContactDistinction.other_id == func.greatest(found.c.by_hand, found.c.pushed),
    )
    return select(found).where(~said.exists()).subquery()


_SAME = ("unit", "happened_on", "channel")


def _alike(wanted: Wanted, by: Caller) -> Subquery:
    """Return contacts with who they were with, and their place among those that are alike."""
    person = func.coalesce(KnownPerson.subject_id, Contact.person_id)
    anonymous = func.concat_ws(" ", Contact.operation, Contact.sex, Contact.age_group)
    who = case((Contact.person_id.is_(None), anonymous), else_=cast(person, Text))
    pushed = Contact.source_key.is_not(None)
    distinct = union_all(select(ContactDistinction.contact_id), select(ContactDistinction.other_id))
    same = [getattr(Contact, name) for name in _SAME]
    place = func.row_number().over(
        partition_by=[*same, who, pushed], order_by=[Contact.id.in_(distinct), Contact.id]
    )
    covered = by.unit_filter()
    return (
        select(
            Contact.id,
            *same,
            who.label("who"),
            pushed.label("pushed"),
            place.label("place"),
        )
        .outerjoin(KnownPerson, KnownPerson.person_id == Contact.person_id)
        .where(Contact.retracted_at.is_(None), *criteria(CONTACTS, wanted))
        .where(*(() if covered is None else (Contact.unit.in_(covered),)))
        .subquery()
    )
