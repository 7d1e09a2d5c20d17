"""The responsibility for activity: members, contacts, measures."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from services.participants.domain.kaa_codes import (
    Channel,
    JoinReason,
    LeaveReason,
    MeasureKind,
    OccupationAfter,
)
from services.participants.figures.definitions.breakdowns import SEX_CODES
from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition
from shared.figures.definitions import Kind

YEARS_OF_AGE = ("0-15", "16", "17", "18", "19")
_DIMENSIONS = ("unit", "ground", "sex", "age_group", "district")
_CODES: dict[str, Collection[str]] = {
    "ground": tuple(JoinReason),
    "sex": SEX_CODES,
    "age_group": YEARS_OF_AGE,
}
_APART = (
    "Ungdomar inom det kommunala aktivitetsansvaret redovisas för sig: de ingår inte i "
    "jobbtorgens antal inskrivna, och uppsökande verksamhet för unga som varken arbetar eller "
    "studerar registrerar dem inte."
)
_SPLIT = (
    "Åldern är hela år den dag som räknas; kön och stadsdelsområde är de som gällde när "
    "aktivitetsansvaret började. Personer med skyddade personuppgifter redovisas utan "
    "stadsdelsområde."
)
_LAW = (
    "De sex villkoren i skollagen 29 kap. 9 § ska alla vara uppfyllda. Ansvaret upphör senast "
    "den dag ungdomen fyller tjugo år; den dagen räknas inte med, inte heller den dag då "
    "ansvaret upphör av annat skäl."
)
_DURING = "Räknas bara om ungdomen omfattades av aktivitetsansvaret den dagen."


def _figure(
    name: str,
    measure: str,
    title: str,
    definition: str,
    *,
    unit: str = "persons",
    kind: Kind = "distinct",
    more: Mapping[str, Collection[str]] | None = None,
    notes: tuple[str, ...] = (),
    register: str | None = None,
) -> FigureDefinition:
    codes = more or {}
    return FigureDefinition(
        name=name,
        version=1,
        unit=unit,
        title=title,
        definition=definition,
        kind=kind,
        journal=JOURNAL,
        measure=measure,
        dimensions=(*_DIMENSIONS, *codes),
        register=register,
        codes={**_CODES, **codes},
        notes=(*notes, _SPLIT, _APART),
    )


MEMBERS = (
    _figure(
        "kaa-members",
        "kaa_members",
        "Ungdomar inom kommunala aktivitetsansvaret",
        "Antal ungdomar som omfattas av det kommunala aktivitetsansvaret den sista dagen i "
        "perioden, efter ålder den dagen. Varje person räknas en gång.",
        kind="distinct_stock",
        notes=(_LAW,),
        register="kaa",
    ),
    _figure(
        "kaa-members-during",
        "kaa_members",
        "Ungdomar inom kommunala aktivitetsansvaret under perioden",
        "Antal ungdomar som har omfattats av det kommunala aktivitetsansvaret någon dag under "
        "perioden: basen för andelen kontaktade. Varje person räknas en gång, men i varje ålder "
        "som personen har haft.",
        kind="distinct_during",
        notes=(_LAW,),
        register="kaa",
    ),
    _figure(
        "kaa-joined",
        "kaa_joined",
        "Tillkomna i kommunala aktivitetsansvaret",
        "Antal gånger som en ungdom har börjat omfattas av det kommunala aktivitetsansvaret "
        "under perioden. Den som kommer tillbaka räknas igen.",
        unit="joinings",
        kind="flow",
        register="kaa",
    ),
    _figure(
        "kaa-left",
        "kaa_left",
        "Lämnat kommunala aktivitetsansvaret",
        "Antal gånger som aktivitetsansvaret har upphört för en ungdom under perioden, efter "
        "skäl. Den som fyller tjugo år lämnar den dagen, utan att någon anmäler det. Åldern är "
        "den sista dagen med ansvar.",
        unit="leavings",
        kind="flow",
        more={"outcome": tuple(LeaveReason)},
        register="kaa",
    ),
)

CONTACTS = (
    _figure(
        "kaa-contacted",
        "kaa_two_way_contacts",
        "Kontaktade inom kommunala aktivitetsansvaret",
        "Antal ungdomar som kommunen har haft ömsesidig kontakt med under perioden. Varje person "
        "räknas en gång. Delat med kaa-members-during för samma period blir det andelen "
        "kontaktade.",
        more={"kind": tuple(Channel)},
        notes=(_DURING,),
    ),
    _figure(
        "kaa-contact-sought",
        "kaa_contacts",
        "Sökta inom kommunala aktivitetsansvaret",
        "Antal ungdomar som kommunen har sökt eller haft kontakt med under perioden, också dem "
        "som inte har svarat. Varje person räknas en gång.",
        more={"kind": tuple(Channel)},
        notes=(_DURING,),
    ),
    _figure(
        "kaa-contacts",
        "kaa_contacts",
        "Kontakter och kontaktförsök inom kommunala aktivitetsansvaret",
        "Antal kontakter och kontaktförsök under perioden, efter hur kontakten togs.",
        unit="contacts",
        kind="flow",
        more={"kind": tuple(Channel)},
        notes=(_DURING,),
    ),
    _figure(
        "kaa-two-way-contacts",
        "kaa_two_way_contacts",
        "Ömsesidiga kontakter inom kommunala aktivitetsansvaret",
        "Antal kontakter under perioden där ungdomen har svarat, efter hur kontakten togs.",
        unit="contacts",
        kind="flow",
        more={"kind": tuple(Channel)},
        notes=(_DURING,),
    ),
)

_KINDS: dict[str, Collection[str]] = {"activity": tuple(MeasureKind)}

MEASURES = (
    _figure(
        "kaa-measures-begun",
        "kaa_measures_begun",
        "Påbörjade åtgärder inom kommunala aktivitetsansvaret",
        "Antal åtgärder som har påbörjats under perioden, efter slag.",
        unit="measures",
        kind="flow",
        more=_KINDS,
        notes=(_DURING,),
    ),
    _figure(
        "kaa-measures-ended",
        "kaa_measures_ended",
        "Avslutade åtgärder inom kommunala aktivitetsansvaret",
        "Antal åtgärder som har avslutats under perioden, efter slag och vad ungdomen gör "
        "efteråt. En åtgärd som påbörjades under ansvaret räknas också om den avslutas senare. "
        "Åldern är den när åtgärden påbörjades.",
        unit="measures",
        kind="flow",
        more={**_KINDS, "outcome": tuple(OccupationAfter)},
    ),
    _figure(
        "kaa-offers-declined",
        "kaa_offers_declined",
        "Avböjda åtgärder inom kommunala aktivitetsansvaret",
        "Antal erbjudna åtgärder som ungdomen har tackat nej till under perioden, efter slag.",
        unit="measures",
        kind="flow",
        more=_KINDS,
        notes=(_DURING,),
    ),
)

KAA = (*MEMBERS, *CONTACTS, *MEASURES)
