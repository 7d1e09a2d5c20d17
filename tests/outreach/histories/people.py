"""What participants tells about people: who is whom, and who is in KAA."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.participants.events import KaaMembershipChanged, SubjectChanged
from tests.outreach.histories.history import Deed, History


async def join_kaa(history: History) -> bool:
    """Let somebody be in KAA, or correct when, or whom it was, or that it never was."""
    memberships = [each for each in history.told if each.startswith("kaa-membership/")]
    known = history.one(memberships) if memberships and history.chance.random() < 0.5 else None
    membership = UUID(known.partition("/")[2]) if known else history.new_id()
    subject = f"kaa-membership/{membership}"
    first = history.day()
    history.say(
        subject,
        KaaMembershipChanged(
            membership_id=membership,
            state_version=history.next_version(subject),
            person_id=history.one(history.people),
            joined_on=date.fromisoformat(first),
            until=date.fromisoformat(history.later(first, 700)),
            retracted=history.chance.random() < 0.1,
        ),
    )
    return True


async def merge(history: History) -> bool:
    """Let a person be counted as another who is themselves, or as themselves again."""
    person = history.one(history.people[:20])
    other = history.one((person, *history.people[20:24]))
    subject = f"person/{person}"
    version = history.next_version(subject)
    history.say(subject, SubjectChanged(person_id=person, state_version=version, subject_id=other))
    return True


DEEDS: dict[Deed, int] = {join_kaa: 6, merge: 4}
