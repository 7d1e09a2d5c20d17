"""Which sessions a schedule gives: its rule, holidays, stops, moved days and extra ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from services.outreach.domain import recurrence
from services.outreach.domain.codes import ExceptionKind, Holidays, SessionState
from services.outreach.domain.holidays import holiday
from services.outreach.errors import (
    DayOfTheSchedule,
    ExceptionIncomplete,
    NotADayOfTheSchedule,
    RuleGivesNothing,
)

LOOKED_THROUGH = timedelta(days=3 * 366)
"""How far a schedule without a last day is looked through for its first session."""

CHANGED = "Schemat har ändrats."
"""Why a planned session is cancelled that a changed schedule no longer gives."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a schedule says of its days.

    `ends_on` is the last day; sessions of days before `applies_from` an earlier version gave.
    """

    rule: str
    starts_on: date
    ends_on: date | None
    starts_at: time | None
    ends_at: time | None
    holidays: Holidays
    applies_from: date


@dataclass(frozen=True, slots=True)
class Departure:
    """A stop from `first_on` to `last_on` (None: until further notice), or one day's exception."""

    kind: ExceptionKind
    first_on: date
    last_on: date | None
    moved_to: date | None
    starts_at: time | None
    ends_at: time | None
    reason: str

    def covers(self, day: date) -> bool:
        return self.first_on <= day and (self.last_on is None or day <= self.last_on)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A session that a schedule gives; `scheduled_on` is what it is known by, also when moved.

    `stopped` is why it is cancelled from the outset.
    """

    scheduled_on: date
    planned_on: date
    starts_at: time | None
    ends_at: time | None
    stopped: str | None

    @property
    def state(self) -> SessionState:
        return SessionState.PLANNED if self.stopped is None else SessionState.CANCELLED


def occasions(
    plan: Plan, departures: Iterable[Departure], *, first: date, last: date
) -> list[Occasion]:
    """Return the sessions whose own day lies within the days, both included, in their order."""
    known = list(departures)
    moved = {each.first_on: each for each in known if each.kind is ExceptionKind.MOVED}
    extra = {each.first_on: each for each in known if each.kind is ExceptionKind.EXTRA}
    stops = [each for each in known if each.kind is ExceptionKind.STOP]
    first, last = max(first, plan.applies_from), min(last, plan.ends_on or last)
    given = {day for day in ruled(plan, first=first, last=last) if not skipped(plan, day)}
    besides = {day for day in extra if first <= day <= last}
    return [
        _occasion(plan, day, moved.get(day) or extra.get(day), stops)
        for day in sorted(given | besides)
    ]


def ruled(plan: Plan, *, first: date, last: date) -> Iterator[date]:
    """Return the days of the rule until the schedule ends, holidays among them."""
    last = min(last, plan.ends_on or last)
    return recurrence.days(plan.rule, starts_on=plan.starts_on, first=first, last=last)


def skipped(plan: Plan, day: date) -> str | None:
    """Return the holiday for which the schedule leaves a day out, if it does."""
    return holiday(day) if plan.holidays is Holidays.SKIP else None


def require_sessions(plan: Plan) -> None:
    """Check that a schedule gives at least one session.

    Raises:
        RuleGivesNothing: it gives none until its last day, or for years.

    """
    last = plan.ends_on or plan.starts_on + LOOKED_THROUGH
    days = ruled(plan, first=plan.applies_from, last=last)
    if all(skipped(plan, day) for day in days):
        raise RuleGivesNothing


def require_departure(plan: Plan, said: Departure) -> None:
    """Check that an exception says what its kind needs, of a day of its kind.

    Raises:
        ExceptionIncomplete: a moved day goes nowhere, a stop has times, a day goes elsewhere.
        NotADayOfTheSchedule: the day to be moved is none that the schedule gives.
        DayOfTheSchedule: the extra day is one that it gives anyway.

    """
    goes, at_times = said.moved_to is not None, said.starts_at is not None
    complete = {
        ExceptionKind.STOP: not (goes or at_times),
        ExceptionKind.MOVED: goes or at_times,
        ExceptionKind.EXTRA: not goes,
    }
    if not complete[said.kind]:
        raise ExceptionIncomplete
    if said.kind is ExceptionKind.STOP:
        return
    given = any(occasions(plan, (), first=said.first_on, last=said.first_on))
    if said.kind is ExceptionKind.MOVED and not given:
        raise NotADayOfTheSchedule
    if said.kind is ExceptionKind.EXTRA and given:
        raise DayOfTheSchedule


def _occasion(
    plan: Plan, day: date, departure: Departure | None, stops: Sequence[Departure]
) -> Occasion:
    planned_on, starts_at, ends_at = day, plan.starts_at, plan.ends_at
    if departure is not None:
        planned_on = departure.moved_to or day
        if departure.starts_at is not None:
            starts_at, ends_at = departure.starts_at, departure.ends_at
    reasons = (stop.reason for stop in stops if stop.covers(planned_on))
    return Occasion(day, planned_on, starts_at, ends_at, next(reasons, None))
