"""The answer to why a figure moved, as it is sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel

from shared.errors import Invalid
from shared.figures.answers import MONEY, Remarks, headed, notes_of, shown_note
from shared.figures.changes import Moved, Steps, moved
from shared.figures.computing import named_cells
from shared.figures.counting import Cell
from shared.figures.definitions import FigureDefinition, Figures, Query
from shared.figures.medians import median_tenths, shown_tenths
from shared.figures.steps_sql import KINDS
from shared.money import to_decimal_string

if TYPE_CHECKING:
    from shared.db import Connection


class NotEarlier(Invalid):
    """A difference is told from an earlier basis to a later one."""

    code, title = "not_earlier", "The basis to start from is not the earlier one"


def require_earlier(since: datetime, basis: datetime) -> None:
    """Refuse to tell a difference backwards, or from a basis to itself.

    Raises:
        NotEarlier: names the property.

    """
    if since >= basis:
        entry = {"property": "since", "code": "not_earlier", "reason": "must lie before the basis"}
        raise NotEarlier("since must lie before the basis.", invalid_parameters=[entry])


async def change_answer(
    conn: Connection,
    figures: Figures,
    query: Query,
    since: datetime,
    *,
    remarks: Remarks | None = None,
    restriction: str | None = None,
    guarded: Collection[str] = (),
) -> dict[str, Any]:
    """Answer one question with its difference since an earlier basis, in parts.

    Before and after are what `answer` gives at the two bases, and every part is scaled and
    rounded as they are: the parts sum to the difference as it is shown.

    In a question by a guarded dimension, or about values of it, a cell that is zero at both
    bases has not moved: who was counted in a district for a while, until their identity became
    protected, is in none of the figures of either basis, and in none of what lies between.

    Raises:
        UnknownFigure, UnknownDimension, UnknownCode, MixedUnits, NotAdditive: the question.

    """
    definitions = figures.checked(query)
    remarked = [] if remarks is None else await remarks(conn, definitions, query)
    found = await moved(conn, definitions, query, since)
    first = definitions[0]
    names = [to_camel(name) for name in query.by]
    if not {*query.by, *query.where}.isdisjoint(guarded):
        found = _without_passing(found, first, named_cells(query))
    return {
        **headed(definitions, query),
        "total": shown_change(first, found.total),
        "cells": [
            {**dict(zip(names, cell, strict=True)), **shown_change(first, steps)}
            for cell, steps in found.cells
        ],
        "notes": [
            *notes_of(definitions, query, restriction),
            *(shown_note(each.kind, each.text, each.on) for each in remarked),
        ],
    }


def _without_passing(found: Moved, definition: FigureDefinition, named: Collection[Cell]) -> Moved:
    """Return changes without what came and went again; cells that were named stand still."""
    nothing = 0 if definition.value is None else None

    def passed(steps: Steps) -> bool:
        return steps[0] == steps[-1] == nothing

    still = (nothing,) * len(found.total)
    cells = ((cell, still if passed(steps) else steps) for cell, steps in found.cells)
    return Moved(
        tuple((cell, steps) for cell, steps in cells if steps != still or cell in named),
        still if passed(found.total) else found.total,
    )


def shown_change(definition: FigureDefinition, steps: Steps) -> dict[str, Any]:
    """Return a figure's way from before to after, in the values that answers show.

    A median of nobody has no value: then there is no difference, and there are no parts.
    """
    counted = [None if step is None else _scaled(definition, step) for step in steps]
    before, after = counted[0], counted[-1]
    shown: dict[str, Any] = {
        "before": None if before is None else _shown(definition, before),
        "after": None if after is None else _shown(definition, after),
        "difference": None,
        "parts": None,
    }
    given = [step for step in counted if step is not None]
    if before is None or after is None:
        return shown
    parts = [_shown(definition, later - earlier) for earlier, later in pairwise(given)]
    return shown | {
        "difference": _shown(definition, after - before),
        "parts": dict(zip(map(to_camel, KINDS), parts, strict=True)),
    }


def _scaled(definition: FigureDefinition, value: int) -> int:
    """Return a value in whole units of the last decimal that is shown of it."""
    return value if definition.value is None else median_tenths(value, definition.divisor)


def _shown(definition: FigureDefinition, scaled: int) -> str | int:
    if definition.value is not None:
        return shown_tenths(scaled)
    return to_decimal_string(scaled) if definition.unit == MONEY else scaled
