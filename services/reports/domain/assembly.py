"""Putting the answers together in the template's order.

Pure, so that the same answers always give the same document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from services.reports.domain.districts import Division
from services.reports.domain.items import Items
from services.reports.domain.planning import words
from shared.clock import rfc3339

if TYPE_CHECKING:
    from services.reports.domain.items import References
    from services.reports.domain.planning import AreaOfReport, ProgrammeOfReport
    from services.reports.gathering import Gathered
    from services.reports.templates.declaration import Section, Template
    from shared.periods import Period

Document: TypeAlias = dict[str, Any]

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
        self._programme = programme
        self._division = division or Division()
        about = (period, area, programme)
        self._words = words(*about)
        self._items = Items(about, gathered, references, self._division)

    def document(self) -> Document:
        """Return the whole report."""
        sections = [self._section(section) for section in self._template.sections]
        missing = any((self._gathered.unavailable, self._gathered.refused, self._items.undelivered))
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
        if self._items.undelivered:
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
        items = [self._items.make(item) for item in section.items]
        reasons = sorted({item["reason"] for item in items if item["status"] == "unavailable"})
        return {
            "key": section.key,
            "title": section.title,
            "status": "unavailable" if reasons else "ok",
            "reason": "; ".join(reasons) or None,
            "items": items,
        }
