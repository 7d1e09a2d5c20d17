"""What a claim comes to: its lines from postings and hours, and their sums under the grant.

A line gathers sources of one kind, cost type and rate; where a flat rate changes, lines part at
that day, so that every flat rate stands on whole lines. Pure: the sources come from
`queries.claim_inputs`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from services.budget.domain.claims import (
    Cost,
    Exclusion,
    Grant,
    Inputs,
    Line,
    LineKind,
    ParticipantReport,
    Source,
    SourceKind,
    Sums,
)
from services.budget.domain.exchange import from_kronor
from services.budget.domain.hours import StaffReport
from services.budget.domain.programmes import FlatRate, HourlyRate, RateKind, Rules, StaffCosts
from services.budget.domain.rounding import MINUTES, share_of, worth

Place = tuple[LineKind, str, str, int, tuple[int, ...]]
"""A line's kind, cost type, code, rate, and the flat rates in force on the days it holds."""

Verdict = tuple[Exclusion | None, str, tuple[int, ...]]
"""Why something does not count, or None; its cost type; the flat rates in force on its day."""


def lines_of(inputs: Inputs, grant: Grant, rules: Rules, *, first: date, last: date) -> list[Line]:
    """Return a claim's lines; what does not count is listed for the range's own days only."""
    gathered: dict[Place, list[Source]] = defaultdict(list)
    excluded: dict[tuple[str, Exclusion], list[Source]] = defaultdict(list)
    judged: dict[tuple[str, date], Verdict] = {}
    for cost in inputs.costs:
        known = (cost.account, cost.day)
        if known not in judged:
            judged[known] = _judged(cost, grant, rules)
        why_not, cost_type, segment = judged[known]
        source = Source(SourceKind.POSTING, posting_id=cost.id, amount=cost.amount)
        if why_not is None:
            gathered[LineKind.ACTUAL, cost_type, "", 0, segment].append(source)
        elif first <= cost.day <= last:
            excluded[cost_type, why_not].append(source)
    _take_hours(inputs, grant, rules, gathered, excluded, first=first, last=last)
    made = [_line(place, gathered[place]) for place in sorted(gathered)]
    made += _flat_lines(made, sorted(gathered), grant, rules)
    made += [_excluded_line(*key, excluded[key]) for key in sorted(excluded)]
    for number, line in enumerate(made, 1):
        line.number = number
    return made


def sums_of(
    lines: Iterable[Line],
    *,
    support_rate: int,
    advance_left: int,
    grant_left: int,
    rate: Decimal | None = None,
) -> Sums:
    """Return what lines come to under a grant; a negative support stays negative.

    ``rate`` is kronor for one unit of the grant's currency, None for grants in kronor.
    """
    counted = [line for line in lines if line.kind is not LineKind.EXCLUDED]
    eligible = sum(line.amount for line in counted)
    in_kind = sum(line.amount for line in counted if line.kind is LineKind.IN_KIND)
    support = min(share_of(eligible, support_rate), max(eligible - in_kind, 0))
    if rate is not None:
        support = from_kronor(support, rate)
    deducted = min(advance_left, max(support, 0))
    cut = max(0, support - deducted - grant_left)
    return Sums(eligible, in_kind, support, deducted, cut)


def _judged(cost: Cost, grant: Grant, rules: Rules) -> Verdict:
    """Judge a cost by its account and day alone, so that the verdict serves for all like it."""
    cost_type = rules.cost_type_of(cost.account, cost.day)
    flat = _flat_rates(grant, rules, cost.day)
    segment = tuple(rate.id for rate in flat)
    if cost_type is None:
        return Exclusion.ACCOUNT_NOT_ELIGIBLE, "", segment
    if not grant.covers(cost.day):
        return Exclusion.OUTSIDE_ELIGIBLE_PERIOD, cost_type, segment
    if any(cost_type in rate.replaces for rate in flat):
        return Exclusion.COVERED_BY_FLAT_RATE, cost_type, segment
    if grant.staff_costs is StaffCosts.UNIT and cost_type in rules.paid_by_the_hour():
        return Exclusion.COVERED_BY_UNIT_COST, cost_type, segment
    return None, cost_type, segment


def _flat_rates(grant: Grant, rules: Rules, day: date) -> list[FlatRate]:
    found = (rules.flat_rate(code, day) for code in grant.flat_rates)
    return [rate for rate in found if rate is not None]


def _take_hours(
    inputs: Inputs,
    grant: Grant,
    rules: Rules,
    gathered: dict[Place, list[Source]],
    excluded: dict[tuple[str, Exclusion], list[Source]],
    *,
    first: date,
    last: date,
) -> None:
    if grant.staff_costs is StaffCosts.UNIT:
        for report in inputs.staff:
            _place_staff(report, inputs.within[report.id], grant, rules, gathered)
            if first <= report.day <= last:
                _exclude_staff(report, inputs.within[report.id], grant, rules, excluded)
    if grant.participant_rate is not None:
        for attested in inputs.participants:
            _place_participants(attested, grant, rules, gathered)
            if first <= attested.month <= last:
                _exclude_participants(attested, grant, rules, excluded)


def _place_staff(
    report: StaffReport,
    within: int,
    grant: Grant,
    rules: Rules,
    gathered: dict[Place, list[Source]],
) -> None:
    """Put the minutes by which a report's eligible ones differ from its claimed ones."""
    rate = rules.hourly_rate(RateKind.STAFF, report.function, report.day)
    minutes = (within if grant.covers(report.day) else 0) - report.claimed
    if rate is None or minutes == 0:
        return
    segment = tuple(flat.id for flat in _flat_rates(grant, rules, report.day))
    place = (LineKind.UNIT_COST, rate.cost_type, rate.code, rate.amount, segment)
    gathered[place].append(_hours(SourceKind.STAFF_HOURS, report, minutes))


def _exclude_staff(
    report: StaffReport,
    within: int,
    grant: Grant,
    rules: Rules,
    excluded: dict[tuple[str, Exclusion], list[Source]],
) -> None:
    """List the minutes of a report that do not count, each under its reason."""
    rest = report.minutes % MINUTES if rules.whole_hours else 0
    out = {
        Exclusion.ROUNDED_DOWN: rest,
        Exclusion.BEYOND_THE_YEAR: report.minutes - rest - within,
    }
    if rules.hourly_rate(RateKind.STAFF, report.function, report.day) is None:
        out = {Exclusion.NO_RATE: report.minutes}
    elif not grant.covers(report.day):
        out = {Exclusion.OUTSIDE_ELIGIBLE_PERIOD: report.minutes}
    for reason, minutes in out.items():
        if minutes:
            excluded["", reason].append(_hours(SourceKind.STAFF_HOURS, report, minutes))


def _participant_rate(attested: ParticipantReport, grant: Grant, rules: Rules) -> HourlyRate | None:
    return rules.hourly_rate(RateKind.PARTICIPANT, grant.participant_rate or "", attested.month)


def _place_participants(
    attested: ParticipantReport, grant: Grant, rules: Rules, gathered: dict[Place, list[Source]]
) -> None:
    """Put the minutes by which a month's eligible ones differ from its claimed ones."""
    rate = _participant_rate(attested, grant, rules)
    counted = attested.minutes if grant.covers_some_of(attested.month) else 0
    minutes = counted - attested.claimed
    if rate is None or minutes == 0:
        return
    place = (LineKind.IN_KIND, rate.cost_type, rate.code, rate.amount, ())
    gathered[place].append(_hours(SourceKind.PARTICIPANT_HOURS, attested, minutes))


def _exclude_participants(
    attested: ParticipantReport,
    grant: Grant,
    rules: Rules,
    excluded: dict[tuple[str, Exclusion], list[Source]],
) -> None:
    """List a month of attested hours that does not count, under its reason."""
    if _participant_rate(attested, grant, rules) is None:
        reason = Exclusion.NO_RATE
    elif not grant.covers_some_of(attested.month):
        reason = Exclusion.OUTSIDE_ELIGIBLE_PERIOD
    else:
        return
    if attested.minutes:
        source = _hours(SourceKind.PARTICIPANT_HOURS, attested, attested.minutes)
        excluded["", reason].append(source)


def _hours(kind: SourceKind, report: StaffReport | ParticipantReport, minutes: int) -> Source:
    return Source(kind, record_id=report.id, record_version=report.version, minutes=minutes)


def _line(place: Place, sources: list[Source]) -> Line:
    kind, cost_type, code, rate, _ = place
    if kind is LineKind.ACTUAL:
        amount = sum(source.amount or 0 for source in sources)
        return Line(kind, cost_type, code, amount=amount, sources=sources)
    minutes = sum(source.minutes or 0 for source in sources)
    amount = worth(minutes, rate)
    return Line(kind, cost_type, code, 0, amount, minutes=minutes, rate=rate, sources=sources)


def _flat_lines(
    made: Sequence[Line], places: Sequence[Place], grant: Grant, rules: Rules
) -> list[Line]:
    """Return a line for each flat rate in force on days of its base; ``places`` are the lines'."""
    lines = []
    for rate in rules.flat_rates:
        base_lines = [
            number
            for number, (line, place) in enumerate(zip(made, places, strict=True), 1)
            if line.cost_type in rate.on_cost_types and rate.id in place[-1]
        ]
        base = sum(made[number - 1].amount for number in base_lines)
        if rate.code in grant.flat_rates and base_lines:
            lines.append(
                Line(
                    LineKind.FLAT_RATE,
                    rate.code,
                    rate.code,
                    amount=share_of(base, rate.share),
                    share=rate.share,
                    base=base,
                    base_lines=base_lines,
                )
            )
    return lines


def _excluded_line(cost_type: str, reason: Exclusion, sources: list[Source]) -> Line:
    minutes = sum(source.minutes or 0 for source in sources)
    base = sum(source.amount or 0 for source in sources)
    return Line(
        LineKind.EXCLUDED, cost_type, reason, minutes=minutes or None, base=base, sources=sources
    )
