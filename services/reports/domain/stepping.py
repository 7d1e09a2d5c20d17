"""From what services say of the changes of their figures to what they answered at each step.

Pure. An answer at a step is the later answer with the step's values in it, so that it can be
assembled like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from services.reports.domain.steps import PARTS, steps_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.domain.assembly import Document
    from services.reports.domain.planning import FigureQuery
    from services.reports.domain.ratios import Value
    from services.reports.gathering import Gathered

_CHANGE = frozenset({"before", "after", "difference", "parts"})


@dataclass
class Changes:
    """What services say of how their numbers moved, and why it is missing where they do not."""

    figures: dict[tuple[str, FigureQuery], Document] = field(default_factory=dict)
    refused: dict[tuple[str, FigureQuery], str] = field(default_factory=dict)
    """Single figures that a service which is there did not explain, and why."""
    statements: dict[str, Document] = field(default_factory=dict)
    """By name; ``deviations`` is among them."""
    unavailable: dict[str, str] = field(default_factory=dict)

    def missing(self, service: str, query: FigureQuery) -> str:
        """Return why a figure has no explanation."""
        whole = self.unavailable.get(service)
        return whole or self.refused.get((service, query), "not_explained")


def gathered_at_steps(earlier: Gathered, later: Gathered, changes: Changes) -> list[Gathered]:
    """Return what was gathered at the earlier basis, after each kind of change, and at the later.

    A figure whose changes are not told is refused in between, for the same reason.
    """
    between = []
    for step in range(1, len(PARTS)):
        figures = {}
        refused = dict(later.refused)
        for asked, answer in later.figures.items():
            change = changes.figures.get(asked)
            if not asked[1].counted:
                figures[asked] = answer
            elif change is None:
                refused[asked] = changes.missing(*asked)
            else:
                figures[asked] = _at(step, answer, change)
        between.append(replace(later, figures=figures, refused=refused))
    return [earlier, *between, later]


def _at(step: int, answer: Document, change: Document) -> Document:
    rows = []
    for cell in change["cells"]:
        value = steps_of(cell)[step]
        if value is not None:
            names = {name: each for name, each in cell.items() if name not in _CHANGE}
            rows.append({**names, "value": value})
    return answer | {"rows": rows, "total": steps_of(change["total"])[step]}


def cell_steps(change: Document, names: Mapping[str, str]) -> list[Value]:
    """Return a cell of a figure at each step; one that is not mentioned is zero throughout."""
    if not names:
        return steps_of(change["total"])
    for cell in change["cells"]:
        if all(cell.get(name) == value for name, value in names.items()):
            return steps_of(cell)
    return [0] * (len(PARTS) + 1)
