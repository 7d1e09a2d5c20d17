"""The journal of participants, and the form of the SELECTs that it is settled by."""

from __future__ import annotations

from services.participants.models import fact
from shared.journal import Journal

JOURNAL = Journal.of(fact)

BY_ID = " and r.id = any($1::uuid[])"
"""Ends a SELECT of facts: those of some records."""


def facts_of(source: str, measures: str, where: str, **dimensions: str) -> str:
    """Return a SELECT of facts.

    Args:
        source: FROM item; the record itself is called ``r`` in it.
        measures: rows of (measure, day, amount); a null day counts for nothing.
        where: which records count at all.
        dimensions: SQL by dimension, and of ``subject``; what is left out is empty.

    """
    subject = dimensions.pop("subject", "null::uuid")
    listed = ", ".join(
        f"coalesce({dimensions.get(name, 'null')}, '') as {name}" for name in JOURNAL.dimensions
    )
    return f"""
        select counted.measure, counted.day as happened_on, counted.amount,
               {subject} as subject, r.id as record_id, {listed}
        from {source}
        cross join lateral (values {measures}) as counted (measure, day, amount, outcome)
        where counted.day is not null and {where}"""
