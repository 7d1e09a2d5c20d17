"""Follow-ups of exits, of ended Stockholmsjobb, and of leaving projects of ESF+."""

from __future__ import annotations

from services.participants.domain.codes import FollowUpKind, FollowUpResult
from services.participants.figures.definitions.breakdowns import AT_ENTRY, ENTRY_CODES, FROZEN
from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition

THREE_MONTHS = (FollowUpKind.EXIT.value, FollowUpKind.STOCKHOLMSJOBB.value)
SIX_MONTHS = (FollowUpKind.ESF.value,)

_DIMENSIONS = (*AT_ENTRY, "kind")
_BASE = (
    "Räknas på den dag då uppföljningen infaller, även om den dagen ännu inte har kommit. Den som "
    "har avlidit följs inte upp."
)
_ANSWERED = "Svaret okänt betyder att personen inte har kunnat nås."


def _codes(kinds: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {**ENTRY_CODES, "kind": kinds}


FOLLOW_UPS = (
    FigureDefinition(
        name="follow-ups",
        version=2,
        unit="follow-ups",
        title="Uppföljningar efter tre månader",
        definition=(
            "Antal avslut, och Stockholmsjobb som har upphört medan inskrivningen fortsätter, "
            "vars uppföljning efter tre månader infaller under perioden: basen för andelarna i "
            "arbete och studier."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="follow_ups",
        dimensions=_DIMENSIONS,
        codes=_codes(THREE_MONTHS),
        where={"kind": THREE_MONTHS},
        notes=(FROZEN, _BASE),
    ),
    FigureDefinition(
        name="follow-up-answers",
        version=2,
        unit="follow-ups",
        title="Besvarade uppföljningar efter tre månader",
        definition=(
            "Antal uppföljningar efter tre månader som infaller under perioden och har "
            "besvarats, efter svar: arbete, studier, ingetdera eller okänt."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="follow_up_answers",
        dimensions=(*_DIMENSIONS, "outcome"),
        codes={**_codes(THREE_MONTHS), "outcome": tuple(FollowUpResult)},
        where={"kind": THREE_MONTHS},
        notes=(FROZEN, _BASE, _ANSWERED),
    ),
    FigureDefinition(
        name="esf-follow-ups",
        version=1,
        unit="follow-ups",
        title="ESF-uppföljningar efter sex månader",
        definition=(
            "Antal avslut från program med stöd av Europeiska socialfonden plus vars uppföljning "
            "efter sex månader infaller under perioden. Den som har kommit tillbaka till samma "
            "program följs upp efter sitt sista avslut."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="follow_ups",
        dimensions=_DIMENSIONS,
        codes=_codes(SIX_MONTHS),
        where={"kind": SIX_MONTHS},
        notes=(FROZEN, _BASE),
    ),
    FigureDefinition(
        name="esf-follow-up-answers",
        version=1,
        unit="follow-ups",
        title="Besvarade ESF-uppföljningar efter sex månader",
        definition=(
            "Antal ESF-uppföljningar efter sex månader som infaller under perioden och har "
            "besvarats, efter svar: arbete, studier, ingetdera eller okänt."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="follow_up_answers",
        dimensions=(*_DIMENSIONS, "outcome"),
        codes={**_codes(SIX_MONTHS), "outcome": tuple(FollowUpResult)},
        where={"kind": SIX_MONTHS},
        notes=(FROZEN, _BASE, _ANSWERED),
    ),
    FigureDefinition(
        name="follow-ups-overdue",
        version=1,
        unit="follow-ups",
        title="Försenade uppföljningar",
        definition=(
            "Antal uppföljningar som har infallit före periodens sista dag och inte har besvarats "
            "vid dess slut."
        ),
        kind="stock",
        journal=JOURNAL,
        measure="follow_ups_overdue",
        dimensions=_DIMENSIONS,
        codes=_codes(tuple(FollowUpKind)),
        notes=(FROZEN,),
    ),
)
