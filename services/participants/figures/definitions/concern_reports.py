"""Concern reports: how many, and how soon after the suspicion."""

from __future__ import annotations

from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition

_TOLD = (
    "En orosanmälan räknas den dag den lämnades till socialtjänsten: den dag den skickades, eller "
    "dessförinnan lämnades per telefon."
)
_BY_UNIT = {"unit": "participants:concerns"}

CONCERN_REPORTS = (
    FigureDefinition(
        name="concern-reports",
        version=1,
        unit="reports",
        title="Lämnade orosanmälningar",
        definition=f"Antal orosanmälningar som har lämnats under perioden. {_TOLD}",
        kind="flow",
        journal=JOURNAL,
        measure="concern_reports",
        dimensions=("unit",),
        scopes=_BY_UNIT,
    ),
    FigureDefinition(
        name="concern-report-hours",
        version=1,
        unit="hours",
        title="Timmar från misstanke till orosanmälan, median",
        definition=(
            "Medianen av tiden i timmar från misstanke till lämnad orosanmälan, för "
            f"orosanmälningar som har lämnats under perioden. {_TOLD}"
        ),
        kind="median",
        journal=JOURNAL,
        measure="concern_reports",
        dimensions=("unit",),
        value="indicator",
        divisor=60,
        scopes=_BY_UNIT,
        notes=("Anmälan ska göras genast (socialtjänstlagen).",),
    ),
)
