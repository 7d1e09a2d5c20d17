"""What each item of a template asks, once the report's period and subjects are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.domain.planning.questions import FigureQuery, Reading
from services.reports.domain.planning.subjects import AreaOfReport, ProgrammeOfReport, words
from services.reports.templates.declaration import (
    DISTRICTS,
    PROJECT,
    FigureItem,
    ReferenceItem,
    TableItem,
)
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.templates.declaration import Condition, Item, Source

_SOURCES: Mapping[Source, tuple[str, str]] = {
    "follow-up-rates": ("participants", "/follow-ups/rates"),
    "funnel": ("outreach", "/funnels"),
    "esf-indicators": ("participants", "/esf-indicators"),
    "deviations": ("budget", "/deviations"),
}
"""Which service answers a table, and where."""


def queries(
    item: FigureItem,
    period: Period,
    area: AreaOfReport | None,
    programme: ProgrammeOfReport | None = None,
) -> list[FigureQuery]:
    """Return an item's questions: per period each breakdown, or the plain value if it has none.

    An answer by a breakdown tells the plain value too, and so saves a question.
    """
    where = _where(item.where, period, area, programme)
    return [
        FigureQuery(item.figure, when, by, where)
        for when in periods(item, period, area, programme)
        for by in item.tables or ((),)
    ]


def whole_query(
    item: FigureItem,
    period: Period,
    area: AreaOfReport | None,
    programme: ProgrammeOfReport | None = None,
) -> FigureQuery | None:
    """Return the question about all periods of an item together, if there are several.

    It is asked for its series breaks: one that falls between two periods is inside neither.
    """
    parts = [Period.parse(when) for when in periods(item, period, area, programme)]
    if len(parts) == 1:
        return None
    first, last = min(part.first for part in parts), max(part.last for part in parts)
    whole = f"{first.isoformat()}/{last.isoformat()}"
    where = _where(item.where, period, area, programme)
    return FigureQuery(item.figure, whole, (), where, counted=False)


def readings(
    item: TableItem,
    period: Period,
    area: AreaOfReport | None,
    programme: ProgrammeOfReport | None = None,
) -> list[Reading]:
    """Return a table's questions, one for each of its periods."""
    where = [
        (camel(name), value)
        for name, values in _where(item.where, period, area, programme)
        for value in values
    ]
    more = [("by", item.by)] if item.by else []
    if item.source == "follow-up-rates":
        more.append(("after", item.after))
    return [
        Reading(item.source, _SOURCES[item.source][1], (("period", when), *more, *where))
        for when in periods(item, period, area, programme)
    ]


def conditions(
    item: FigureItem | TableItem,
    period: Period,
    area: AreaOfReport | None,
    programme: ProgrammeOfReport | None = None,
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return an item's conditions with the report's own words filled in, by breakdown."""
    return _where(item.where, period, area, programme)


def series_of(
    item: ReferenceItem,
    period: Period,
    area: AreaOfReport | None,
    programme: ProgrammeOfReport | None = None,
) -> tuple[str, str]:
    """Return which series an item shows, and for which period."""
    filled = words(period, area, programme)
    return item.series.format_map(filled), item.period.format_map(filled)


def unlinked(item: Item, programme: ProgrammeOfReport | None) -> bool:
    """Tell whether an item asks about the programme's project, and none is known."""
    if not isinstance(item, FigureItem | TableItem):
        return False
    if programme is not None and programme.project is not None:
        return False
    return any(PROJECT in condition for condition in item.where.values())


def service_of(item: TableItem) -> str:
    """Return the service that answers a table."""
    return _SOURCES[item.source][0]


def periods(
    item: FigureItem | TableItem,
    period: Period,
    area: AreaOfReport | None,
    programme: ProgrammeOfReport | None = None,
) -> list[str]:
    """Return an item's periods with the report's own filled in, in order."""
    filled = words(period, area, programme)
    return [when.format_map(filled) for when in item.periods]


def _where(
    conditions: Mapping[str, Condition],
    period: Period,
    area: AreaOfReport | None,
    programme: ProgrammeOfReport | None,
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    filled = words(period, area, programme)
    return tuple(
        (dimension, _condition(condition, area, filled))
        for dimension, condition in sorted(conditions.items())
    )


def _condition(
    condition: Condition, area: AreaOfReport | None, filled: Mapping[str, str]
) -> tuple[str, ...]:
    if condition == DISTRICTS:
        return area.districts if area else ()
    values = (condition,) if isinstance(condition, str) else condition
    return tuple(value.format_map(filled) for value in values)


def camel(name: str) -> str:
    """Return a breakdown's name as services are asked for it: ``age_group`` is ``ageGroup``."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
