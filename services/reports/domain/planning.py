"""What a template asks of whom, once its period and area are known. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.reports.errors import AreaNeeded, PeriodOfWrongKind
from services.reports.templates.declaration import (
    DISTRICTS,
    FigureItem,
    ReferenceItem,
    StatementItem,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.templates.declaration import Condition, Template
    from shared.periods import Period


@dataclass(frozen=True)
class FigureQuery:
    """One question to a service: a figure, for a period, by some breakdowns."""

    figure: str
    period: str
    by: tuple[str, ...]
    where: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class AreaOfReport:
    """The report's area, and every district that lies in it on today's division."""

    code: str
    name: str
    districts: tuple[str, ...]


@dataclass
class Plan:
    """All questions of one report, by service, each asked once."""

    figures: dict[str, dict[FigureQuery, None]] = field(default_factory=dict)
    statements: dict[str, None] = field(default_factory=dict)
    references: dict[tuple[str, str], None] = field(default_factory=dict)

    def services(self) -> frozenset[str]:
        """Return the providers that must be asked over HTTP."""
        return frozenset(self.figures) | ({"budget"} if self.statements else set())


def words(period: Period, area: AreaOfReport | None) -> Mapping[str, str]:
    """Return what the words in braces of a template stand for."""
    year, so_far = period.last.year, period.year_to_date
    return {
        "year": str(year),
        "previous": str(year - 1),
        "next": str(year + 1),
        "first": so_far.first.isoformat(),
        "last": so_far.last.isoformat(),
        "period": str(period),
        "period_label": so_far.label,
        "area": area.name if area else "",
    }


def plan(template: Template, period: Period, area: AreaOfReport | None) -> Plan:
    """Return the questions of a report.

    Raises:
        PeriodOfWrongKind: the template is for another kind of period.
        AreaNeeded: the template is about an area and none was given.

    """
    if template.period_kind not in {"any", period.kind}:
        raise PeriodOfWrongKind(template.name, template.period_kind)
    if template.needs_area and area is None:
        raise AreaNeeded(template.name)
    asked = Plan()
    for section in template.sections:
        for item in section.items:
            match item:
                case FigureItem():
                    wanted = asked.figures.setdefault(item.service, {})
                    wanted.update(dict.fromkeys(queries(item, period, area)))
                case StatementItem():
                    asked.statements[item.statement] = None
                case ReferenceItem():
                    when = item.period.format_map(words(period, area))
                    asked.references[item.series, when] = None
                case _:
                    pass  # a ratio asks nothing: it is made of other items
    return asked


def queries(item: FigureItem, period: Period, area: AreaOfReport | None) -> list[FigureQuery]:
    """Return an item's questions: per period the plain value, then each breakdown."""
    filled = words(period, area)
    where = tuple(
        (dimension, _condition(condition, area))
        for dimension, condition in sorted(item.where.items())
    )
    return [
        FigureQuery(item.figure, when.format_map(filled), by, where)
        for when in item.periods
        for by in ((), *item.tables)
    ]


def _condition(condition: Condition, area: AreaOfReport | None) -> tuple[str, ...]:
    if condition == DISTRICTS:
        return area.districts if area else ()
    return (condition,) if isinstance(condition, str) else condition
