"""Child checklists: whether plans that concern children have one, and how soon."""

from __future__ import annotations

from services.participants.domain.codes import ChecklistGround, PlanOrder
from services.participants.figures.definitions.breakdowns import AGE_GROUP_CODES, SEX_CODES
from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition

_BY = ("unit", "ground", "kind", "sex", "age_group", "district")
_CODES = {
    "ground": tuple(ChecklistGround),
    "kind": tuple(PlanOrder),
    "sex": SEX_CODES,
    "age_group": AGE_GROUP_CODES,
}
_PLANS = (
    "Planer som rör barn är de för vårdnadshavare till barn under 18 år, även när de själva är "
    "barn, och de för ungdomar på 16 och 17 år i kommunens aktivitetsansvar, så som det var den "
    "dag planen upprättades. Varje ny plan ska ha sin egen barnchecklista (första planen eller "
    "förnyad plan)."
)

CHILD_CHECKLISTS = (
    FigureDefinition(
        name="child-plans",
        version=1,
        unit="plans",
        title="Planer som ska ha barnchecklista",
        definition=(
            "Antal planer som har upprättats under perioden och rör barn: basen för andelen med "
            f"barnchecklista. {_PLANS}"
        ),
        kind="flow",
        journal=JOURNAL,
        measure="child_plans",
        dimensions=_BY,
        codes=_CODES,
    ),
    FigureDefinition(
        name="child-plans-with-checklist",
        version=1,
        unit="plans",
        title="Planer med barnchecklista",
        definition=(
            "Antal planer som har upprättats under perioden, rör barn och har en besvarad "
            f"barnchecklista. {_PLANS}"
        ),
        kind="flow",
        journal=JOURNAL,
        measure="child_checklists",
        dimensions=_BY,
        codes=_CODES,
    ),
    FigureDefinition(
        name="child-checklist-days",
        version=1,
        unit="days",
        title="Dagar från plan till barnchecklista, median",
        definition=(
            "Medianen av antalet dagar från det att en plan som rör barn upprättades till dess "
            "att dess barnchecklista besvarades, för planer upprättade under perioden som har en "
            f"barnchecklista. {_PLANS}"
        ),
        kind="median",
        journal=JOURNAL,
        measure="child_checklists",
        dimensions=_BY,
        codes=_CODES,
        value="indicator",
    ),
)
