"""What a template asks of whom, once its period and area are known. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from services.reports.errors import AreaNeeded, PeriodOfWrongKind, ProgrammeNeeded
from services.reports.templates.declaration import (
    DISTRICTS,
    PROJECT,
    FigureItem,
    ReferenceItem,
    StatementItem,
    TableItem,
)
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.templates.declaration import (
        Condition,
        Item,
        PeriodKind,
        Source,
        Template,
    )


@dataclass(frozen=True)
class FigureQuery:
    """One question to a service: a figure, for a period, by some breakdowns."""

    figure: str
    period: str
    by: tuple[str, ...]
    where: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Reading:
    """One question to a service that answers it with a table of its own.

    ``params`` are the query's, but for the basis: a name stands once for each of its values.
    """

    source: Source
    path: str
    params: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AreaOfReport:
    """The report's area, and every district that lies in it on today's division.

    ``since`` is its first day, and ``former`` the names of the districts that it was made of.
    """

    code: str
    name: str
    districts: tuple[str, ...]
    since: date | None = None
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProgrammeOfReport:
    """The report's programme, and the budget's project that pays for it.

    ``project`` is None where there is none, or none could be asked for: ``unknown`` says why.
    """

    code: str
    project: str | None = None
    unknown: str = ""


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


_SOURCES: Mapping[Source, tuple[str, str]] = {
    "follow-up-rates": ("participants", "/follow-ups/rates"),
    "funnel": ("outreach", "/funnels"),
    "esf-indicators": ("participants", "/esf-indicators"),
    "deviations": ("budget", "/deviations"),
}
"""Which service answers a table, and where."""

_KINDS: Mapping[PeriodKind, frozenset[str]] = {
    "year": frozenset({"year"}),
    "tertial": frozenset({"tertial"}),
    "year_or_tertial": frozenset({"year", "tertial"}),
}


def words(
    period: Period, area: AreaOfReport | None, programme: ProgrammeOfReport | None = None
) -> Mapping[str, str]:
    """Return what the words in braces of a template stand for."""
    year, so_far = period.last.year, period.year_to_date
    code = programme.code if programme else ""
    return {
        "year": str(year),
        "previous": str(year - 1),
        "before": str(year - 2),
        "next": str(year + 1),
        "first": so_far.first.isoformat(),
        "last": so_far.last.isoformat(),
        "so_far": str(so_far),
        "period": str(period),
        "period_label": so_far.label,
        "area": area.name if area else "",
        "area_code": area.code if area else "",
        "programme": code,
        "programme_name": code.replace("-", " ").capitalize(),
        "project": (programme.project or "") if programme else "",
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
    return FigureQuery(item.figure, whole, (), _where(item.where, period, area, programme))


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
