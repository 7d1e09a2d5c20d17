"""Operations' own numbers side by side, each counted as its operation counts.

The committee prints them so: jobbtorg counts those whom two-way contacts have reached,
Kompetensverkstan its visitors. They are never added up, and an operation that changed its way
of counting inside the period has a number for each of its rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.outreach.domain.counting import Counts
from services.outreach.figures import FIGURES
from services.outreach.figures.known import Known, known_operations
from services.outreach.figures.remarks import absences, breaks_of, require_known
from services.outreach.figures.rules import rules_of
from services.outreach.models import JOURNAL
from shared.clock import rfc3339
from shared.db import Connection
from shared.figures import FigureDefinition, Query, RuleInForce
from shared.figures.answers import breaks_within, notes_of, shown_note, state_of
from shared.figures.asking import Asking

OWN = {
    Counts.CONTACTS: FIGURES.named("contacts-reached"),
    Counts.TWO_WAY_CONTACTS: FIGURES.named("contacts-reached"),
    Counts.VISITORS: FIGURES.named("visits"),
    Counts.PARTICIPANTS: FIGURES.named("students"),
}
"""The figure that an operation's own number is, by what its rule counts."""
FIRST = OWN[Counts.VISITORS]
"""The figure that a question is read as; it has the breakdowns that all of them have."""
FILTERS = [name for name in FIRST.dimensions if all(name in f.dimensions for f in OWN.values())]
ASKING = Asking(FIGURES, "unit")

_SIDE_BY_SIDE = (
    "Verksamheterna räknar olika saker. Värden som har olika enhet eller räknas efter olika "
    "regler ska inte jämföras eller läggas ihop."
)
# The facts are read once, however many operations there are, and netted by day; the days then
# fall to the rule that they are under.
_SUMS = f"""
    with net as materialized (
        select {JOURNAL.named("measure", "operation", "happened_on")},
               sum({JOURNAL.sql("amount")}) as amount
        from {JOURNAL.table}
        where {JOURNAL.sql("measure")} = any($2::text[])
          and {JOURNAL.sql("happened_on")} between $5 and $6
          and {JOURNAL.sql("recorded_at")} <= $7 %s
        group by 1, 2, 3
    )
    select coalesce(sum(net.amount), 0)::bigint as amount
    from unnest($1::text[], $2::text[], $3::date[], $4::date[])
         with ordinality asked (operation, measure, first, last, place)
    left join net on net.operation = asked.operation and net.measure = asked.measure
                 and net.happened_on between asked.first and asked.last
    group by asked.place order by asked.place
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of days that one rule of an operation holds in."""

    operation: Known
    rule: RuleInForce
    figure: FigureDefinition
    first: date
    last: date


async def own_counts(conn: Connection, query: Query, restriction: str | None) -> dict[str, Any]:
    """Answer what each operation counted by its own rules; the same question answers the same.

    Of all operations those that were run in the period, of those asked for each.

    Raises:
        UnknownDimension, UnknownCode: the question.

    """
    for figure in dict.fromkeys(each.name for each in OWN.values()):
        FIGURES.checked(replace(query, figure=figure))
    known = await known_operations(conn, query.basis)
    asked = query.where.get("operation")
    require_known(known, asked or ())
    chosen = [
        each for each in known if (_run(each, query) if asked is None else each.code in asked)
    ]
    parts = [part for each in chosen for part in _parts(each, query)]
    values = await _values(conn, parts, query)
    remarked = [*breaks_of(chosen, query), *(absences(chosen, query) if asked else ())]
    return {
        "period": str(query.period),
        "periodLabel": query.period.label,
        "state": state_of(query.period, query.basis),
        "basis": rfc3339(query.basis),
        "where": {name: list(values) for name, values in sorted(query.where.items())},
        "ownCounts": [_shown(part, value) for part, value in zip(parts, values, strict=True)],
        "notes": [
            shown_note("not-a-sum", _SIDE_BY_SIDE),
            *notes_of((), query, restriction),
            *(shown_note(each.kind, each.text, each.on) for each in remarked),
        ],
        "breaks": breaks_within((), remarked, query.period),
    }


def _run(operation: Known, query: Query) -> bool:
    ended = operation.valid_to is not None and operation.valid_to < query.period.first
    return operation.valid_from <= query.period.last and not ended


def _parts(operation: Known, query: Query) -> Iterator[Part]:
    period = query.period
    for rule in rules_of(operation):
        if rule.in_force(period):
            first = max(rule.valid_from, period.first)
            last = min(rule.valid_to or period.last, period.last)
            yield Part(operation, rule, OWN[Counts(rule.counts)], first, last)


async def _values(conn: Connection, parts: Sequence[Part], query: Query) -> list[int]:
    """Return the value of each part, all from one pass over the journal."""
    columns = [
        [part.operation.code for part in parts],
        [part.figure.measure for part in parts],
        [part.first for part in parts],
        [part.last for part in parts],
    ]
    names = sorted(set(query.where) - {"operation"})
    limits = "".join(
        f"and {JOURNAL.sql(name)} = any(${place}::text[]) " for place, name in enumerate(names, 8)
    )
    wanted = (list(query.where[name]) for name in names)
    days = (query.period.first, query.period.last)
    rows = await conn.fetch(_SUMS % limits, *columns, *days, query.basis, *wanted)
    return [row["amount"] for row in rows]


def _shown(part: Part, value: int) -> dict[str, Any]:
    return {
        "operation": part.operation.code,
        "name": part.operation.name,
        "figure": part.figure.name,
        "version": part.figure.version,
        "unit": part.figure.unit,
        "definition": part.figure.definition,
        "from": part.first.isoformat(),
        "to": part.last.isoformat(),
        "value": value,
        "rule": part.rule.shown(),
    }
