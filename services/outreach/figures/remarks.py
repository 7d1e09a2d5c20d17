"""What a reader must know about a figure besides its value: series breaks, and why it is zero."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.outreach.domain.counting import CountingRule, Counts, break_note, series_breaks
from services.outreach.figures.uvas_remarks import uvas_remarks
from shared.db import Connection
from shared.figures import FigureDefinition, Query, Remark
from shared.figures.definitions import UnknownCode

RULED = frozenset({"visits", "reached", "students"})
"""Measures that an operation's counting rule chooses between."""

# Operations as they were known at the basis: the present row, or the version before a change.
_OPERATIONS = """
    select code, name, valid_from, valid_to from operation where recorded_at <= $1
    union all
    select body->>'code', body->>'name', (body->>'valid_from')::date, (body->>'valid_to')::date
    from record_version
    where kind = 'operation' and recorded_at <= $1 and superseded_at > $1
    order by code
"""
_RULES = """
    select operation, version, valid_from, counts, note from counting_rule
    where recorded_at <= $1 order by operation, version
"""


@dataclass(frozen=True, slots=True)
class Known:
    """An operation as it was known at a basis."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    rules: tuple[CountingRule, ...]


async def remarks(
    conn: Connection, definitions: tuple[FigureDefinition, ...], query: Query
) -> Sequence[Remark]:
    """Return the notes of a figure that is counted by operation.

    An operation that was not run during the period has zero of everything: that is a fact and
    gets a note. An operation that nobody has opened has no figures at all: that is refused.

    Raises:
        UnknownCode: the question names an operation that was not known at the basis.

    """
    if not any("operation" in definition.dimensions for definition in definitions):
        return ()
    known = await _known(conn, query)
    asked = query.where.get("operation")
    if asked is not None:
        _require_known(known, asked)
    chosen = [each for each in known if asked is None or each.code in asked]
    breaks = _breaks(chosen, query) if RULED & {each.measure for each in definitions} else []
    breaks += await uvas_remarks(conn, definitions, query)
    return [*breaks, *(_absences(chosen, query) if asked is not None else ())]


def _breaks(operations: Iterable[Known], query: Query) -> list[Remark]:
    period = query.period
    return [
        Remark("series-break", break_note(each.name, old, new), new.valid_from)
        for each in operations
        for old, new in series_breaks(each.rules, period.first, period.last)
    ]


def _absences(operations: Iterable[Known], query: Query) -> Iterable[Remark]:
    for each in operations:
        if each.valid_to is not None and each.valid_to < query.period.last:
            text = f"{each.name} drevs till och med {each.valid_to.isoformat()}."
            yield Remark("operation-ended", text, each.valid_to)
        if each.valid_from > query.period.first:
            text = f"{each.name} drevs från och med {each.valid_from.isoformat()}."
            yield Remark("operation-begun", text, each.valid_from)


def _require_known(known: Sequence[Known], asked: Sequence[str]) -> None:
    codes = {each.code for each in known}
    for code in asked:
        if code not in codes:
            raise UnknownCode(f"There is no operation {code!r}.", values=sorted(codes))


async def _known(conn: Connection, query: Query) -> list[Known]:
    rules: dict[str, list[CountingRule]] = {}
    for row in await conn.fetch(_RULES, query.basis):
        rules.setdefault(row["operation"], []).append(_rule(row))
    return [
        Known(**dict(row), rules=tuple(rules.get(row["code"], ())))
        for row in await conn.fetch(_OPERATIONS, query.basis)
    ]


def _rule(row: Any) -> CountingRule:  # noqa: ANN401  asyncpg's Record
    return CountingRule(row["version"], row["valid_from"], Counts(row["counts"]), row["note"])
