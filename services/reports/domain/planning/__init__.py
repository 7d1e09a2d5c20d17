"""What a template asks of whom, once its period and area are known. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.domain.planning.items import (
    camel,
    conditions,
    periods,
    queries,
    readings,
    series_of,
    service_of,
    unlinked,
    whole_query,
)
from services.reports.domain.planning.questions import FigureQuery, Plan, Reading
from services.reports.domain.planning.subjects import AreaOfReport, ProgrammeOfReport, words
from services.reports.errors import AreaNeeded, PeriodOfWrongKind, ProgrammeNeeded
from services.reports.templates.declaration import (
    FigureItem,
    ReferenceItem,
    StatementItem,
    TableItem,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.templates.declaration import PeriodKind, Template
    from shared.periods import Period

__all__ = [
    "AreaOfReport",
    "FigureQuery",
    "Plan",
    "ProgrammeOfReport",
    "Reading",
    "camel",
    "conditions",
    "periods",
    "plan",
    "queries",
    "readings",
    "series_of",
    "service_of",
    "unlinked",
    "whole_query",
    "words",
]

_KINDS: Mapping[PeriodKind, frozenset[str]] = {
    "year": frozenset({"year"}),
    "tertial": frozenset({"tertial"}),
    "year_or_tertial": frozenset({"year", "tertial"}),
}


def plan(
    template: Template,
    period: Period,
    area: AreaOfReport | None,
    programme: ProgrammeOfReport | None = None,
) -> Plan:
    """Return the questions of a report.

    Raises:
        PeriodOfWrongKind: the template is for another kind of period.
        AreaNeeded: the template is about an area and none was given.
        ProgrammeNeeded: the template is about a programme and none was given.

    """
    _check(template, period, area, programme)
    asked = Plan()
    for item in template.items():
        if unlinked(item, programme):
            continue
        match item:
            case FigureItem():
                wanted = asked.figures.setdefault(item.service, {})
                wanted.update(dict.fromkeys(queries(item, period, area, programme)))
                whole = whole_query(item, period, area, programme)
                if whole is not None:
                    wanted[whole] = None
            case TableItem():
                tables = asked.readings.setdefault(service_of(item), {})
                tables.update(dict.fromkeys(readings(item, period, area, programme)))
            case StatementItem():
                asked.statements[item.statement] = None
            case ReferenceItem():
                asked.references[series_of(item, period, area, programme)] = None
            case _:
                pass  # a ratio asks nothing, being made of other items; nor does a text
    return asked


def _check(
    template: Template,
    period: Period,
    area: AreaOfReport | None,
    programme: ProgrammeOfReport | None,
) -> None:
    kinds = _KINDS.get(template.period_kind)
    if kinds is not None and period.kind not in kinds:
        raise PeriodOfWrongKind(template.name, template.period_kind)
    if template.needs_area and area is None:
        raise AreaNeeded(template.name)
    if template.needs_programme and programme is None:
        raise ProgrammeNeeded(template.name)
