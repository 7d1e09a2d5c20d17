"""The fact journal of participants."""

from __future__ import annotations

from services.participants.models.base import metadata
from shared.journal import fact_table

fact = fact_table(
    "participant_fact",
    metadata,
    "unit",
    "programme",
    "team",
    "ground",
    "sex",
    "age_group",
    "district",
    "education",
    "outcome",
    "kind",
    "ownership",
    "pilot",
    "status",
    "target_group",
    "activity",
    "indicator",
)
