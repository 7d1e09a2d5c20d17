"""What an operation counts, from which day, and where its series breaks.

Persons, visits and contacts are different units. A rule names exactly one of them, and a figure
never adds what two rules counted in different units.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from services.outreach.domain.codes import Direction


class Counts(StrEnum):
    """What makes an operation's own number.

    From 2024 jobbtorg registers those whom two-way communication has reached and Kompetensverkstan
    its visitors (the committee's area report of 2024); before that, attempts were counted too.
    """

    CONTACTS = "contacts"
    TWO_WAY_CONTACTS = "two_way_contacts"
    VISITORS = "visitors"
    PARTICIPANTS = "participants"

    @property
    def unit(self) -> str:
        return _UNITS[self]

    @property
    def swedish(self) -> str:
        return _SWEDISH[self]


_UNITS = {
    Counts.CONTACTS: "contacts",
    Counts.TWO_WAY_CONTACTS: "contacts",
    Counts.VISITORS: "visits",
    Counts.PARTICIPANTS: "persons",
}
_SWEDISH = {
    Counts.CONTACTS: "alla kontaktförsök",
    Counts.TWO_WAY_CONTACTS: "tvåvägskontakter",
    Counts.VISITORS: "besök",
    Counts.PARTICIPANTS: "deltagare",
}


@dataclass(frozen=True, slots=True)
class CountingRule:
    """One rule of one operation; it holds until the next one's `valid_from`."""

    version: int
    valid_from: date
    counts: Counts
    note: str


def rule_on(rules: Iterable[CountingRule], day: date) -> CountingRule | None:
    """Return the rule in force on a day, or None before the first."""
    begun = [rule for rule in rules if rule.valid_from <= day]
    return max(begun, key=lambda rule: rule.valid_from, default=None)


def counts_contact(rule: CountingRule | None, direction: Direction) -> bool:
    """Tell whether a contact counts as having reached the person, by the rule of its day.

    Any attempt does where every contact is counted, and only a two-way one where those are.
    """
    if rule is None:
        return False
    match rule.counts:
        case Counts.CONTACTS:
            return True
        case Counts.TWO_WAY_CONTACTS:
            return direction is Direction.TWO_WAY
        case Counts.VISITORS | Counts.PARTICIPANTS:
            return False


def series_breaks(
    rules: Iterable[CountingRule], first: date, last: date
) -> list[tuple[CountingRule, CountingRule]]:
    """Return (old, new) for each change of rule within the days, the first day excluded.

    A rule that begins on the first day covers the whole period: nothing breaks inside it.
    """
    ordered = sorted(rules, key=lambda rule: rule.valid_from)
    return [(old, new) for old, new in pairwise(ordered) if first < new.valid_from <= last]


def break_note(operation_name: str, old: CountingRule, new: CountingRule) -> str:
    """Return the Swedish note that travels with every figure across the change."""
    reason = f" {new.note}" if new.note else ""
    return (
        f"Seriebrott {new.valid_from.isoformat()}: {operation_name} räknar "
        f"{new.counts.swedish} (regel {new.version}), tidigare {old.counts.swedish} "
        f"(regel {old.version}).{reason} Värden före och efter ska inte jämföras eller läggas ihop."
    )
