"""Fokus Järva: the committee's yearly account of its work in one focus area."""

from __future__ import annotations

from services.reports.templates.declaration import Template
from services.reports.templates.fokus_jarva.reach import (
    EMPLOYERS,
    GUIDANCE,
    KOMVUX,
    OUTREACH,
    OUTREACH_WORKERS,
    SFF,
    YOUTH,
)
from services.reports.templates.fokus_jarva.work import (
    BACKGROUND,
    JOBBTORG,
    KVINNORS_ETABLERING,
    STOCKHOLMSKRAFTEN,
)

FOKUS_JARVA = Template(
    name="fokus-jarva",
    title="Arbetsmarknadsnämndens bidrag till Fokus {area} {year}",
    period_kind="year",
    needs_area=True,
    sections=(
        BACKGROUND,
        JOBBTORG,
        STOCKHOLMSKRAFTEN,
        KVINNORS_ETABLERING,
        YOUTH,
        GUIDANCE,
        SFF,
        KOMVUX,
        EMPLOYERS,
        OUTREACH_WORKERS,
        OUTREACH,
    ),
)
