"""The figures of participants: what each counts, in the words that the committee reads."""

from __future__ import annotations

from services.participants.domain.ages import AGE_GROUPS, UNKNOWN_AGE_GROUP
from services.participants.domain.codes import (
    Education,
    FollowUpResult,
    Ground,
    Outcome,
    Ownership,
    Sex,
    UnitKind,
)
from services.participants.figures.facts import JOURNAL
from shared.figures import FigureDefinition, Figures

_SEX = tuple(Sex)
_AGE_GROUPS = (*(code for _, code in AGE_GROUPS), UNKNOWN_AGE_GROUP)
_AT_ENTRY = ("unit", "programme", "team", "ground", "sex", "age_group", "district", "education")
_ENTRY_CODES = {
    "sex": _SEX,
    "age_group": _AGE_GROUPS,
    "ground": tuple(Ground),
    "education": ("", *Education),
}
_FROZEN = (
    "Kön, åldersgrupp och stadsdelsområde är de som gällde på inskrivningsdagen. Personer med "
    "skyddade personuppgifter redovisas utan stadsdelsområde."
)

FIGURES = Figures(
    (
        FigureDefinition(
            name="units",
            version=1,
            unit="units",
            title="Enheter i drift",
            definition=(
                "Antal enheter, till exempel jobbtorg och komvuxenheter, som är i drift den "
                "sista dagen i perioden. Enhetens sista dag räknas med."
            ),
            kind="stock",
            journal=JOURNAL,
            measure="units",
            dimensions=("unit", "kind", "ownership", "district"),
            codes={"kind": tuple(UnitKind), "ownership": tuple(Ownership)},
        ),
        FigureDefinition(
            name="programmes",
            version=1,
            unit="programmes",
            title="Pågående program och projekt",
            definition="Antal program och projekt som pågår den sista dagen i perioden.",
            kind="stock",
            journal=JOURNAL,
            measure="programmes",
            dimensions=("programme", "kind"),
        ),
        FigureDefinition(
            name="teams",
            version=1,
            unit="teams",
            title="Team i drift",
            definition="Antal team inom ett program som är i drift den sista dagen i perioden.",
            kind="stock",
            journal=JOURNAL,
            measure="teams",
            dimensions=("programme", "team", "pilot"),
            codes={"pilot": ("yes", "no")},
        ),
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
            dimensions=_AT_ENTRY,
            register="enrolments",
            codes=_ENTRY_CODES,
            notes=(_FROZEN,),
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
            dimensions=_AT_ENTRY,
            register="enrolments",
            codes=_ENTRY_CODES,
            notes=(_FROZEN,),
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
            dimensions=(*_AT_ENTRY, "outcome"),
            register="enrolments",
            codes={**_ENTRY_CODES, "outcome": tuple(Outcome)},
            notes=(_FROZEN,),
        ),
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
            codes={"sex": _SEX, "age_group": _AGE_GROUPS},
        ),
        FigureDefinition(
            name="follow-ups",
            version=1,
            unit="follow-ups",
            title="Uppföljningar tre månader efter avslut",
            definition=(
                "Antal avslut vars uppföljning, tre månader efter avslutet, infaller under "
                "perioden: basen för andelarna i arbete och studier."
            ),
            kind="flow",
            journal=JOURNAL,
            measure="follow_ups",
            dimensions=_AT_ENTRY,
            codes=_ENTRY_CODES,
            notes=(_FROZEN,),
        ),
        FigureDefinition(
            name="follow-up-answers",
            version=1,
            unit="follow-ups",
            title="Besvarade uppföljningar",
            definition=(
                "Antal uppföljningar som infaller under perioden och har besvarats, efter svar: "
                "arbete, studier, ingetdera eller okänt."
            ),
            kind="flow",
            journal=JOURNAL,
            measure="follow_up_answers",
            dimensions=(*_AT_ENTRY, "outcome"),
            codes={**_ENTRY_CODES, "outcome": tuple(FollowUpResult)},
            notes=(_FROZEN,),
        ),
    )
)
