"""Rates of follow-ups, computed from the two figures that they are the parts of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from services.participants.domain.codes import FollowUpResult
from services.participants.domain.rates import Tally
from services.participants.figures.definitions import FIGURES
from shared.clock import local_day
from shared.figures import compute
from shared.figures.asking import Asking
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from shared.db import Connection
    from shared.figures import Query


class Horizon(StrEnum):
    """How long after people left they are asked: all are, those who left ESF+ a second time."""

    THREE_MONTHS = "three-months"
    SIX_MONTHS = "six-months"


PARTS = {
    Horizon.THREE_MONTHS: ("follow-ups", "follow-up-answers"),
    Horizon.SIX_MONTHS: ("esf-follow-ups", "esf-follow-up-answers"),
}
"""The figures that a rate is made of: its base, and the answers."""

ASKING = Asking(FIGURES, "unit")

Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """What was counted, by breakdown values, and of all together.

    Attributes:
        counted_to: the last day on which what fell due counts; None when none had come.

    """

    cells: tuple[tuple[Cell, Tally], ...]
    total: Tally
    counted_to: date | None


async def rates(conn: Connection, query: Query, horizon: Horizon) -> Rates:
    """Count what fell due in a period, as far as it had come at the basis, and its answers.

    Args:
        conn: inside a transaction at the query's basis (`shared.basis.reading_at`).
        query: about the horizon's base, restricted to what its caller may ask.
        horizon: three or six months.

    Raises:
        UnknownDimension, UnknownCode: the question.

    """
    base, answers = PARTS[horizon]
    counted = _come(query.period, local_day(query.basis))
    if counted is None:
        FIGURES.checked(replace(query, figure=base))
        return Rates((), Tally(0), None)
    asked = replace(query, figure=base, period=counted)
    outcomes = replace(asked, figure=answers, by=(*query.by, "outcome"))
    bases = await compute(conn, FIGURES.checked(asked), asked)
    given = await compute(conn, FIGURES.checked(outcomes), outcomes)
    by_cell: dict[Cell, dict[str, int]] = {}
    overall: dict[str, int] = {}
    for (*cell, outcome), value in given.cells:
        by_cell.setdefault(tuple(cell), {})[outcome] = value
        overall[outcome] = overall.get(outcome, 0) + value
    cells = tuple((cell, _tally(value, by_cell.get(cell, {}))) for cell, value in bases.cells)
    return Rates(cells if query.by else (), _tally(bases.total, overall), counted.last)


def _come(period: Period, today: date) -> Period | None:
    """Return the part of a period that has come: nobody has been asked about the rest."""
    if period.last <= today:
        return period
    return Period(period.first, today, "range") if period.first <= today else None


def _tally(base: int, outcomes: Mapping[str, int]) -> Tally:
    return Tally(
        base,
        work=outcomes.get(FollowUpResult.WORK, 0),
        studies=outcomes.get(FollowUpResult.STUDIES, 0),
        neither=outcomes.get(FollowUpResult.NEITHER, 0),
        unreached=outcomes.get(FollowUpResult.UNKNOWN, 0),
    )
