"""The fact journal of participants."""

from __future__ import annotations

from sqlalchemy import Index

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

_counted = metadata.tables[f"{fact.name}_sum"]

# People are counted from the facts themselves, and nearly every question is about some units or
# a project: such a question reads its own facts, and of units from the index alone.
Index(
    "participant_fact_unit_idx",
    fact.c.measure,
    fact.c.unit,
    fact.c.happened_on,
    postgresql_include=["subject", "amount", "recorded_at", "sex", "district"],
)
Index("participant_fact_programme_idx", fact.c.measure, fact.c.programme, fact.c.happened_on)
Index(
    "participant_fact_sum_unit_idx",
    _counted.c.as_of,
    _counted.c.measure,
    _counted.c.unit,
    _counted.c.period,
)
