"""A figure over several periods in order, and where their line must not be joined.

Each point is an answer of its own: a person reached in two years is reached in both, so points
of people do not add up to the whole. A series break inside the whole period parts the points
into segments; a point that the break falls in the middle of stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from shared.errors import Invalid
from shared.figures.answers import (
    LastDeliveries,
    Remarks,
    answer,
    breaks_within,
    last_delivery,
)
from shared.figures.counting_rules import CountingRules
from shared.figures.definitions import Figures, Query
from shared.periods import Period

if TYPE_CHECKING:
    from shared.db import Connection

Step = Literal["year", "tertial", "quarter", "month"]
MOST_POINTS = 120

_MONTHS: dict[Step, int] = {"year": 12, "tertial": 4, "quarter": 3, "month": 1}
_OF_THE_WHOLE = ("name", "version", "unit", "kind", "title", "definition", "basis", "by", "where")
_OF_A_POINT = ("period", "periodLabel", "state", "rows", "total", "notes", "breaks")
_NOT_A_SUM = "Varje period räknas för sig: värdena kan inte läggas ihop till ett för hela tiden."


class NotWholeSteps(Invalid):
    """A point covers a whole year, tertial, quarter or month, or it says too little."""

    code, title = "not_whole_steps", "The period is not made of whole steps"


class TooManyPoints(Invalid):
    code, title = "too_many_points", "The series has too many points"


def steps(period: Period, step: Step) -> list[Period]:
    """Return the periods of one step that make a period, in order.

    Raises:
        NotWholeSteps: it begins or ends inside one.
        TooManyPoints: it has more than `MOST_POINTS`.

    """
    made = list(_steps(period, step))
    if made[0].first != period.first or made[-1].last != period.last:
        raise NotWholeSteps(f"{period} does not begin and end with a whole {step}.")
    if len(made) > MOST_POINTS:
        raise TooManyPoints(f"At most {MOST_POINTS} points; {len(made)} were asked for.")
    return made


def segments(points: Sequence[Period], breaks: Sequence[date]) -> list[tuple[int, int]]:
    """Return the first and the last place of each run of points that may be joined."""
    cuts = {0, len(points)}
    for place, point in enumerate(points):
        for on in breaks:
            if on in point:
                cuts |= {place} if on == point.first else {place, place + 1}
    ordered = sorted(cuts)
    return [(first, after - 1) for first, after in pairwise(ordered)]


async def series(
    conn: Connection,
    figures: Figures,
    query: Query,
    step: Step,
    *,
    deliveries: LastDeliveries = last_delivery,
    remarks: Remarks | None = None,
    counting_rules: CountingRules | None = None,
    restriction: str | None = None,
) -> dict[str, Any]:
    """Answer a question once for each step of its period, at one basis.

    The rules of a point are those in force in it, of what counts in the whole period: a point
    without anything says too by which rule it has nothing.

    Raises:
        NotWholeSteps, TooManyPoints: the period.
        UnknownFigure, UnknownDimension, UnknownCode, MixedUnits, NotAdditive: the question.

    """
    periods = steps(query.period, step)
    definitions = figures.checked(query)
    remarked = [] if remarks is None else await remarks(conn, definitions, query)
    ruled = [] if counting_rules is None else await counting_rules(conn, definitions, query)
    breaks = breaks_within(definitions, remarked, query.period)
    answers = [
        await answer(
            conn,
            figures,
            replace(query, period=period),
            deliveries=deliveries,
            remarks=remarks,
            restriction=restriction,
        )
        for period in periods
    ]
    runs = segments(periods, [date.fromisoformat(each["on"]) for each in breaks])
    summed = all(definition.kind == "flow" for definition in definitions)
    return {
        **{name: answers[0][name] for name in _OF_THE_WHOLE},
        "period": str(query.period),
        "step": step,
        "points": [
            {name: each[name] for name in _OF_A_POINT}
            | {"countingRules": [rule.shown() for rule in ruled if rule.in_force(period)]}
            for period, each in zip(periods, answers, strict=True)
        ],
        "breaks": breaks,
        "countingRules": [rule.shown() for rule in ruled],
        "segments": [
            {"first": str(periods[first]), "last": str(periods[last])} for first, last in runs
        ],
        "notes": [] if summed else [{"kind": "not-a-sum", "text": _NOT_A_SUM, "on": None}],
        "source": answers[-1]["source"],
    }


def _steps(period: Period, step: Step) -> Iterator[Period]:
    """Yield the steps from the one that the first day is in to the one that the last is in."""
    months = _MONTHS[step]
    year, month = period.first.year, (period.first.month - 1) // months * months + 1
    while True:
        made = _step(year, month, step)
        yield made
        if made.last >= period.last:
            return
        following = made.last + timedelta(days=1)
        year, month = following.year, following.month


def _step(year: int, month: int, step: Step) -> Period:
    match step:
        case "year":
            return Period.year(year)
        case "tertial":
            return Period.tertial(year, (month + 3) // 4)
        case "quarter":
            return Period.quarter(year, (month + 2) // 3)
        case "month":
            return Period.month(year, month)
