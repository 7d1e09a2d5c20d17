"""Putting the answers together in the template's order.

Pure, so that the same answers always give the same document.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from services.reports.domain.planning import queries, words
from services.reports.templates.declaration import (
    FigureItem,
    RatioItem,
    ReferenceItem,
    StatementItem,
)
from shared.clock import rfc3339
from shared.money import to_decimal_string

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.domain.planning import AreaOfReport
    from services.reports.gathering import Gathered
    from services.reports.templates.declaration import Section, Template
    from shared.periods import Period

Document: TypeAlias = dict[str, Any]
Value: TypeAlias = int | str
"""A count, or an amount of money as a decimal string of kronor."""

MONEY = "SEK"
References: TypeAlias = "Mapping[tuple[str, str], list[dict[str, Any]]]"


class Assembly:
    """One report being put together."""

    def __init__(
        self,
        template: Template,
        period: Period,
        area: AreaOfReport | None,
        gathered: Gathered,
        references: References,
    ) -> None:
        """Take everything that the document is made of."""
        self._template = template
        self._period = period
        self._area = area
        self._gathered = gathered
        self._references = references
        self._words = words(period, area)
        self._values: dict[str, Document] = {}

    def document(self) -> Document:
        """Return the whole report."""
        sections = [self._section(section) for section in self._template.sections]
        missing = self._gathered.unavailable
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
            "basis": rfc3339(self._gathered.basis),
            "status": "partial" if missing else "complete",
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
        asked |= {"budget"} if self._gathered.statements else set()
        missing = self._gathered.unavailable
        return [
            {"name": name, "status": "unavailable", "reason": missing[name]}
            if name in missing
            else {"name": name, "status": "ok", "reason": None}
            for name in sorted(asked | set(missing))
        ]

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

    def _item(self, item: FigureItem | RatioItem | ReferenceItem | StatementItem) -> Document:
        match item:
            case FigureItem():
                return self._figure(item)
            case RatioItem():
                return self._ratio(item)
            case ReferenceItem():
                return self._reference(item)
            case StatementItem():
                return self._statement(item)

    def _figure(self, item: FigureItem) -> Document:
        head = {"kind": "figure", "key": item.key, "label": item.label}
        reason = self._gathered.unavailable.get(item.service)
        if reason is not None:
            return head | _unavailable(item.service, reason)
        answers = [
            self._gathered.figures[item.service, query]
            for query in queries(item, self._period, self._area)
        ]
        step = 1 + len(item.tables)
        values = [
            _value(answers[start], answers[start + 1 : start + step])
            for start in range(0, len(answers), step)
        ]
        self._values[item.key] = values[-1]
        first = answers[0]
        return head | {
            "status": "ok",
            "reason": None,
            "unit": first["unit"],
            "approximate": False,
            "definition": {
                "service": item.service,
                "figure": first["name"],
                "version": first["version"],
                "title": first["title"],
                "text": first["definition"],
            },
            "source": first["source"],
            "where": first["where"],
            "values": values,
            "notes": _notes(item.note, answers),
        }

    def _ratio(self, item: RatioItem) -> Document:
        head = {"kind": "ratio", "key": item.key, "label": item.label}
        missing = next(
            (key for key in (item.part, item.base) if key and key not in self._values), None
        )
        if missing is not None:
            return head | _unavailable(missing, "part_or_base_missing")
        shown = self._values[item.part]
        part = shown["value"]
        base = self._values[item.base]["value"] if item.base else item.per
        value = _divided(part, base, percent=item.percent, unit=item.unit)
        return head | {
            "status": "ok",
            "reason": None,
            "unit": item.unit,
            "approximate": True,
            "part": {"key": item.part, "value": part},
            "base": {"key": item.base or None, "value": base},
            "values": [shown | {"value": value, "tables": []}],
            "notes": [item.note] if item.note else [],
        }

    def _reference(self, item: ReferenceItem) -> Document:
        when = item.period.format_map(self._words)
        rows = self._references.get((item.series, when), [])
        head = {"kind": "reference", "key": item.key, "label": item.label}
        if not rows:
            return head | _unavailable("reports", "no_series_delivered")
        return head | {
            "status": "ok",
            "reason": None,
            "unit": rows[0]["unit"],
            "approximate": any(row["approximate"] for row in rows),
            "period": when,
            "rows": rows,
            "notes": [item.note] if item.note else [],
        }

    def _statement(self, item: StatementItem) -> Document:
        head = {"kind": "statement", "key": item.key, "label": item.label}
        reason = self._gathered.unavailable.get("budget")
        if reason is not None:
            return head | _unavailable("budget", reason)
        statement = self._gathered.statements[item.statement]
        return head | {"status": "ok", "reason": None, "statement": statement, "notes": []}


def _unavailable(service: str, reason: str) -> Document:
    return {"status": "unavailable", "reason": f"{service}: {reason}"}


def _value(plain: Document, broken_down: list[Document]) -> Document:
    return {
        "period": plain["period"],
        "periodLabel": plain["periodLabel"],
        "value": plain["total"],
        "tables": [{"by": answer["by"], "rows": answer["rows"]} for answer in broken_down],
    }


def _notes(own: str, answers: list[Document]) -> list[str]:
    found = dict.fromkeys(note for answer in answers for note in map(_text, answer["notes"]))
    return [*([own] if own else []), *found]


def _text(note: str | Document) -> str:
    return note if isinstance(note, str) else str(note["text"])


def _divided(part: Value, base: Value, *, percent: bool, unit: str) -> Value | float | None:
    """Return one value divided by another, or None by zero: nothing can be said of it.

    Amounts of money are decimal strings, and divided exactly. Money by head is money: kronor as
    a decimal string, rounded to the öre last, a half away from zero. Anything else is a number,
    a whole one shown as such, so that 100.0 is shown as 100.
    """
    divisor = Fraction(base)
    if not divisor:
        return None
    value = Fraction(part) * (100 if percent else 1) / divisor
    if unit == MONEY:
        return to_decimal_string(_nearest(value * 100))
    return int(value) if value.denominator == 1 else float(value)


def _nearest(value: Fraction) -> int:
    """Return the nearest whole number, a half away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole
