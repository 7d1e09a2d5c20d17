"""What units, programmes and teams count for."""

from __future__ import annotations

from services.participants.figures.facts.journal import BY_ID, facts_of

UNIT = (
    facts_of(
        "unit r",
        "('units', r.valid_from, 1, null), ('units', r.valid_to + 1, -1, null)",
        "true",
        unit="r.code",
        kind="r.kind",
        ownership="r.ownership",
        district="r.district",
    )
    + BY_ID
)

PROGRAMME = (
    facts_of(
        "programme r",
        "('programmes', r.valid_from, 1, null), ('programmes', r.valid_to + 1, -1, null)",
        "true",
        programme="r.code",
        kind="r.kind",
    )
    + BY_ID
)

TEAM = (
    facts_of(
        "team r",
        "('teams', r.valid_from, 1, null), ('teams', r.valid_to + 1, -1, null)",
        "true",
        team="r.code",
        programme="r.programme",
        pilot="case when r.pilot then 'yes' else 'no' end",
    )
    + BY_ID
)
