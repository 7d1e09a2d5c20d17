"""Putting the answers together in the template's order.

Pure, so that the same answers always give the same document.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from services.reports.domain.districts import Division, MixedDivisions
from services.reports.domain.pieces import OK, breaks_in, notes_of, unavailable, value_of
from services.reports.domain.planning import (
    conditions,
    periods,
    queries,
    readings,
    series_of,
    service_of,
    unlinked,
    whole_query,
    words,
)
from services.reports.domain.ratios import Operand, divided_items, operands
from services.reports.domain.series import segments
from services.reports.domain.tables import shaped
from services.reports.templates.declaration import (
    DISTRICTS,
    FigureItem,
    RatioItem,
    ReferenceItem,
    StatementItem,
    TableItem,
    TextItem,
)
from shared.clock import rfc3339
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.domain.planning import (
        AreaOfReport,
        FigureQuery,
        ProgrammeOfReport,
        Reading,
    )
    from services.reports.gathering import Gathered
    from services.reports.templates.declaration import Item, Section, Template

Document: TypeAlias = dict[str, Any]
References: TypeAlias = "Mapping[tuple[str, str], list[dict[str, Any]]]"


SERIES_MISSING = "series_missing"
"""Why what others publish is incomplete: nobody has delivered a series that the report shows."""


class Assembly:
    """One report being put together."""

    def __init__(
        self,
        template: Template,
        period: Period,
        area: AreaOfReport | None,
        gathered: Gathered,
        references: References,
        *,
        programme: ProgrammeOfReport | None = None,
        division: Division | None = None,
    ) -> None:
        """Take everything that the document is made of."""
        self._template = template
        self._period = period
        self._area = area
        self._gathered = gathered
        self._references = references
        self._programme = programme
        self._division = division or Division()
        self._about = (period, area, programme)
        self._words = words(*self._about)
        self._made: dict[str, Document] = {}
        self._undelivered: dict[tuple[str, str], None] = {}

    def document(self) -> Document:
        """Return the whole report."""
        sections = [self._section(section) for section in self._template.sections]
        missing = any((self._gathered.unavailable, self._gathered.refused, self._undelivered))
        unknown = self._programme is not None and self._programme.unknown
        return {
            "template": self._template.name,
            "title": self._template.title.format_map(self._words),
            "period": {
                "period": str(self._period),
                "label": self._period.label,
                "first": self._period.first.isoformat(),
                "last": self._period.last.isoformat(),
            },
            "area": self._area_part(),
            "programme": self._programme.code if self._programme else None,
            "names": {"district": dict(self._division.names), "project": self._projects()},
            "basis": rfc3339(self._gathered.basis),
            "status": "partial" if missing or unknown else "complete",
            "sources": self._sources(),
            "sections": sections,
        }

    def _area_part(self) -> Document | None:
        if self._area is None:
            return None
        return {
            "code": self._area.code,
            "name": self._area.name,
            "districts": list(self._area.districts),
        }

    def _sources(self) -> list[Document]:
        asked = {service for service, _ in self._gathered.figures}
        asked |= {service for service, _ in self._gathered.readings}
        asked |= {"budget"} if self._gathered.statements else set()
        missing = dict(self._gathered.unavailable)
        if self._undelivered:
            missing["reports"] = SERIES_MISSING
        return [
            {"name": name, "status": "unavailable", "reason": missing[name]}
            if name in missing
            else {"name": name, "status": "ok", "reason": None}
            for name in sorted(asked | set(missing))
        ]

    def _projects(self) -> dict[str, str]:
        """Return what projects are called, as far as the report's statements say."""
        return {
            row["code"]: row["label"]
            for statement in self._gathered.statements.values()
            for row in statement["rows"]
            if row.get("kind") == "project"
        }

    def _section(self, section: Section) -> Document:
        items = [self._item(item) for item in section.items]
        reasons = sorted({item["reason"] for item in items if item["status"] == "unavailable"})
        return {
            "key": section.key,
            "title": section.title,
            "status": "unavailable" if reasons else "ok",
            "reason": "; ".join(reasons) or None,
            "items": items,
        }

    def _item(self, item: Item) -> Document:
        made = (
            self._head("figure", item) | self._unlinked()
            if unlinked(item, self._programme)
            else self._made_of(item)
        )
        self._made[item.key] = made
        return made

    def _made_of(self, item: Item) -> Document:
        match item:
            case TextItem():
                return self._text(item)
            case FigureItem():
                return self._figure(item)
            case RatioItem():
                return self._ratio(item)
            case ReferenceItem():
                return self._reference(item)
            case StatementItem():
                return self._statement(item)
            case TableItem():
                return self._table(item)

    def _text(self, item: TextItem) -> Document:
        paragraphs = item.text.format_map(self._words).split("\n\n")
        return {"kind": "text", "key": item.key, "label": ""} | OK | {"paragraphs": paragraphs}

    def _figure(self, item: FigureItem) -> Document:
        head = self._head("figure", item)
        asked = queries(item, *self._about)
        whole = whole_query(item, *self._about)
        reason = self._missing(item.service, *asked, *([whole] if whole else []))
        if reason is not None:
            return head | unavailable(item.service, reason)
        found = self._gathered.figures
        answers = [found[item.service, query] for query in asked]
        breaks = breaks_in([*answers, *([found[item.service, whole]] if whole else [])])
        step = max(1, len(item.tables))
        values = [value_of(answers[start : start + step]) for start in range(0, len(answers), step)]
        parted = segments(
            [Period.parse(value["period"]) for value in values],
            [date.fromisoformat(each["on"]) for each in breaks],
        )
        first = answers[0]
        return (
            head
            | OK
            | {
                "unit": first["unit"],
                "approximate": False,
                "definition": {
                    "service": item.service,
                    "figure": first["name"],
                    "version": first["version"],
                    "kind": first["kind"],
                    "title": first["title"],
                    "text": first["definition"],
                },
                "source": first["source"],
                "where": first["where"],
                "values": [
                    value | {"segment": segment}
                    for value, segment in zip(values, parted, strict=True)
                ],
                "breaks": breaks,
                "chart": item.chart or None,
                "notes": [*notes_of(item.note, answers), *self._formerly(item)],
            }
        )

    def _ratio(self, item: RatioItem) -> Document:
        head = self._head("ratio", item)
        for key in filter(None, (item.part, item.base)):
            made = self._made.get(key)
            if made is None:
                return head | unavailable(key, "part_or_base_missing")
            if made["status"] != "ok":
                return head | {"status": "unavailable", "reason": made["reason"]}
        parts = operands(self._made[item.part])
        bases = (
            operands(self._made[item.base])
            if item.base
            else [Operand(part.period, part.label, item.per) for part in parts]
        )
        try:
            values = divided_items(
                parts,
                bases,
                percent=item.percent,
                unit=item.unit,
                division=self._division,
            )
        except MixedDivisions:
            return head | unavailable(item.part, "mixed_divisions")
        return (
            head
            | OK
            | {
                "unit": item.unit,
                "approximate": True,
                "part": {"key": item.part, "value": values[-1]["part"]["value"]},
                "base": {"key": item.base or None, "value": values[-1]["base"]["value"]},
                "values": self._parted(item.part, values),
                "chart": item.chart or None,
                "notes": [item.note] if item.note else [],
            }
        )

    def _parted(self, part: str, values: list[Document]) -> list[Document]:
        """Return values with the segments of what was divided: a ratio breaks where it does."""
        of_part = self._made[part].get("values", [])
        numbers = [each["segment"] for each in of_part if "segment" in each]
        if len(numbers) != len(values):
            numbers = [0] * len(values)
        return [value | {"segment": number} for value, number in zip(values, numbers, strict=True)]

    def _reference(self, item: ReferenceItem) -> Document:
        series, when = series_of(item, *self._about)
        rows = self._references.get((series, when), [])
        head = self._head("reference", item)
        if not rows:
            self._undelivered[series, when] = None
            note = f"Serien {series} är inte levererad för {when}."
            return head | unavailable("reports", "no_series_delivered") | {"notes": [note]}
        return (
            head
            | OK
            | {
                "unit": rows[0]["unit"],
                "approximate": any(row["approximate"] for row in rows),
                "period": when,
                "by": item.by or None,
                "rows": rows,
                "chart": item.chart or None,
                "notes": [item.note] if item.note else [],
            }
        )

    def _statement(self, item: StatementItem) -> Document:
        head = self._head("statement", item)
        reason = self._gathered.unavailable.get("budget")
        if reason is not None:
            return head | unavailable("budget", reason)
        statement = self._gathered.statements[item.statement]
        return head | OK | {"statement": statement, "notes": []}

    def _table(self, item: TableItem) -> Document:
        head = self._head("table", item)
        service, asked = service_of(item), readings(item, *self._about)
        reason = self._missing(service, *asked)
        if reason is not None:
            return head | unavailable(service, reason)
        made = shaped(item.source, [self._gathered.readings[service, each] for each in asked])
        own = [item.note] if item.note else []
        return (
            head
            | OK
            | {
                "source": {"service": service, "answer": item.source},
                "where": {name: list(values) for name, values in conditions(item, *self._about)},
                "columns": made["columns"],
                "rows": made["rows"],
                "chart": {"mark": item.chart, "columns": made["drawn"]} if item.chart else None,
                "notes": [*own, *made["notes"]],
            }
        )

    def _formerly(self, item: FigureItem) -> list[str]:
        """Return what the area means in the periods before it existed."""
        area = self._area
        if area is None or area.since is None or DISTRICTS not in item.where.values():
            return []
        firsts = [Period.parse(when).first for when in periods(item, *self._about)]
        if min(firsts) >= area.since or not area.former:
            return []
        since = Period.day(area.since).label
        return [f"Före den {since} avses {' och '.join(area.former)}, som {area.name} bildades av."]

    def _unlinked(self) -> Document:
        unknown = self._programme.unknown if self._programme else ""
        if unknown:
            return unavailable("participants", unknown)
        return unavailable("reports", "no_project_linked")

    def _missing(self, service: str, *asked: FigureQuery | Reading) -> str | None:
        """Return why an answer is missing: its service is away, or refused the question."""
        whole = self._gathered.unavailable.get(service)
        refused = (self._gathered.refused.get((service, each)) for each in asked)
        return whole or next(filter(None, refused), None)

    def _head(self, kind: str, item: Item) -> Document:
        label = "" if isinstance(item, TextItem) else item.label.format_map(self._words)
        return {"kind": kind, "key": item.key, "label": label}
