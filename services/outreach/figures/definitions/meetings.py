"""Visits, sessions and contacts: three units that are never added together."""

from __future__ import annotations

from services.outreach.domain.codes import (
    AgeGroup,
    Channel,
    Direction,
    SessionKind,
    Sex,
    TargetGroup,
)
from services.outreach.figures.definitions.breakdowns import BY_VENUE, PLACE, REACHED
from services.outreach.models import JOURNAL
from shared.figures import FigureDefinition

_CONTACT = (*PLACE, "channel", "direction", "target_group", "sex", "age_group")
_CONTACT_CODES = {
    "channel": tuple(Channel),
    "direction": tuple(Direction),
    "target_group": tuple(TargetGroup),
    "sex": tuple(Sex),
    "age_group": tuple(AgeGroup),
}

MEETINGS = (
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
        dimensions=(*PLACE, "kind", "sex", "age_group"),
        register="visits",
        codes={"kind": tuple(SessionKind), "sex": tuple(Sex), "age_group": tuple(AgeGroup)},
        notes=(BY_VENUE,),
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
        dimensions=(*PLACE, "kind"),
        codes={"kind": tuple(SessionKind)},
        notes=(BY_VENUE,),
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
        version=2,
        unit="contacts",
        title="Kontakter som räknas som nådda",
        definition=(
            "Antal kontakter under perioden som räknas som att personen har nåtts, efter den "
            f"regel som verksamheten hade den dagen: {REACHED}."
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
        version=2,
        unit="persons",
        title="Nådda personer",
        definition=(
            "Antal personer som har nåtts under perioden, efter den regel som verksamheten "
            f"hade den dagen: {REACHED}. Varje person räknas en gång. Anonyma kontakter ingår "
            "inte, eftersom de inte kan skiljas åt."
        ),
        kind="distinct",
        journal=JOURNAL,
        measure="reached",
        dimensions=_CONTACT,
        register="contacts",
        codes=_CONTACT_CODES,
    ),
)
