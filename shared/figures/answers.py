"""The answer to a question about a figure: everything needed to print it, as stable bytes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel

from shared.clock import local_day, rfc3339
from shared.figures.computing import Computed, compute
from shared.figures.counting_rules import CountingRules
from shared.figures.definitions import FigureDefinition, Figures, Query
from shared.figures.medians import shown_median
from shared.money import to_decimal_string

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection
    from shared.periods import Period

MONEY = "SEK"
"""The unit whose values are öre inside and decimal strings outside."""

BREAK = "series-break"
"""The kind of the notes that say from which day a figure is counted in another way."""


@dataclass(frozen=True, slots=True)
class LastDelivery:
    """The newest delivery of a register that had been applied at a basis."""

    id: UUID
    applied_at: datetime


LastDeliveries = Callable[["Connection", str, datetime], Awaitable[LastDelivery | None]]
"""``(conn, register, basis)`` gives the last delivery applied at or before the basis."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A note that depends on a service's own records: its kind, Swedish text, and day."""

    kind: str
    text: str
    on: date | None = None


Remarks = Callable[["Connection", tuple[FigureDefinition, ...], Query], Awaitable[Sequence[Remark]]]
"""``(conn, definitions, query)`` gives what a reader of the answer must know besides.

It reads what was recorded at or before ``query.basis`` and nothing else, so that answers stay
equal, and may refuse a question that names what the service does not know (`UnknownCode`).
"""


async def last_delivery(conn: Connection, register: str, basis: datetime) -> LastDelivery | None:
    """Look a register's last delivery up where deliveries are kept (`shared.deliveries`)."""
    row = await conn.fetchrow(
        "select id, finished_at from delivery "
        "where register = $1 and state = 'applied' and not dry_run and finished_at <= $2 "
        "order by finished_at desc, id desc limit 1",
        register,
        basis,
    )
    return None if row is None else LastDelivery(row["id"], row["finished_at"])


async def answer(
    conn: Connection,
    figures: Figures,
    query: Query,
    *,
    deliveries: LastDeliveries = last_delivery,
    remarks: Remarks | None = None,
    counting_rules: CountingRules | None = None,
    restriction: str | None = None,
) -> dict[str, Any]:
    """Answer one question; the same question gives an equal answer for ever.

    A restriction is a Swedish text that says what the caller was not shown; it becomes a note.

    Rows are sorted. A combination without a row has the value zero; whether anything has been
    delivered at all is told by ``source``.

    Raises:
        UnknownFigure, UnknownDimension, UnknownCode, MixedUnits, NotAdditive: the question.

    """
    definitions = figures.checked(query)
    remarked = [] if remarks is None else await remarks(conn, definitions, query)
    ruled = [] if counting_rules is None else await counting_rules(conn, definitions, query)
    computed = await compute(conn, definitions, query) if query.counted else Computed((), 0)
    first = definitions[0]
    return {
        **headed(definitions, query),
        "rows": _rows(first, query, computed),
        "total": shown_value(first, computed.total)
        if query.counted and computed.base != 0
        else None,
        "notes": [
            *notes_of(definitions, query, restriction),
            *_base_note(computed),
            *(shown_note(each.kind, each.text, each.on) for each in remarked),
        ],
        "breaks": breaks_within(definitions, remarked, query.period),
        "countingRules": [rule.shown() for rule in ruled],
        "source": await _source(conn, first, query, deliveries),
    }


def headed(definitions: Sequence[FigureDefinition], query: Query) -> dict[str, Any]:
    """Return what an answer repeats of its question, and what was asked about."""
    first = definitions[0]
    return {
        "name": "+".join(definition.name for definition in definitions),
        "version": first.version,
        "unit": first.unit,
        "kind": _kebab(first.kind),
        "title": " + ".join(definition.title for definition in definitions),
        "definition": " ".join(definition.definition for definition in definitions),
        "period": str(query.period),
        "periodLabel": query.period.label,
        "state": state_of(query.period, query.basis),
        "basis": rfc3339(query.basis),
        "by": [to_camel(name) for name in query.by],
        "where": {to_camel(name): list(values) for name, values in sorted(query.where.items())},
    }


def breaks_within(
    definitions: Sequence[FigureDefinition], remarked: Sequence[Remark], period: Period
) -> list[dict[str, str]]:
    """Return the series breaks inside a period, by day: of definitions and rules."""
    found = {(each.on, each.text) for definition in definitions for each in definition.breaks}
    found |= {(each.on, each.text) for each in remarked if each.kind == BREAK and each.on}
    return [
        {"on": on.isoformat(), "text": text} for on, text in sorted(found) if period.crosses(on)
    ]


def state_of(period: Period, basis: datetime) -> str:
    """Return how far a period had come at a basis: all of it, some of it, or nothing."""
    known_until = local_day(basis)
    if period.last < known_until:
        return "complete"
    return "open" if period.first <= known_until else "not_begun"


def describe(definition: FigureDefinition) -> dict[str, Any]:
    """Return a definition as ``GET /figures`` shows it."""
    return {
        "name": definition.name,
        "version": definition.version,
        "unit": definition.unit,
        "kind": _kebab(definition.kind),
        "title": definition.title,
        "definition": definition.definition,
        "dimensions": [
            {
                "name": to_camel(name),
                "codes": _codes(definition, name),
                "scope": definition.scopes.get(name),
            }
            for name in definition.dimensions
        ],
        "register": definition.register,
        "notes": list(definition.notes),
        "breaks": [{"on": each.on.isoformat(), "text": each.text} for each in definition.breaks],
    }


def _codes(definition: FigureDefinition, name: str) -> list[str] | None:
    codes = definition.codes.get(name)
    return None if codes is None else sorted(codes)


def _rows(
    definition: FigureDefinition, query: Query, computed: Computed
) -> list[dict[str, str | int]]:
    names = [to_camel(name) for name in query.by]
    return [
        {
            **dict(zip(names, cell, strict=True)),
            "value": shown_value(definition, value),
            **({"base": computed.bases[cell]} if cell in computed.bases else {}),
        }
        for cell, value in computed.cells
    ]


def shown_value(definition: FigureDefinition, value: int) -> str | int:
    """Return a value as it is sent: kronor and medians as decimal strings, counts as numbers."""
    if definition.value is not None:
        return shown_median(value, definition.divisor)
    return to_decimal_string(value) if definition.unit == MONEY else value


def notes_of(
    definitions: Sequence[FigureDefinition], query: Query, restriction: str | None
) -> list[dict[str, str | None]]:
    """Return the notes that follow from definitions, the period and what was left out."""
    notes: list[dict[str, str | None]] = []
    for definition in definitions:
        notes += [shown_note("definition", text) for text in definition.notes]
        notes += [
            shown_note(BREAK, each.text, each.on)
            for each in definition.breaks
            if query.period.crosses(each.on)
        ]
    if state_of(query.period, query.basis) != "complete":
        known_until = local_day(query.basis)
        text = f"Perioden är inte avslutad: uppgifterna gäller till och med {known_until}."
        notes.append(shown_note("open-period", text, known_until))
    if restriction is not None:
        notes.append(shown_note("restricted", restriction))
    return notes


def _base_note(computed: Computed) -> list[dict[str, str | None]]:
    if computed.base is None:
        return []
    return [shown_note("base", f"Medianen är beräknad på {computed.base} värden.")]


def shown_note(kind: str, text: str, on: date | None = None) -> dict[str, str | None]:
    """Return a note as it is sent."""
    return {"kind": kind, "text": text, "on": None if on is None else on.isoformat()}


async def _source(
    conn: Connection, definition: FigureDefinition, query: Query, deliveries: LastDeliveries
) -> dict[str, Any]:
    last = None
    if definition.register is not None:
        last = await deliveries(conn, definition.register, query.basis)
    shown = last and {"id": str(last.id), "appliedAt": rfc3339(last.applied_at)}
    return {"register": definition.register, "lastDelivery": shown}


def _kebab(name: str) -> str:
    return name.replace("_", "-")
