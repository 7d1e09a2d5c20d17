"""A value taken from one basis to a later one, kind of change by kind of change. Pure.

A value is followed as it is shown in the report: counts whole, kronor to the öre, shares and
everything else with one decimal. What is rounded is each step's value, never a difference: what
a reader sees before and after differs by exactly what stands beside it, and a kind that moved
nothing has the part zero. A share is divided anew at every step.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic.alias_generators import to_camel

from shared.figures.steps_sql import KINDS

if TYPE_CHECKING:
    from services.reports.domain.ratios import Value

Change: TypeAlias = dict[str, Any]
"""``before``, ``after``, ``difference`` and ``parts`` (by kind), as the services send them."""

PARTS = tuple(map(to_camel, KINDS))
"""The kinds of change in the order that they are taken in."""

STEPS = range(len(PARTS) + 1)
"""Step 0 is the earlier basis; with the last everything is taken in."""

RULES = "ruleChanges"

WHOLE, TENTHS, HUNDREDTHS = 0, 1, 2
"""How many decimals a value is shown with."""


def change_of(steps: Sequence[Value], decimals: int) -> Change:
    """Return the way of a value through its steps.

    Where there is no value before or after there is no difference, and there are no parts. A
    step without a value in between, such as a share of nobody between what was taken back and
    what was told anew, moves nothing.
    """
    numbers = [_number(value, decimals) for value in steps]
    before, after = numbers[0], numbers[-1]
    shown: Change = {
        "before": _shown(before, decimals),
        "after": _shown(after, decimals),
        "difference": None,
        "parts": None,
    }
    if before is None or after is None:
        return shown
    held = [before]
    for number in numbers[1:]:
        held.append(held[-1] if number is None else number)
    parts = [later - earlier for earlier, later in pairwise(held)]
    return shown | {
        "difference": _shown(after - before, decimals),
        "parts": dict(zip(PARTS, (_shown(part, decimals) for part in parts), strict=True)),
    }


def steps_of(change: Change) -> list[Value]:
    """Return the value of each step of a change; unknown in between where it has no parts."""
    parts = change["parts"]
    if parts is None:
        return [change["before"], *[None] * (len(STEPS) - 2), change["after"]]
    money = isinstance(change["before"], str)
    first = Decimal(change["before"])
    values = accumulate((Decimal(parts[kind]) for kind in PARTS), initial=first)
    return [str(value) if money else int(value) for value in values]


def ruled(change: Change, before: Value, after: Value, decimals: int) -> Change:
    """Return a change between two values that were counted by other rules than its own.

    What they differ by from its ends is the rules' part. Without parts there is nothing to add to.
    """
    told = change_of([before, *[None] * (len(STEPS) - 2), after], decimals)
    first, earlier = _number(change["before"], decimals), _number(before, decimals)
    last, later = _number(change["after"], decimals), _number(after, decimals)
    if change["parts"] is None or earlier is None or later is None or first is None or last is None:
        return told | {"parts": None}
    parts = {kind: Decimal(part) for kind, part in change["parts"].items()}
    parts[RULES] += (first - earlier) + (later - last)
    return told | {"parts": {kind: _shown(part, decimals) for kind, part in parts.items()}}


def same(one: Value, other: Value, decimals: int) -> bool:
    """Tell whether two values are shown alike."""
    return _number(one, decimals) == _number(other, decimals)


def is_moved(change: Change) -> bool:
    """Tell whether anything happened to a value, even if it cancelled out."""
    parts = change["parts"] or {}
    return change["before"] != change["after"] or any(Decimal(part) for part in parts.values())


def _number(value: Value, decimals: int) -> Decimal | None:
    if value is None:
        return None
    # As pages show a number: to the nearest, a half to the even one.
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


def _shown(value: Decimal | None, decimals: int) -> Value:
    if value is None:
        return None
    return int(value) if decimals == WHOLE else f"{value:f}"
