"""The common indicators of ESF+, one figure each."""

from __future__ import annotations

from services.participants.domain.codes import Education, EntryStatus
from services.participants.domain.esf import (
    COUNTED,
    INCOMPLETE,
    INDICATORS,
    LEAVERS,
    LEAVERS_ANSWERED,
    SIX_MONTHS_ANSWERED,
)
from services.participants.figures.definitions.breakdowns import AGE_GROUP_CODES, SEX_CODES
from services.participants.figures.facts.esf import ESF_MEASURE
from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition

_DIMENSIONS = (
    *("unit", "programme", "team", "sex", "age_group", "district", "education", "status"),
)
_CODES = {
    "sex": SEX_CODES,
    "age_group": AGE_GROUP_CODES,
    "education": ("", *Education),
    "status": tuple(EntryStatus),
}
_ONCE = (
    "En deltagare räknas en gång per projekt: uppgifter vid inträdet är de vid det första "
    "inträdet, resultat är de efter det senaste utträdet. Kön, ålder, utbildning och ställning "
    "på arbetsmarknaden är de vid det första inträdet. Deltagare som saknar någon av de "
    "uppgifterna räknas inte i någon indikator."
)
_NOTES = (
    _ONCE,
    "Egna uppgifter. ESF-rådets officiella uppgifter tas av SCB ur andra register och avviker.",
)
_ENTERED = "Räknas i den period då deltagaren först skrevs in."
_LEFT = "Räknas i den period då deltagaren senast lämnade projektet."


def _figure(name: str, code: str, title: str, definition: str) -> FigureDefinition:
    return FigureDefinition(
        name=name,
        version=1,
        unit="participants",
        title=title,
        definition=definition,
        kind="flow",
        journal=JOURNAL,
        measure=ESF_MEASURE,
        dimensions=_DIMENSIONS,
        register="enrolments",
        codes=_CODES,
        where={"indicator": (code,)},
        notes=_NOTES,
    )


ESF = (
    *(
        _figure(
            f"esf-{each.code.lower()}",
            each.code,
            f"{each.code} {each.title}",
            f"{each.counts} {_ENTERED if each.kind == 'output' else _LEFT}",
        )
        for each in INDICATORS
        if each.code in COUNTED
    ),
    _figure(
        "esf-incomplete",
        INCOMPLETE,
        "ESF-deltagare med ofullständig post",
        "Deltagare i ESF-projekt som saknar uppgift om kön, ålder, utbildning eller ställning på "
        f"arbetsmarknaden och därför inte räknas i någon indikator. {_ENTERED}",
    ),
    _figure(
        "esf-leavers",
        LEAVERS,
        "ESF-deltagare som har lämnat",
        f"Deltagare med fullständig post som har lämnat ESF-projekt: basen för resultaten. {_LEFT}",
    ),
    _figure(
        "esf-leavers-answered",
        LEAVERS_ANSWERED,
        "ESF-deltagare med känt resultat",
        "Deltagare med fullständig post vars resultat är antecknat inom fyra veckor efter det "
        f"senaste utträdet. {_LEFT}",
    ),
    _figure(
        "esf-six-months-answered",
        SIX_MONTHS_ANSWERED,
        "ESF-deltagare med känd situation efter sex månader",
        "Deltagare med fullständig post vars ställning på arbetsmarknaden sex månader efter det "
        f"senaste utträdet är känd. {_LEFT}",
    ),
)
"""``esf-eeco01`` and so on, and what they are to be read with."""

ESF_TABLE = FigureDefinition(
    name="esf-table",
    version=1,
    unit="participants",
    title="ESF+ gemensamma indikatorer",
    definition="Alla indikatorer för sig, efter kön.",
    kind="flow",
    journal=JOURNAL,
    measure=ESF_MEASURE,
    dimensions=("indicator", *_DIMENSIONS),
    codes=_CODES,
)
"""Not asked for by name: what the table of all indicators is computed by, in one question."""
