"""The figures of outreach: what each counts, in which unit, in the committee's words.

Persons, visits and contacts are different units: `unit` keeps them apart, and figures of
different units cannot be added (shared.figures refuses).
"""

from __future__ import annotations

from services.outreach.domain.codes import (
    AgeGroup,
    Channel,
    Contract,
    Direction,
    EventKind,
    SessionKind,
    Sex,
    TargetGroup,
    WorkerRole,
)
from services.outreach.domain.referrals import ReferralState
from services.outreach.models import JOURNAL
from shared.figures import FigureDefinition, Figures

_PLACE = ("unit", "operation", "venue", "district")
_CONTACT = (*_PLACE, "channel", "direction", "target_group", "sex", "age_group")
_CONTACT_CODES = {
    "channel": tuple(Channel),
    "direction": tuple(Direction),
    "target_group": tuple(TargetGroup),
    "sex": tuple(Sex),
    "age_group": tuple(AgeGroup),
}
_BY_VENUE = "Stadsdelsområdet är arenans."
_REFERRAL = ("unit", "operation", "programme", "state")

FIGURES = Figures(
    (
        FigureDefinition(
            name="visits",
            version=1,
            unit="visits",
            title="Besök",
            definition=(
                "Antal räknade besök under perioden. En person som kommer tre gånger ger tre "
                "besök, så antalet besök är inte antalet personer."
            ),
            kind="flow",
            journal=JOURNAL,
            measure="visits",
            dimensions=(*_PLACE, "sex", "age_group"),
            register="visits",
            codes={"sex": tuple(Sex), "age_group": tuple(AgeGroup)},
            notes=(_BY_VENUE,),
        ),
        FigureDefinition(
            name="sessions",
            version=1,
            unit="sessions",
            title="Genomförda tillfällen",
            definition=(
                "Antal tillfällen som har hållits under perioden. Planerade och inställda "
                "tillfällen räknas inte."
            ),
            kind="flow",
            journal=JOURNAL,
            measure="sessions",
            dimensions=(*_PLACE, "kind"),
            codes={"kind": tuple(SessionKind)},
            notes=(_BY_VENUE,),
        ),
        FigureDefinition(
            name="contacts",
            version=1,
            unit="contacts",
            title="Kontakter",
            definition=(
                "Antal kontaktförsök under perioden, besvarade och obesvarade. En person kan ha "
                "flera kontakter."
            ),
            kind="flow",
            journal=JOURNAL,
            measure="contacts",
            dimensions=_CONTACT,
            register="contacts",
            codes=_CONTACT_CODES,
        ),
        FigureDefinition(
            name="contacts-reached",
            version=1,
            unit="contacts",
            title="Tvåvägskontakter",
            definition=(
                "Antal kontakter under perioden där personen svarade, i verksamheter som den "
                "dagen räknade tvåvägskontakter."
            ),
            kind="flow",
            journal=JOURNAL,
            measure="reached",
            dimensions=_CONTACT,
            register="contacts",
            codes=_CONTACT_CODES,
        ),
        FigureDefinition(
            name="persons-reached",
            version=1,
            unit="persons",
            title="Nådda personer",
            definition=(
                "Antal personer som har nåtts i en tvåvägskontakt under perioden, i verksamheter "
                "som den dagen räknade tvåvägskontakter. Varje person räknas en gång. Anonyma "
                "kontakter ingår inte, eftersom de inte kan skiljas åt."
            ),
            kind="distinct",
            journal=JOURNAL,
            measure="reached",
            dimensions=_CONTACT,
            register="contacts",
            codes=_CONTACT_CODES,
        ),
        FigureDefinition(
            name="groups",
            version=1,
            unit="groups",
            title="Grupper",
            definition="Antal grupper som har pågått någon dag under perioden.",
            kind="distinct_during",
            journal=JOURNAL,
            measure="groups",
            dimensions=_PLACE,
            notes=(_BY_VENUE,),
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
            dimensions=(*_PLACE, "sex"),
            codes={"sex": tuple(Sex)},
            notes=("Uppgiften lämnas per kalenderår och ska läsas för hela år.",),
        ),
        FigureDefinition(
            name="employers-visited",
            version=1,
            unit="companies",
            title="Besökta arbetsgivare",
            definition=(
                "Antal arbetsgivare som har besökts under perioden. Varje arbetsgivare räknas "
                "en gång."
            ),
            kind="distinct",
            journal=JOURNAL,
            measure="employer-visits",
            dimensions=("unit", "sector", "employer"),
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
            dimensions=("unit", "sector", "employer"),
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
            dimensions=("unit", "venue", "district", "kind", "sector", "employer"),
            codes={"kind": tuple(EventKind)},
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
            dimensions=("unit", "operation", "district", "role", "contract"),
            codes={"role": tuple(WorkerRole), "contract": tuple(Contract)},
        ),
        FigureDefinition(
            name="referrals",
            version=1,
            unit="referrals",
            title="Hänvisningar",
            definition=(
                "Antal hänvisningar som gjordes under perioden, efter det längsta de hade "
                "kommit när uppgiften hämtades: gjord, mottagen, godtagen, avböjd, inskriven "
                "eller avslutad."
            ),
            kind="flow",
            journal=JOURNAL,
            measure="referrals",
            dimensions=_REFERRAL,
            codes={"state": tuple(ReferralState)},
            notes=("Enheten är den som hänvisade.",),
        ),
        FigureDefinition(
            name="persons-referred",
            version=1,
            unit="persons",
            title="Hänvisade personer",
            definition="Antal personer som har hänvisats under perioden, var och en en gång.",
            kind="distinct",
            journal=JOURNAL,
            measure="referrals",
            dimensions=_REFERRAL,
            codes={"state": tuple(ReferralState)},
            notes=("Enheten är den som hänvisade.",),
        ),
    )
)
