"""What a picture says to those who do not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.reports.publication.model import Chart


class NoAlternativeText(ValueError):
    """A chart has no description: no file is written that some of its readers cannot read."""

    def __init__(self, chart: Chart) -> None:
        super().__init__(f"the chart {chart.key} has no description")


def alternative(chart: Chart) -> str:
    """Return a chart's alternative text.

    Raises:
        NoAlternativeText: it has none.

    """
    if not chart.description.strip():
        raise NoAlternativeText(chart)
    return chart.description
