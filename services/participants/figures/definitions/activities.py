"""Activities during enrolments: how many take part, begin and end, and for how many hours."""

from __future__ import annotations

from services.participants.domain.codes import ActivityKind, ActivityOutcome
from services.participants.figures.definitions.breakdowns import AT_ENTRY, ENTRY_CODES, FROZEN
from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition

_DIMENSIONS = (*AT_ENTRY, "activity")
_CODES = {**ENTRY_CODES, "activity": tuple(ActivityKind)}

ACTIVITIES = (
    FigureDefinition(
        name="in-activity",
        version=1,
        unit="persons",
        title="Deltar i en insats",
        definition=(
            "Antal inskrivna personer som deltar i en insats vid slutet av periodens sista dag. "
            "Den som avslutar insatsen en dag deltar inte längre den dagen. Den som deltar i "
            "flera insatser räknas en gång, och en gång i varje slag av insats."
        ),
        kind="distinct_stock",
        journal=JOURNAL,
        measure="in_activity",
        dimensions=_DIMENSIONS,
        codes=_CODES,
        notes=(FROZEN,),
    ),
    FigureDefinition(
        name="activities-started",
        version=1,
        unit="activities",
        title="Påbörjade insatser",
        definition=(
            "Antal insatser som har påbörjats under perioden. En person med två insatser räknas "
            "två gånger."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="activity_starts",
        dimensions=_DIMENSIONS,
        codes=_CODES,
        notes=(FROZEN,),
    ),
    FigureDefinition(
        name="activities-ended",
        version=1,
        unit="activities",
        title="Avslutade insatser",
        definition=(
            "Antal insatser som har avslutats under perioden, efter resultat. En insats som "
            "pågår när inskrivningen avslutas avslutas med den: till arbete eller studier om "
            "inskrivningen avslutas så, annars som avbruten."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="activity_ends",
        dimensions=(*_DIMENSIONS, "outcome"),
        codes={**_CODES, "outcome": tuple(ActivityOutcome)},
        notes=(FROZEN,),
    ),
    FigureDefinition(
        name="activity-hours",
        version=1,
        unit="hours-per-month",
        title="Planerade timmar i pågående insatser",
        definition=(
            "Planerade timmar per månad i de insatser som pågår vid slutet av periodens sista "
            "dag. Insatser utan planerad tid räknas inte."
        ),
        kind="stock",
        journal=JOURNAL,
        measure="activity_hours",
        dimensions=_DIMENSIONS,
        codes=_CODES,
        notes=(FROZEN,),
    ),
)
