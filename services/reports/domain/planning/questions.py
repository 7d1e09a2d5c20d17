"""The questions of a report: what is asked of whom, each once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.reports.templates.declaration import Source


@dataclass(frozen=True)
class FigureQuery:
    """One question to a service: a figure, for a period, by some breakdowns.

    Without ``counted`` it is about what a reader must know of the period, not about values.
    """

    figure: str
    period: str
    by: tuple[str, ...]
    where: tuple[tuple[str, tuple[str, ...]], ...]
    counted: bool = True


@dataclass(frozen=True)
class Reading:
    """One question to a service that answers it with a table of its own.

    ``params`` are the query's, but for the basis: a name stands once for each of its values.
    """

    source: Source
    path: str
    params: tuple[tuple[str, str], ...]


@dataclass
class Plan:
    """All questions of one report, by service, each asked once."""

    figures: dict[str, dict[FigureQuery, None]] = field(default_factory=dict)
    readings: dict[str, dict[Reading, None]] = field(default_factory=dict)
    statements: dict[str, None] = field(default_factory=dict)
    references: dict[tuple[str, str], None] = field(default_factory=dict)

    def services(self) -> frozenset[str]:
        """Return the providers that must be asked over HTTP."""
        asked = frozenset(self.figures) | frozenset(self.readings)
        return asked | ({"budget"} if self.statements else set())
