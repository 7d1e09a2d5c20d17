"""Which target groups (målgrupper) somebody belongs to on a day, why, and under which rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from services.participants.domain.conditions import Condition, Situation, Verdict, together, verdict
from services.participants.domain.explanations import explained

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of what makes a group, valid from and to days, both included."""

    group: str
    version: int
    valid_from: date
    valid_to: date | None
    title: str
    conditions: tuple[Condition, ...]

    @property
    def name(self) -> str:
        """The group and the version, as frozen on enrolments: ``uvas:2``."""
        return f"{self.group}:{self.version}"


@dataclass(frozen=True, slots=True)
class Explained:
    """One condition of a rule about one person."""

    kind: str
    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One group about one person: all conditions must hold."""

    rule: Rule
    verdict: Verdict
    conditions: tuple[Explained, ...]


class RuleBook:
    """Every version of every rule."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = sorted(rules, key=lambda rule: (rule.group, rule.valid_from))
        self._on: dict[date, tuple[list[Rule], list[str]]] = {}

    def groups(self, of: Situation) -> tuple[list[str], list[str]]:
        """Return the groups somebody belongs to, and the names of the rules that said so.

        Every rule of the day is named, also of groups the person does not belong to.
        """
        rules, names = self._of_day(of.day)
        return [rule.group for rule in rules if _verdict(rule, of) is Verdict.MET], names

    def explained(self, of: Situation) -> list[Judged]:
        """Return each group of the day with a reason for each of its conditions."""
        rules, _ = self._of_day(of.day)
        return [
            Judged(
                rule,
                _verdict(rule, of),
                tuple(
                    Explained(_kind(each), verdict(each, of), explained(each, of))
                    for each in rule.conditions
                ),
            )
            for rule in rules
        ]

    def _of_day(self, day: date) -> tuple[list[Rule], list[str]]:
        if day not in self._on:
            rules = [
                rule
                for rule in self._rules
                if rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)
            ]
            self._on[day] = rules, [rule.name for rule in rules]
        return self._on[day]


def _verdict(rule: Rule, of: Situation) -> Verdict:
    return together([verdict(condition, of) for condition in rule.conditions])


def _kind(condition: Condition) -> str:
    return str(condition.__struct_config__.tag)
