"""The committee's report templates, one file each. A new report is a new file."""

from __future__ import annotations

from services.reports.templates.declaration import Template
from services.reports.templates.fokus_jarva import FOKUS_JARVA
from services.reports.templates.tertialrapport import TERTIALRAPPORT

TEMPLATES: dict[str, Template] = {
    template.name: template for template in (FOKUS_JARVA, TERTIALRAPPORT)
}

__all__ = ["TEMPLATES", "Template"]
