"""Measuring in turns: the product and what it is compared with, so that noise hits both."""

from __future__ import annotations

import os
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Measured = Callable[[], Awaitable[float]]

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Line:
    """One result: a ratio whose direction and target are said.

    Args:
        name: what was measured.
        product: median of the product, in ``unit``.
        baseline: median of the limit or baseline, in the same unit.
        unit: such as ``ms`` or ``µs CPU``; smaller is better.
        target: the largest good value of product / baseline.
        note: what the baseline is.

    """

    name: str
    product: float
    baseline: float
    unit: str
    target: float
    note: str

    @property
    def ratio(self) -> float:
        """Product divided by baseline: 2.0 takes twice as much."""
        return self.product / self.baseline

    @property
    def met(self) -> bool:
        """Whether the ratio is within the target."""
        return self.ratio <= self.target


async def in_turns(rounds: int, *measures: Measured) -> list[float]:
    """Return the median of each measure, taken one after another in so many rounds."""
    taken: list[list[float]] = [[] for _ in measures]
    for _ in range(rounds):
        for results, measure in zip(taken, measures, strict=True):
            results.append(await measure())
    return [statistics.median(results) for results in taken]


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the processor time that processes have used so far (Linux)."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS
