"""Enrolments: who is enrolled, who came, who left."""

from __future__ import annotations

from datetime import date

from services.participants.domain.codes import Outcome, TargetGroup
from services.participants.figures.definitions.breakdowns import AT_ENTRY, ENTRY_CODES, FROZEN
from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition, SeriesBreak

_GROUPS = {**ENTRY_CODES, "target_group": tuple(TargetGroup)}
_IN_BOTH = (
    "Målgrupperna är de som gällde på inskrivningsdagen enligt den regel som då gällde. Den som "
    "hör till två målgrupper räknas i båda; målgrupperna kan därför inte läggas ihop."
)
_UVAS_BREAK = SeriesBreak(
    date(2024, 1, 1),
    "Till och med 2023 räknas unga i åldern 20-29 år som varken arbetar eller studerar. Från "
    "2024 räknas åldern 19-29 år, utom dem som omfattas av kommunala aktivitetsansvaret.",
)

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
    FigureDefinition(
        name="enrolled-during",
        version=1,
        unit="persons",
        title="Inskrivna under perioden",
        definition=(
            "Antal personer som har varit inskrivna minst en dag under perioden. Varje person "
            "räknas en gång. Basen när avslut redovisas per 100 inskrivna: avslut under perioden "
            "delat med inskrivna under perioden, gånger 100."
        ),
        kind="distinct_during",
        journal=JOURNAL,
        measure="enrolled",
        dimensions=AT_ENTRY,
        register="enrolments",
        codes=ENTRY_CODES,
        notes=(FROZEN,),
    ),
    FigureDefinition(
        name="enrolled-by-target-group",
        version=1,
        unit="persons",
        title="Inskrivna efter målgrupp",
        definition=(
            "Antal personer som är inskrivna vid slutet av periodens sista dag och hörde till en "
            "målgrupp när de skrevs in. Varje person räknas en gång i varje målgrupp."
        ),
        kind="distinct_stock",
        journal=JOURNAL,
        measure="group_enrolled",
        dimensions=(*AT_ENTRY, "target_group"),
        register="enrolments",
        codes=_GROUPS,
        notes=(FROZEN, _IN_BOTH),
        breaks=(_UVAS_BREAK,),
    ),
    FigureDefinition(
        name="persons-enrolled-by-target-group",
        version=1,
        unit="persons",
        title="Nyinskrivna efter målgrupp",
        definition=(
            "Antal personer som har skrivits in under perioden och då hörde till en målgrupp. "
            "Varje person räknas en gång i varje målgrupp."
        ),
        kind="distinct",
        journal=JOURNAL,
        measure="group_entries",
        dimensions=(*AT_ENTRY, "target_group"),
        register="enrolments",
        codes=_GROUPS,
        notes=(FROZEN, _IN_BOTH),
        breaks=(_UVAS_BREAK,),
    ),
    FigureDefinition(
        name="uvas-reached",
        version=1,
        unit="persons",
        title="Nådda unga som varken arbetar eller studerar",
        definition=(
            "Antal personer som har skrivits in under perioden och då hörde till målgruppen unga "
            "som varken arbetar eller studerar (UVAS). Varje person räknas en gång."
        ),
        kind="distinct",
        journal=JOURNAL,
        measure="group_entries",
        dimensions=AT_ENTRY,
        register="enrolments",
        codes=ENTRY_CODES,
        where={"target_group": (TargetGroup.UVAS,)},
        notes=(FROZEN,),
        breaks=(_UVAS_BREAK,),
    ),
)
