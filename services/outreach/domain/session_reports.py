"""Rules of session reports: what one may say, and what makes two of them the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.outreach.errors import SaidTwice, SessionNotNamed

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Report:
    """What a client says of a held session.

    Args:
        id: made by the client; a session that is new here gets it too.
        session_id: of a session that is here already; or
        schedule_id: the schedule that gave the session, with
        scheduled_on: the day it gave; or
        new: columns of a session that nobody had planned here.
        correction: columns of a session here that turned out otherwise.
        reason: why they did; given whenever there is a correction.
        visits: columns of each tally.
        contacts: columns of each contact that are not the session's.
        said: all of it as it came, to know the same report again.

    """

    id: UUID
    session_id: UUID | None
    schedule_id: UUID | None
    scheduled_on: date | None
    new: Mapping[str, Any] | None
    correction: Mapping[str, Any]
    reason: str | None
    visits: Sequence[Mapping[str, Any]]
    contacts: Sequence[Mapping[str, Any]]
    said: dict[str, Any]

    def __post_init__(self) -> None:
        """Check what can be checked without looking anything up.

        Raises:
            SessionNotNamed: none, or more than one, or half a session is named.
            SaidTwice: an age group or a contact occurs twice.

        """
        named = [self.session_id, self.schedule_id, self.new]
        halves = (self.schedule_id is None) is not (self.scheduled_on is None)
        if halves or sum(name is not None for name in named) != 1:
            raise SessionNotNamed
        if self.new is not None and self.reason is not None:
            raise SessionNotNamed
        require_said_once("visits", "ageGroup", [tally["age_group"] for tally in self.visits])
        require_said_once("contacts", "id", [contact["id"] for contact in self.contacts])


def require_said_once(member: str, property_: str, values: Sequence[Hashable]) -> None:
    """Check that no two entries of a list are about the same thing.

    Args:
        member: the list, as the client knows it.
        property_: the property of its entries that must differ.
        values: that property of each entry.

    Raises:
        SaidTwice: naming every entry that repeats an earlier one.

    """
    seen: set[Hashable] = set()
    repeated = []
    for place, value in enumerate(values):
        if value in seen:
            repeated.append(f"{member}.{place}.{property_}")
        seen.add(value)
    if repeated:
        raise SaidTwice(repeated)


def differing(kept: Any, sent: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401  any JSON
    """Yield the path of every member in which two JSON values differ; none when they are equal."""
    if isinstance(kept, Mapping) and isinstance(sent, Mapping):
        for name in dict.fromkeys([*kept, *sent]):
            deeper = f"{path}.{name}" if path else name
            yield from differing(kept.get(name, _MISSING), sent.get(name, _MISSING), deeper)
    elif isinstance(kept, list) and isinstance(sent, list):
        for place in range(max(len(kept), len(sent))):
            yield from differing(
                kept[place] if place < len(kept) else _MISSING,
                sent[place] if place < len(sent) else _MISSING,
                f"{path}.{place}",
            )
    elif kept != sent:
        yield path
