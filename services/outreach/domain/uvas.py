"""Who counts as UVAS (unga som varken arbetar eller studerar), by a rule that holds from a day.

A worker states whom they met; the rule of the day says whether that counts. The committee's
follow-up of 2020 reports UVAS of 20-29 years; its area report of 2024 those of 19-29 who are not
in the municipal responsibility for activity (KAA, skollagen 29 kap. 9 §).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from services.outreach.domain.codes import AgeGroup, TargetGroup

OLDEST = 120
"""No rule and no age group goes further."""


@dataclass(frozen=True, slots=True)
class UvasRule:
    """One rule; it holds until the next one's `valid_from`. Both ages are included."""

    version: int
    valid_from: date
    youngest: int
    oldest: int
    without_kaa: bool
    note: str

    @property
    def swedish(self) -> str:
        kaa = "utan" if self.without_kaa else "med"
        return f"{self.youngest}–{self.oldest} år, {kaa} ungdomar i KAA"  # noqa: RUF001  Swedish


@dataclass(frozen=True, slots=True)
class KaaMembership:
    """A time in KAA: from a day until another, which is no longer part of it."""

    joined_on: date
    until: date
    retracted: bool = False


def years_of(age_group: AgeGroup) -> tuple[int, int] | None:
    """Return the first and last year of an age group, or None if nobody knows."""
    if age_group is AgeGroup.UNKNOWN:
        return None
    youngest, oldest = age_group.split("-")
    return int(youngest), int(oldest or OLDEST)


def uvas_rule_on(rules: Iterable[UvasRule], day: date) -> UvasRule | None:
    """Return the rule in force on a day, or None before the first."""
    begun = [rule for rule in rules if rule.valid_from <= day]
    return max(begun, key=lambda rule: rule.valid_from, default=None)


def in_kaa(memberships: Iterable[KaaMembership], day: date) -> bool:
    """Tell whether somebody with these memberships is in KAA on a day."""
    return any(not each.retracted and each.joined_on <= day < each.until for each in memberships)


def counted_group(
    stated: TargetGroup, age_group: AgeGroup, rule: UvasRule | None, *, member: bool
) -> TargetGroup:
    """Return the target group that a contact counts in; what was stated stays on its record.

    Only an age group that lies wholly outside the rule's ages tells that somebody is too young
    or too old.

    Args:
        stated: by who met the person.
        age_group: of the person, as far as it is known.
        rule: the one of the day.
        member: whether the person was in KAA that day. Nobody knows it of the anonymous.

    """
    if stated is not TargetGroup.UVAS or rule is None:
        return stated
    years = years_of(age_group)
    if years is not None and not (years[0] <= rule.oldest and years[1] >= rule.youngest):
        return TargetGroup.OTHER
    return TargetGroup.KAA if rule.without_kaa and member else TargetGroup.UVAS


def uvas_breaks(
    rules: Iterable[UvasRule], first: date, last: date
) -> list[tuple[UvasRule, UvasRule]]:
    """Return (old, new) for each change of rule within the days, the first day excluded."""
    ordered = sorted(rules, key=lambda rule: rule.valid_from)
    return [(old, new) for old, new in pairwise(ordered) if first < new.valid_from <= last]


def uvas_break_note(old: UvasRule, new: UvasRule) -> str:
    """Return the Swedish note that travels with every figure of UVAS across the change."""
    reason = f" {new.note}" if new.note else ""
    return (
        f"Seriebrott {new.valid_from.isoformat()}: UVAS är {new.swedish} (regel {new.version}), "
        f"tidigare {old.swedish} (regel {old.version}).{reason} Värden före och efter ska inte "
        "jämföras eller läggas ihop."
    )
