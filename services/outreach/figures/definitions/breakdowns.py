"""Breakdowns that several figures share."""

from __future__ import annotations

PLACE = ("unit", "operation", "venue", "district")
BY_VENUE = "Stadsdelsområdet är arenans."
