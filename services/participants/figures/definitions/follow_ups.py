"""Follow-ups of exits."""

from __future__ import annotations

from services.participants.domain.codes import FollowUpResult
from services.participants.figures.definitions.breakdowns import AT_ENTRY, ENTRY_CODES, FROZEN
from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition

FOLLOW_UPS = (
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
        dimensions=AT_ENTRY,
        codes=ENTRY_CODES,
        notes=(FROZEN,),
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
        dimensions=(*AT_ENTRY, "outcome"),
        codes={**ENTRY_CODES, "outcome": tuple(FollowUpResult)},
        notes=(FROZEN,),
    ),
)
