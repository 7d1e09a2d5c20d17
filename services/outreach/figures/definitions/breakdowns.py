"""Breakdowns and words that several figures share."""

from __future__ import annotations

PLACE = ("unit", "operation", "venue", "district")
BY_VENUE = "Stadsdelsområdet är arenans."
REACHED = (
    "en tvåvägskontakt, där personen svarade, eller varje kontaktförsök där verksamheten räknade "
    "även dem som inte besvarades"
)
"""What reaches somebody, by the two rules that count contacts."""
