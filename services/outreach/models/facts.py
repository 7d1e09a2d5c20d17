"""The fact journal of outreach: what was counted, when, in which breakdown."""

from __future__ import annotations

from sqlalchemy import Index

from services.outreach.models.base import metadata
from shared.journal import Journal, fact_table

DIMENSIONS = (
    "unit",
    "operation",
    "venue",
    "district",
    "kind",
    "sex",
    "age_group",
    "target_group",
    "channel",
    "direction",
    "role",
    "contract",
    "sector",
    "employer",
    "programme",
    "state",
    "outcome",
    "partner",
)
"""Empty where a fact has no such property; `unknown` where it has one that nobody knows."""

fact = fact_table("outreach_fact", metadata, *DIMENSIONS)
JOURNAL = Journal.of(fact)

# People are counted from the facts themselves; those who were reached are read from here alone.
Index(
    "outreach_fact_subject_idx",
    fact.c.measure,
    fact.c.happened_on,
    postgresql_include=["subject", "amount", "recorded_at", "target_group"],
    postgresql_where=fact.c.subject.is_not(None),
)
