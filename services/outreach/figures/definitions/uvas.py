"""People who neither work nor study (UVAS), by the dated rule of who counts as that."""

from __future__ import annotations

from services.outreach.domain.codes import AgeGroup, Channel, Direction, Sex, TargetGroup
from services.outreach.figures.definitions.breakdowns import PLACE, REACHED
from services.outreach.models import JOURNAL
from shared.figures import FigureDefinition

_UVAS = (*PLACE, "channel", "direction", "sex", "age_group")
_CODES = {
    "channel": tuple(Channel),
    "direction": tuple(Direction),
    "sex": tuple(Sex),
    "age_group": tuple(AgeGroup),
}
_WHO = "unga som varken arbetar eller studerar (UVAS), efter den regel som gällde den dagen"
_ANONYMOUS = (
    "Om en anonym kontakt var med en ungdom i det kommunala aktivitetsansvaret (KAA) kan inte "
    "avgöras. Den räknas som UVAS om den registrerades så och åldersgruppen stämmer med regeln."
)

UVAS = (
    FigureDefinition(
        name="uvas-reached",
        version=1,
        unit="persons",
        title="Nådda UVAS",
        definition=(
            f"Antal personer som har nåtts under perioden och som var {_WHO}. Vad som är att nå "
            f"följer den regel som verksamheten hade den dagen: {REACHED}. Varje person räknas "
            "en gång. Anonyma kontakter ingår inte, eftersom de inte kan skiljas åt."
        ),
        kind="distinct",
        journal=JOURNAL,
        measure="reached",
        dimensions=_UVAS,
        register="contacts",
        codes=_CODES,
        where={"target_group": (TargetGroup.UVAS,)},
    ),
    FigureDefinition(
        name="uvas-contacts",
        version=1,
        unit="contacts",
        title="Kontakter med UVAS",
        definition=(
            f"Antal kontaktförsök under perioden, besvarade och obesvarade, med {_WHO}. En "
            "person kan ha flera kontakter."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="contacts",
        dimensions=_UVAS,
        register="contacts",
        codes=_CODES,
        where={"target_group": (TargetGroup.UVAS,)},
        notes=(_ANONYMOUS,),
    ),
)
