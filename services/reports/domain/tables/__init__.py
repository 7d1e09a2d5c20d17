"""Answers of services that are more than one figure, as tables of a report.

Every table has columns (``code``, ``label``, ``unit`` and, of counts, which ``figure`` of the
service and under which conditions, ``where``, it is) and rows (``label``, ``by``: the breakdown's
values, ``period``) with ``cells`` by column: ``{"value": 8}``. What a cell counts is what its
row and its column say together. A share (``unit`` ``percent``) names the columns that it is made
of, ``part`` and ``base``; it is None where the base is zero. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from services.reports.domain.tables.cells import Document, percent_of
from services.reports.domain.tables.deviations import deviations
from services.reports.domain.tables.esf_indicators import esf_indicators
from services.reports.domain.tables.follow_ups import follow_up_rates
from services.reports.domain.tables.funnels import funnel

if TYPE_CHECKING:
    from services.reports.templates.declaration import Source

__all__ = ["percent_of", "shaped"]

Shape: TypeAlias = Callable[[Sequence[Document]], Document]
"""``(answers)``, one for each period, gives ``columns``, ``rows``, ``notes`` and what is drawn."""

_SHAPES: Mapping[Source, Shape] = {
    "follow-up-rates": follow_up_rates,
    "funnel": funnel,
    "esf-indicators": esf_indicators,
    "deviations": deviations,
}


def shaped(source: Source, answers: Sequence[Document]) -> Document:
    """Return the answers of a source as a table."""
    return _SHAPES[source](answers)
