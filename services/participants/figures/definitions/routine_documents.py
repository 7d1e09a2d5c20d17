"""Routine documents of units, and whether they are reviewed in time."""

from __future__ import annotations

from services.participants.domain.codes import RoutineKind
from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition

ROUTINE_DOCUMENTS = (
    FigureDefinition(
        name="routine-documents",
        version=1,
        unit="documents",
        title="Gällande rutiner",
        definition="Antal rutindokument som gäller den sista dagen i perioden.",
        kind="stock",
        journal=JOURNAL,
        measure="routines",
        dimensions=("unit", "kind"),
        codes={"kind": tuple(RoutineKind)},
    ),
    FigureDefinition(
        name="routine-documents-overdue",
        version=1,
        unit="documents",
        title="Rutiner med försenad översyn",
        definition=(
            "Antal gällande rutindokument vars översyn skulle ha gjorts före den sista dagen i "
            "perioden men inte var gjord den dagen."
        ),
        kind="stock",
        journal=JOURNAL,
        measure="routines_overdue",
        dimensions=("unit", "kind"),
        codes={"kind": tuple(RoutineKind)},
    ),
)
