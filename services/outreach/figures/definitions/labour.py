"""Groups, employers and the people employed to reach out."""

from __future__ import annotations

from services.outreach.domain.codes import Contract, EventKind, Sex, WorkerRole
from services.outreach.figures.definitions.breakdowns import BY_VENUE, PLACE
from services.outreach.models import JOURNAL
from shared.figures import FigureDefinition

_TOGETHER = "Partner anges för besök som har gjorts tillsammans med en partner."
_WORKER = ("unit", "operation", "district", "role", "contract")
_WORKER_CODES = {"role": tuple(WorkerRole), "contract": tuple(Contract)}
_EVENT = ("unit", "venue", "district", "kind", "sector", "employer")

LABOUR = (
    FigureDefinition(
        name="groups",
        version=1,
        unit="groups",
        title="Grupper",
        definition="Antal grupper som har pågått någon dag under perioden.",
        kind="distinct_during",
        journal=JOURNAL,
        measure="groups",
        dimensions=PLACE,
        notes=(BY_VENUE,),
    ),
    FigureDefinition(
        name="students",
        version=1,
        unit="persons",
        title="Studerande i grupper",
        definition=(
            "Antal studerande per grupp och kalenderår, räknade den dag gruppens år börjar. "
            "Den som har gått i två grupper räknas i båda."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="students",
        dimensions=(*PLACE, "sex"),
        codes={"sex": tuple(Sex)},
        notes=("Uppgiften lämnas per kalenderår och ska läsas för hela år.",),
    ),
    FigureDefinition(
        name="employers-visited",
        version=1,
        unit="companies",
        title="Besökta arbetsgivare",
        definition=(
            "Antal arbetsgivare som har besökts under perioden. Varje arbetsgivare räknas en gång."
        ),
        kind="distinct",
        journal=JOURNAL,
        measure="employer-visits",
        dimensions=("unit", "sector", "employer", "partner"),
        notes=(_TOGETHER,),
    ),
    FigureDefinition(
        name="employer-visits",
        version=1,
        unit="employer-visits",
        title="Arbetsgivarbesök",
        definition="Antal besök hos arbetsgivare under perioden.",
        kind="flow",
        journal=JOURNAL,
        measure="employer-visits",
        dimensions=("unit", "sector", "employer", "partner"),
        notes=(_TOGETHER,),
    ),
    FigureDefinition(
        name="recruitment-events",
        version=1,
        unit="events",
        title="Rekryteringsevenemang",
        definition="Antal rekryteringsträffar, jobbmässor och studiebesök under perioden.",
        kind="flow",
        journal=JOURNAL,
        measure="recruitment-events",
        dimensions=_EVENT,
        codes={"kind": tuple(EventKind)},
    ),
    FigureDefinition(
        name="recruitment-events-with-hires",
        version=1,
        unit="events",
        title="Rekryteringsevenemang som har lett till anställning",
        definition=(
            "Antal av periodens rekryteringsevenemang som minst en registrerad anställning har "
            "kommit ur, oavsett när personen anställdes."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="recruitment-events-with-hires",
        dimensions=_EVENT,
        codes={"kind": tuple(EventKind)},
        notes=("Andelen beräknas av samma periods rekryteringsevenemang.",),
    ),
    FigureDefinition(
        name="internships-offered",
        version=1,
        unit="places",
        title="Erbjudna praktikplatser",
        definition="Antal praktikplatser som arbetsgivare har erbjudit under perioden.",
        kind="flow",
        journal=JOURNAL,
        measure="internships-offered",
        dimensions=("unit", "sector", "employer"),
    ),
    FigureDefinition(
        name="internships-taken",
        version=1,
        unit="places",
        title="Tillsatta praktikplatser",
        definition=(
            "Antal av de praktikplatser som erbjöds under perioden som har tillsatts, oavsett "
            "när praktiken började."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="internships-taken",
        dimensions=("unit", "sector", "employer", "sex"),
        codes={"sex": tuple(Sex)},
        notes=("Andelen beräknas av samma periods erbjudna praktikplatser.",),
    ),
    FigureDefinition(
        name="hires",
        version=1,
        unit="persons",
        title="Anställda hos arbetsgivare",
        definition=(
            "Antal personer som arbetsgivare har anställt genom nämndens "
            "arbetsgivarsamarbete under perioden."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="hires",
        dimensions=("unit", "sector", "employer", "sex"),
        codes={"sex": tuple(Sex)},
    ),
    FigureDefinition(
        name="outreach-workers",
        version=1,
        unit="persons",
        title="Anställda i uppsökande arbete",
        definition=(
            "Antal anställda i uppsökande arbete, till exempel stadsdelsmammor och "
            "stadsdelssystrar, den sista dagen i perioden. Anställningens sista dag räknas "
            "med."
        ),
        kind="stock",
        journal=JOURNAL,
        measure="outreach-workers",
        dimensions=_WORKER,
        codes=_WORKER_CODES,
    ),
    FigureDefinition(
        name="outreach-workers-during",
        version=1,
        unit="employments",
        title="Anställningar i uppsökande arbete under perioden",
        definition=(
            "Antal anställningar i uppsökande arbete som har pågått någon dag under perioden. "
            "En förlängd anställning räknas en gång."
        ),
        kind="distinct_during",
        journal=JOURNAL,
        measure="outreach-workers",
        dimensions=_WORKER,
        codes=_WORKER_CODES,
        notes=("Den som har haft två anställningar räknas två gånger: ingen person är känd.",),
    ),
)
