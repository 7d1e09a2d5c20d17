"""Every item of a report, made of the answers.

Pure, so that the same answers always give the same document.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from services.reports.domain.districts import MixedDivisions
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
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.domain.districts import Division
    from services.reports.domain.planning import (
        AreaOfReport,
        FigureQuery,
        ProgrammeOfReport,
        Reading,
    )
    from services.reports.gathering import Gathered
    from services.reports.templates.declaration import Item

Document: TypeAlias = dict[str, Any]
About: TypeAlias = "tuple[Period, AreaOfReport | None, ProgrammeOfReport | None]"
References: TypeAlias = "Mapping[tuple[str, str], list[dict[str, Any]]]"


class Items:
    """The items of one report, each made once, in the template's order.

    A ratio is made of items above it.
    """

    def __init__(
        self, about: About, gathered: Gathered, references: References, division: Division
    ) -> None:
        """Take what items are made of; ``about`` is what the report is about."""
        self._about = about
        _, self._area, self._programme = about
        self._gathered = gathered
        self._references = references
        self._division = division
        self._words = words(*about)
        self._made: dict[str, Document] = {}
        self.undelivered: dict[tuple[str, str], None] = {}
        """Series that the report shows and nobody has delivered, by name and period."""

    def make(self, item: Item) -> Document:
        """Return an item of the document."""
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
            self.undelivered[series, when] = None
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
