"""Enrolments: who is enrolled, who came, who left."""

from __future__ import annotations

from services.participants.domain.codes import Outcome
from services.participants.figures.definitions.breakdowns import AT_ENTRY, ENTRY_CODES, FROZEN
from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition

ENROLMENTS = (
    FigureDefinition(
        name="enrolled",
        version=1,
        unit="persons",
        title="Inskrivna",
        definition=(
            "Antal personer som är inskrivna vid slutet av periodens sista dag. Den som "
            "avslutas en dag är inte längre inskriven den dagen. Varje person räknas en gång."
        ),
        kind="distinct_stock",
        journal=JOURNAL,
        measure="enrolled",
        dimensions=AT_ENTRY,
        register="enrolments",
        codes=ENTRY_CODES,
        notes=(FROZEN,),
    ),
    FigureDefinition(
        name="persons-enrolled",
        version=1,
        unit="persons",
        title="Nyinskrivna",
        definition=(
            "Antal personer som har skrivits in under perioden. Varje person räknas en gång, "
            "även om personen har skrivits in flera gånger."
        ),
        kind="distinct",
        journal=JOURNAL,
        measure="entries",
        dimensions=AT_ENTRY,
        register="enrolments",
        codes=ENTRY_CODES,
        notes=(FROZEN,),
    ),
    FigureDefinition(
        name="exits",
        version=1,
        unit="exits",
        title="Avslut",
        definition=(
            "Antal avslutade inskrivningar under perioden, efter avslutsorsak. En person med "
            "två avslut räknas två gånger."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="exits",
        dimensions=(*AT_ENTRY, "outcome"),
        register="enrolments",
        codes={**ENTRY_CODES, "outcome": tuple(Outcome)},
        notes=(FROZEN,),
    ),
)
