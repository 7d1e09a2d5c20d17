"""Advice without an enrolment."""

from __future__ import annotations

from services.participants.figures.definitions.breakdowns import AGE_GROUP_CODES, SEX_CODES
from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition

ADVICE = (
    FigureDefinition(
        name="advised",
        version=1,
        unit="persons",
        title="Fått råd och stöd utan inskrivning",
        definition=(
            "Antal personer som under perioden har fått rådgivning utan att vara inskrivna, "
            "högst tre samtal per person. Varje person räknas en gång."
        ),
        kind="distinct",
        journal=JOURNAL,
        measure="advised",
        dimensions=("unit", "programme", "sex", "age_group", "district"),
        register="advisory-sessions",
        codes={"sex": SEX_CODES, "age_group": AGE_GROUP_CODES},
    ),
)
